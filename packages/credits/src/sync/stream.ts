/**
 * Keeps one event stream open: reads it, watches it, comes back with back-off, and gives up for a while where a proxy
 * keeps the frames to itself. Owns no state of the account; what it hears goes to its owner.
 *
 * Over `fetch`, because native `EventSource` dies for good on any status but 200 and shows neither status nor headers.
 */
import { CreditsError } from '../contract/error.ts';
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';
import { backoffMs, boundRetryAfterMs, parseRetryAfterMs } from './backoff.ts';
import type { Environment } from './environment.ts';
import { createEventParser, type StreamEvent } from './event-parser.ts';
import { isWorthRetrying } from './request.ts';

/** The first frame comes at once; after this, a proxy is buffering. */
const FIRST_FRAME_MS_MAX = 5_000;
/** Heartbeats come every 15 s: two lost ones and a bit. */
const WATCHDOG_MS = 40_000;
/** Connections that end sooner than this did not work. */
const SHORT_MS = 1_000;
/** That many short ones in a row, and polling takes over. */
const SHORT_COUNT_MAX = 3;
/** How long polling takes over before the stream is tried again. */
const FALL_BACK_MS = 300_000;

export interface StreamOptions {
  /** Sends the request; called again for every attempt. */
  connect: (signal: AbortSignal) => Promise<Response>;
  /** A frame, and when its connection started as {@link StreamOptions.mark} saw it. */
  onSnapshot: (snapshot: Snapshot, startedAt: number) => void;
  onHeartbeat: () => void;
  /** Something came that cannot be read. A new connection follows, unless it was an event of a name that nobody knows. */
  onUnreadable: (cause: unknown) => void;
  /** Whether news come over this stream now. */
  onLive: (live: boolean) => void;
  /** The server does not know us any more; the stream has ended. `certain` when it said so in the stream itself. */
  onDenied: (certain: boolean) => void;
  /** Reads the logical time at which a connection starts. */
  mark: () => number;
}

/** `silent`: nothing was heard, or there is no stream here. `denied`: not to us, which only a question can tell for sure. */
type Ending =
  | { kind: 'lost' | 'silent' | 'denied' | 'signed-out' }
  /** Come back, but not before this. */
  | { kind: 'later'; retryAfterMs: number };

/** Opens the stream and keeps it open until the returned function is called. */
export function createStream(environment: Environment, options: StreamOptions): () => void {
  let closed = false;
  let failures = 0;
  let shortCount = 0;
  let stop = (): void => undefined;

  function connect(): void {
    const startedAtMs = environment.now();
    const startedAt = options.mark();
    const controller = new AbortController();
    const { signal } = controller;
    let heard = false;
    let cancelWatch = (): void => undefined;

    function end(ending: Ending): void {
      if (signal.aborted) return;
      // At once: what follows in the same piece of the stream, or of a dead connection, is not heard any more.
      controller.abort();
      cancelWatch();
      if (closed) return;
      if (heard) options.onLive(false);
      const { kind } = ending;
      if (closed) return;
      if (kind === 'denied' || kind === 'signed-out') return options.onDenied(kind !== 'denied');
      // Only connections that were had count as short: a server that is restarting is back in seconds, not in minutes.
      const short = kind === 'lost' && heard && environment.now() - startedAtMs < SHORT_MS;
      shortCount = short ? shortCount + 1 : 0;
      let waitMs = FALL_BACK_MS;
      if (kind !== 'silent' && shortCount < SHORT_COUNT_MAX) {
        failures += 1;
        waitMs = backoffMs(failures, environment.random(), kind === 'later' ? ending.retryAfterMs : 0);
      } else shortCount = 0;
      stop = environment.setTimer(connect, waitMs);
    }

    function watch(ms: number): void {
      cancelWatch();
      cancelWatch = environment.setTimer(() => end({ kind: heard ? 'lost' : 'silent' }), ms);
    }

    function hear({ name, data }: StreamEvent): void {
      if (signal.aborted) return;
      watch(WATCHDOG_MS);
      if (name === 'snapshot') {
        const snapshot = parseSnapshot(JSON.parse(data));
        failures = 0;
        if (!heard) options.onLive((heard = true));
        options.onSnapshot(snapshot, startedAt);
      } else if (name === 'heartbeat') options.onHeartbeat();
      else if (name === 'signed-out') end({ kind: 'signed-out' });
      else if (name === 'goodbye') {
        const goodbye = JSON.parse(data) as { retryAfterMs?: unknown } | null;
        end({ kind: 'later', retryAfterMs: boundRetryAfterMs(goodbye?.retryAfterMs) });
      } else options.onUnreadable(new CreditsError('protocol', `The stream sent "${name.slice(0, 40)}".`));
    }

    async function read(): Promise<Ending> {
      const { status, ok, headers, body } = await options.connect(signal);
      if (status === 401) return { kind: 'denied' };
      if (status === 403 || isWorthRetrying(status)) {
        return { kind: 'later', retryAfterMs: parseRetryAfterMs(headers.get('retry-after'), environment.wallClock()) };
      }
      if (!ok) return { kind: 'silent' };
      if (body === null || !headers.get('content-type')?.startsWith('text/event-stream')) {
        // A page in place of the stream: a portal or a proxy in between, which may go away again.
        options.onUnreadable(new CreditsError('protocol', 'The server answered with something else than a stream.'));
        return { kind: 'silent' };
      }
      const parse = createEventParser(hear);
      const reader = body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return { kind: 'lost' };
        try {
          parse(value);
        } catch (cause) {
          options.onUnreadable(cause);
          return { kind: 'lost' };
        }
      }
    }

    watch(FIRST_FRAME_MS_MAX);
    stop = () => end({ kind: 'lost' });
    read().then(end, () => end({ kind: 'lost' }));
  }

  connect();
  return () => {
    closed = true;
    stop();
  };
}
