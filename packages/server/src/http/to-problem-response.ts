import { CreditsError, isCreditsError, PROBLEM_TYPE, toProblem } from 'realtime-credits/contract';

/** Every answer of the door but the stream: about one person, and old at once. */
export const NO_STORE = 'private, no-store';

/**
 * What of a caught value may leave the house: an operating error as it is, a bug as `internal` without a word of what
 * it was. Report the original yourself, under the request's id.
 */
export function toPublicError(error: unknown): CreditsError {
  return isCreditsError(error) && error.code !== 'internal' ? error : new CreditsError('internal');
}

/**
 * Answers an error as `application/problem+json`, with the status that the error table gives its code.
 *
 * @param error - Anything that was caught; what is not a {@link CreditsError} becomes `internal` without detail.
 * @param requestId - Names the request in the log and in the answer.
 * @see RFC 9457
 */
export function toProblemResponse(error: unknown, requestId: string): Response {
  const shown = toPublicError(error);
  const problem = toProblem(shown, requestId);
  const headers = new Headers({ 'content-type': PROBLEM_TYPE, 'cache-control': NO_STORE, 'x-request-id': requestId });
  const details = shown.details as { retryAfterMs?: number } | undefined;
  if (details?.retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(details.retryAfterMs / 1_000)));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
