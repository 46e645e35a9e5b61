/**
 * Reads one event stream to its end. Owns no state: when to open one, and when to give it up, is decided in
 * `connection.ts`.
 *
 * Over `fetch`, because native `EventSource` never retries after a status other than 200, and shows neither status nor
 * headers.
 */
import { CreditsError } from '../../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../../contract/snapshot.ts';
import type { Environment } from '../environment.ts';
import { boundRetryAfterMs, parseRetryAfterMs } from './backoff.ts';
import { createEventParser, type StreamEvent } from './event-parser.ts';
import { isWorthRetrying } from './request.ts';

/** What a stream brings. */
export interface StreamHandlers {
  onSnapshot(snapshot: Snapshot): void;
  /** Any event at all: the connection is alive. */
  onEvent(): void;
  onHeartbeat(): void;
  /** The server says that the session has ended. */
  onSignedOut(): void;
  onUnreadable(cause: unknown): void;
}

/** Why a stream ended. */
export interface Ending {
  /**
   * `lost`: the connection broke. `later`: the server asks to come back. `unavailable`: there is no stream here for now.
   * `denied`: not for us, which only a request for the balance can tell for sure.
   */
  kind: 'lost' | 'later' | 'unavailable' | 'denied';
  retryAfterMs?: number;
}

/**
 * Opens the stream and reads it until it ends. Never rejects. After `signal` aborts, no handler is called any more: also
 * not for what arrived in the same piece, or over a dead connection.
 */
export async function readStream(
  environment: Environment,
  send: () => Promise<Response>,
  signal: AbortSignal,
  handlers: StreamHandlers,
): Promise<Ending> {
  let ending: Ending | null = null;

  function onEvent({ name, data }: StreamEvent): void {
    if (signal.aborted || ending !== null) return;
    handlers.onEvent();
    if (name === 'snapshot') handlers.onSnapshot(parseSnapshot(JSON.parse(data)));
    else if (name === 'heartbeat') handlers.onHeartbeat();
    else if (name === 'signed-out') handlers.onSignedOut();
    else if (name === 'goodbye') {
      const goodbye = JSON.parse(data) as { retryAfterMs?: unknown } | null;
      ending = { kind: 'later', retryAfterMs: boundRetryAfterMs(goodbye?.retryAfterMs) };
    } else handlers.onUnreadable(new CreditsError('protocol', `The stream sent "${name.slice(0, 40)}".`));
  }

  try {
    const { status, ok, headers, body } = await send();
    // Firewalls send 403: it is about this request, not about the session.
    if (status === 403 || isWorthRetrying(status)) {
      return { kind: 'later', retryAfterMs: parseRetryAfterMs(headers.get('retry-after'), environment.wallClock()) };
    }
    if (!ok) return { kind: status === 401 ? 'denied' : 'unavailable' };
    if (body === null || !headers.get('content-type')?.startsWith('text/event-stream')) {
      // A page in place of the stream: a portal or a proxy in between, which may go away again.
      handlers.onUnreadable(new CreditsError('protocol', 'The server answered with something other than a stream.'));
      return { kind: 'unavailable' };
    }
    const parse = createEventParser(onEvent);
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) break;
      try {
        parse(value);
      } catch (cause) {
        if (!signal.aborted) handlers.onUnreadable(cause);
        break;
      }
      if (ending !== null) break;
    }
  } catch {
    // The connection could not be had, or broke.
  }
  return ending ?? { kind: 'lost' };
}
