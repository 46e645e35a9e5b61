import { CreditsError, isCreditsError } from '../../contract/error.ts';
import { parseProblem } from '../../contract/problem.ts';
import type { Environment } from '../environment.ts';
import { parseRetryAfterMs } from './backoff.ts';

/** Every request that is not a stream is given up after this: one missing response must not end the polling. */
export const REQUEST_MS_MAX = 10_000;

/** A response that arrived, whatever it says. */
export interface Reply {
  response: Response;
  /** Undefined when it is not JSON. */
  body: unknown;
  /** What the server asked us to wait; 0 when nothing. */
  retryAfterMs: number;
}

/** Sends the client's requests, with the host's options, to its URLs. */
export interface Requester {
  readonly environment: Environment;
  /** Null where the package's server answers. */
  readonly balanceUrl: string | null;
  readonly creditsUrl: string;
  headers(): Record<string, string>;
  readonly onWarning: ((message: string, cause: unknown) => void) | undefined;
  send(url: string, init: RequestInit): Promise<Response>;
}

/** Whether the same request may succeed later. @see RFC 9110, section 15 */
export function isWorthRetrying(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/**
 * Sends a request and reads its whole response within {@link REQUEST_MS_MAX}.
 *
 * @param stop - Gives it up earlier.
 * @throws {CreditsError} `network` — no response in time, or at all. A {@link CreditsError} of `send` is passed on.
 */
export async function request(
  environment: Environment,
  send: (signal: AbortSignal) => Promise<Response>,
  stop?: AbortSignal,
): Promise<Reply> {
  const controller = new AbortController();
  let abort = (): void => undefined;
  // Raced, not merely aborted: the sender may ignore its signal.
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      reject(new Error(`No response within ${REQUEST_MS_MAX} ms, or the request was cancelled.`));
      controller.abort();
    };
  });
  const cancelTimer = environment.setTimer(abort, REQUEST_MS_MAX);
  stop?.addEventListener('abort', abort);
  try {
    return await Promise.race([aborted, readReply(environment, send(controller.signal))]);
  } catch (cause) {
    throw isCreditsError(cause) ? cause : new CreditsError('network', undefined, { cause });
  } finally {
    cancelTimer();
    stop?.removeEventListener('abort', abort);
  }
}

async function readReply(environment: Environment, sent: Promise<Response>): Promise<Reply> {
  const response = await sent;
  // A copy is read: the caller of a mutation can still read the response in its own way.
  const text = await response.clone().text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // What is not JSON has no body for us.
  }
  return {
    response,
    body,
    retryAfterMs: parseRetryAfterMs(response.headers.get('retry-after'), environment.wallClock()),
  };
}

/** The error that a response means: our own problem, or a host's `{success: false, message, code?}`. */
export function toError({ response, body }: Reply): CreditsError {
  const error = parseProblem(body, response.ok ? 400 : response.status);
  const { message, detail } = (body ?? {}) as { message?: unknown; detail?: unknown };
  // A problem whose code only the host knows still says in words what is wrong.
  if (typeof message !== 'string' || error.message === detail) return error;
  return new CreditsError(error.code, message, { details: error.details as never, requestId: error.requestId });
}

/** No response arrived. */
export function isNetworkError(cause: unknown): cause is CreditsError<'network'> {
  return isCreditsError(cause) && cause.code === 'network';
}

/** Something cannot be read. The message says what our own readers found wrong with it. */
export function toProtocolError(cause: unknown): CreditsError<'protocol'> {
  return new CreditsError('protocol', isCreditsError(cause) ? cause.message : undefined, { cause });
}
