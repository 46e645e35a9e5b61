import { CREDITS_ERRORS, CreditsError, isCreditsError, PROBLEM_TYPE, toProblem } from 'realtime-credits/contract';

/** Every response but the stream: about one person, and outdated at once. */
export const NO_STORE = 'private, no-store';

/**
 * Errors that are safe to expose: an expected error as it is, a bug as `internal` without detail. Log the original under the
 * request's id.
 */
export function toPublicError(error: unknown): CreditsError {
  return isCreditsError(error) && error.code !== 'internal' ? error : new CreditsError('internal');
}

/**
 * Responds with an error as `application/problem+json`, with the status of its code in the error table, and `Retry-After` (in
 * seconds) where waiting helps.
 *
 * @param error - Anything that was caught; what is not a {@link CreditsError} becomes `internal` without detail.
 * @param requestId - Names the request in the log and in the response.
 * @see RFC 9457
 */
export function toProblemResponse(error: unknown, requestId: string): Response {
  const shown = toPublicError(error);
  const problem = toProblem(shown, requestId);
  const headers = new Headers({ 'content-type': PROBLEM_TYPE, 'cache-control': NO_STORE, 'x-request-id': requestId });
  const details = shown.details as { retryAfterMs?: number } | undefined;
  const retryAfterMs = details?.retryAfterMs ?? (problem.status === CREDITS_ERRORS.unavailable.status ? 1_000 : null);
  if (retryAfterMs !== null) headers.set('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
