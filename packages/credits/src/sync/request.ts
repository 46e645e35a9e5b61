import { CreditsError, isCreditsError } from '../contract/error.ts';
import { parseProblem } from '../contract/problem.ts';
import { parseRetryAfterMs } from './backoff.ts';
import type { Environment } from './environment.ts';

/** Every request that is not a stream gives up after this: one answer that never comes must not end the polling. */
export const REQUEST_MS_MAX = 10_000;

/** An answer that was had, whatever it says. */
export interface Reply {
  response: Response;
  /** Undefined when it is not JSON. */
  body: unknown;
  /** What the server asked us to wait; 0 when nothing. */
  retryAfterMs: number;
}

/** How requests leave: with the host's headers, to its URLs. */
export interface Requester {
  environment: Environment;
  balanceUrl: string;
  creditsUrl: string;
  headers: () => Record<string, string>;
  send(url: string, init: RequestInit): Promise<Response>;
}

/** Whether the same request may be answered later. @see RFC 9110, section 15 */
export function isWorthRetrying(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/**
 * Sends a request and reads its whole answer within {@link REQUEST_MS_MAX}.
 *
 * @param stop - Aborts it from outside.
 * @throws {CreditsError} `network` — no answer was had, in time or at all. A {@link CreditsError} of `send` is passed on.
 */
export async function request(
  environment: Environment,
  send: (signal: AbortSignal) => Promise<Response>,
  stop?: AbortSignal,
): Promise<Reply> {
  const controller = new AbortController();
  // Raced, not merely aborted: what is sent may not listen to its signal.
  let fail: (cause: unknown) => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => (fail = reject));
  const abort = (): void => {
    fail(new Error(`No answer within ${REQUEST_MS_MAX} ms, or nobody waits for it any more.`));
    controller.abort();
  };
  const cancelTimer = environment.setTimer(abort, REQUEST_MS_MAX);
  stop?.addEventListener('abort', abort);
  try {
    return await Promise.race([aborted, reply(environment, send(controller.signal))]);
  } catch (cause) {
    if (isCreditsError(cause)) throw cause;
    throw new CreditsError('network', undefined, { cause });
  } finally {
    cancelTimer();
    stop?.removeEventListener('abort', abort);
  }
}

async function reply(environment: Environment, sent: Promise<Response>): Promise<Reply> {
  const response = await sent;
  // A copy is read, so that the caller of a mutation can read the answer in its own way.
  const text = await response.clone().text();
  const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'), environment.wallClock());
  return { response, body: parseJson(text), retryAfterMs };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that an answer means: our own problem, or a host's `{success: false, message, code?}`. */
export function toError({ response, body }: Reply): CreditsError {
  const error = parseProblem(body, response.ok ? 400 : response.status);
  const { message, detail } = (body ?? {}) as { message?: unknown; detail?: unknown };
  // A problem of a code that only the host knows still says in words what is wrong.
  if (typeof message !== 'string' || error.message === detail) return error;
  return new CreditsError(error.code, message, { details: error.details as never, requestId: error.requestId });
}

/** No answer was had. */
export function isNetworkError(cause: unknown): cause is CreditsError<'network'> {
  return isCreditsError(cause) && cause.code === 'network';
}

/** What was said cannot be read. What our own readers found wrong with it is its message. */
export function toProtocolError(cause: unknown): CreditsError<'protocol'> {
  return new CreditsError('protocol', isCreditsError(cause) ? cause.message : undefined, { cause });
}
