import { CREDITS_ERRORS, CreditsError, isErrorCode, type CreditsErrorCode } from './error.ts';

/** The media type of every error answer. @see RFC 9457 */
export const PROBLEM_TYPE = 'application/problem+json';

/** An error on the wire. `code` is what programs read; `detail` is a sentence for people. @see RFC 9457 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: CreditsErrorCode;
  details?: unknown;
  requestId?: string;
}

/** Writes an error for the wire. Codes without a status of their own (client side only) become 500. */
export function toProblem(error: CreditsError, requestId?: string): Problem {
  const { status, title } = CREDITS_ERRORS[error.code];
  return {
    type: `urn:realtime-credits:error:${error.code}`,
    title,
    status: status ?? 500,
    detail: error.message,
    code: error.code,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/**
 * Rebuilds the error that {@link toProblem} wrote. Anything else becomes the code that its HTTP status means: a
 * proxy's HTML page is still a coded error.
 *
 * @param body - The parsed answer, or undefined when it was not JSON.
 * @param status - The HTTP status of the answer.
 */
export function parseProblem(body: unknown, status: number): CreditsError {
  if (typeof body === 'object' && body !== null && 'code' in body) {
    const problem = body as Partial<Problem>;
    const code = problem.code;
    if (isErrorCode(code)) {
      return new CreditsError(code, typeof problem.detail === 'string' ? problem.detail : undefined, {
        details: problem.details as never,
        requestId: typeof problem.requestId === 'string' ? problem.requestId : undefined,
      });
    }
  }
  return new CreditsError(codeOfStatus(status), `The server answered ${status}.`);
}

function codeOfStatus(status: number): CreditsErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 402) return 'insufficient_credits';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 413) return 'body_too_large';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 425 || status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status >= 500) return 'internal';
  return status >= 400 ? 'invalid_request' : 'protocol';
}
