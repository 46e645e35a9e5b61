/**
 * Keeps one event stream open: reads it, watches it, comes back with back-off, and gives up for a while where a proxy
 * keeps the frames to itself. Owns no state of the account; what it hears goes to its owner.
 *
 * Over `fetch`, because native `EventSource` dies for good on any status but 200 and shows neither status nor headers.
 */
import { parseSnapshot, type Snapshot } from '../contract/snapshot.ts';
import { backoffMs, parseRetryAfterMs } from './backoff.ts';
import type { Environment } from './environment.ts';
import { createEventParser } from './event-parser.ts';
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
  /** Whether news come over this stream now. */
  onLive: (live: boolean) => void;
  /** The server does not know us any more; the stream has ended. `certain` when it said so in the stream itself. */
  onDenied: (certain: boolean) => void;
  /** Reads the logical time at which a connection starts. */
  mark: () => number;
}

type Ending = { kind: 'lost' | 'silent' | 'gone' | 'denied' | 'signed-out' } | { kind: 'later'; retryAfterMs: number };

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
    let heard = false;
    let cancelWatch = (): void => undefined;

    const ended = new Promise<Ending>((resolve) => {
      const watch = (ms: number): void => {
        cancelWatch();
        cancelWatch = environment.setTimer(() => resolve({ kind: heard ? 'lost' : 'silent' }), ms);
      };
      watch(FIRST_FRAME_MS_MAX);
      stop = () => resolve({ kind: 'lost' });
      const parse = createEventParser(({ name, data }) => {
        if (controller.signal.aborted) return;
        watch(WATCHDOG_MS);
        if (name === 'snapshot') {
          const snapshot = parseSnapshot(JSON.parse(data));
          failures = 0;
          if (!heard) options.onLive((heard = true));
          options.onSnapshot(snapshot, startedAt);
        } else if (name === 'heartbeat') options.onHeartbeat();
        else if (name === 'signed-out') resolve({ kind: 'signed-out' });
        else if (name === 'goodbye') {
          const { retryAfterMs } = JSON.parse(data) as { retryAfterMs?: unknown };
          resolve({ kind: 'later', retryAfterMs: Number(retryAfterMs) || 0 });
        }
      });
      read(controller.signal, parse).then(resolve, () => resolve({ kind: 'lost' }));
    });

    void ended.then((ending) => {
      cancelWatch();
      controller.abort();
      if (closed) return;
      if (heard) options.onLive(false);
      if (closed) return;
      if (ending.kind === 'gone') return;
      if (ending.kind === 'denied' || ending.kind === 'signed-out') return options.onDenied(ending.kind !== 'denied');
      const lasted = environment.now() - startedAtMs;
      // Only connections that were had count as short: a server that is restarting is back in seconds, not in minutes.
      shortCount = ending.kind === 'lost' && heard && lasted < SHORT_MS ? shortCount + 1 : 0;
      let waitMs = FALL_BACK_MS;
      if (ending.kind !== 'silent' && shortCount < SHORT_COUNT_MAX) {
        failures += 1;
        waitMs = backoffMs(failures, environment.random(), ending.kind === 'later' ? ending.retryAfterMs : 0);
      } else shortCount = 0;
      stop = environment.setTimer(connect, waitMs);
    });
  }

  async function read(signal: AbortSignal, parse: (bytes: Uint8Array) => void): Promise<Ending> {
    const { status, ok, headers, body } = await options.connect(signal);
    if (status === 401 || status === 403) return { kind: 'denied' };
    if (isWorthRetrying(status)) {
      return { kind: 'later', retryAfterMs: parseRetryAfterMs(headers.get('retry-after'), environment.wallClock()) };
    }
    if (!ok || body === null || !headers.get('content-type')?.startsWith('text/event-stream')) return { kind: 'gone' };
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return { kind: 'lost' };
      parse(value);
    }
  }

  connect();
  return () => {
    closed = true;
    stop();
  };
}
