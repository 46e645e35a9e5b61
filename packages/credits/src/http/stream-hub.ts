/**
 * All open streams of this process, by account: who follows, what they were told, when they end.
 *
 * Owns: hearing that something moved, reading it once for all streams of an account, re-reading in case a hint was lost,
 * heartbeats that ask again who is there, rotation, the limit per account, drain. Does not own: bytes and slow readers
 * (`event-stream.ts`).
 *
 * Invariant: every stream of an account was offered all that happened up to the account's `version` here, or the account
 * is marked to be read again. A hint only ever marks (L-8); what is sent was read.
 */
import { CreditsError } from '../contract/error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from './clock.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { createSnapshotWriter } from './event-writer.ts';

/** Accounts that are read at the same time: an event that touches everybody must not starve the commands behind it. */
const READS_AT_ONCE = 16;

/** A reader that takes nothing for so long is cut: its socket would otherwise stay for as long as its peer likes. */
const STALL_MS = 5_000;

/** On drain, readers have this long to take their goodbye; a graceful stop as a whole has 3 s. */
const DRAIN_MS = 1_000;

/** The oldest stream, ended in favour of a new one, stays away for so long: else the two would end each other in turn. */
const CROWDED_RETRY_MS = 60_000;

export interface StreamHubOptions {
  ledger: Ledger;
  clock: Clock;
  streamsPerAccountMax: number;
  heartbeatMs: number;
  streamLifetimeMs: number;
  rereadMs: number;
  onWarning: (message: string, cause: unknown) => void;
}

export interface StreamRequest {
  account: string;
  /** What the reader has: the first state names all operations after it. */
  since: number | undefined;
  /** Asks the host again whose session this is; null when it ended. */
  identify: () => Promise<string | null>;
  /** Aborts when the reader went away. */
  signal: AbortSignal;
}

export interface StreamHub {
  /**
   * Opens a stream whose first state is ready to be read.
   * @throws {CreditsError} `unavailable` — draining
   * @throws {CreditsError} `account_not_found`
   */
  open(request: StreamRequest): Promise<ReadableStream<Uint8Array>>;
  /** Asks `identify` of the account's streams now, and ends those whose session is gone. */
  recheck(account: string): void;
  /** Says goodbye on all streams; resolves when the last one is closed, at most a second later. */
  drain(retryAfterMs: number): Promise<void>;
  readonly size: number;
}

interface Follower {
  stream: EventStream;
  recheck: () => void;
}

interface Group {
  /** What all followers were offered; null until the first state was read. */
  version: number | null;
  /** Oldest first. */
  followers: Set<Follower>;
}

export function createStreamHub(options: StreamHubOptions): StreamHub {
  const { ledger, clock, onWarning } = options;
  const writeSnapshot = createSnapshotWriter();
  const groups = new Map<string, Group>();
  const marked = new Set<string>();
  const reading = new Set<string>();
  let size = 0;
  /** A read failed, so that somebody may be behind. */
  let hasFailed = false;
  let stopListening: (() => void) | null = null;
  let onEmpty: (() => void) | null = null;
  let draining: { retryAfterMs: number; done: Promise<void> } | null = null;

  function mark(account: string): void {
    if (!groups.has(account)) return;
    marked.add(account);
    readMarked();
  }

  function readMarked(): void {
    for (const account of marked) {
      if (reading.size >= READS_AT_ONCE) return;
      const group = groups.get(account);
      // Still being read for its first stream, or read right now: the end of that comes back here.
      if (group === undefined || group.version === null || reading.has(account)) continue;
      marked.delete(account);
      reading.add(account);
      void read(account, group, group.version);
    }
  }

  async function read(account: string, group: Group, since: number): Promise<void> {
    try {
      const snapshot = await ledger.snapshot(account, { since });
      // A stream that joined meanwhile may be behind `since`: it is marked, and the next read serves it without a gap.
      const isComplete = snapshot.from <= since;
      for (const { stream } of group.followers) {
        if (stream.version !== null && (!isComplete || stream.version >= snapshot.from)) stream.offer(snapshot);
      }
      if (group.version === since) group.version = snapshot.version;
    } catch (cause) {
      hasFailed = true;
      onWarning('An account could not be read for its streams; it is read again shortly.', cause);
    } finally {
      reading.delete(account);
      readMarked();
    }
  }

  /** Heals lost hints: one query for the versions of everybody who is connected. */
  async function reread(): Promise<void> {
    // What this process does itself is announced by a call, which is never lost: idle streams ask nothing.
    if (!ledger.isShared && !hasFailed) return;
    hasFailed = false;
    try {
      const versions = await ledger.versions([...groups.keys()]);
      for (const [account, version] of versions) {
        const known = groups.get(account)?.version;
        if (known !== undefined && known !== null && known !== version) mark(account);
      }
    } catch (cause) {
      hasFailed = true;
      onWarning('The versions of connected accounts could not be read.', cause);
    }
  }

  function startListening(): void {
    const stopHints = ledger.onChange((accounts) => accounts.forEach(mark));
    let stopTimer = clock.setTimer(tick, options.rereadMs);
    let isStopped = false;
    function tick(): void {
      void reread().then(() => {
        if (!isStopped) stopTimer = clock.setTimer(tick, options.rereadMs);
      });
    }
    stopListening = () => {
      isStopped = true;
      stopHints();
      stopTimer();
    };
  }

  function join(account: string, follower: Follower): Group {
    if (size === 0) startListening();
    size += 1;
    const group: Group = groups.get(account) ?? { version: null, followers: new Set() };
    groups.set(account, group);
    group.followers.add(follower);
    const staying = [...group.followers].filter((each) => !each.stream.isEnding);
    if (staying.length > options.streamsPerAccountMax) {
      staying[0]?.stream.end({ event: 'goodbye', data: { retryAfterMs: CROWDED_RETRY_MS } });
    }
    return group;
  }

  function leave(account: string, follower: Follower): void {
    const group = groups.get(account);
    if (!group?.followers.delete(follower)) return;
    size -= 1;
    if (group.followers.size === 0) {
      groups.delete(account);
      marked.delete(account);
    }
    if (size === 0) {
      stopListening?.();
      stopListening = null;
      onEmpty?.();
    }
  }

  /** The first state of a new stream is its own read; the group moves back to it where it turned out older. */
  function welcome(account: string, group: Group, version: number): void {
    const known = group.version;
    group.version = known === null ? version : Math.min(known, version);
    if (known !== null && known !== version) marked.add(account);
    readMarked();
  }

  async function open(request: StreamRequest): Promise<ReadableStream<Uint8Array>> {
    const { account, since, signal } = request;
    if (draining !== null) {
      const details = { retryAfterMs: draining.retryAfterMs };
      throw new CreditsError('unavailable', 'The server is about to restart: try again shortly.', { details });
    }
    const timers = new Set<() => void>();
    const stream = createEventStream({
      clock,
      stallMs: STALL_MS,
      writeSnapshot,
      onClose: () => {
        for (const stop of timers) stop();
        signal.removeEventListener('abort', stream.leave);
        leave(account, follower);
      },
    });
    const follower: Follower = { stream, recheck: () => void recheck() };

    async function recheck(): Promise<void> {
      try {
        if ((await request.identify()) !== account) stream.end({ event: 'signed-out', data: {} });
      } catch (cause) {
        // Not known to be signed out. The life of the stream bounds how long that can last.
        onWarning('The identity behind a stream could not be asked again.', cause);
      }
    }

    /** One timer after another, forgotten when it fires: what is left when the stream closes is stopped. */
    function after(delayMs: number, callback: () => void): void {
      const stop = clock.setTimer(() => {
        timers.delete(stop);
        callback();
      }, delayMs);
      timers.add(stop);
    }

    function beatLater(): void {
      after(options.heartbeatMs, () => {
        void recheck().then(() => {
          if (stream.isEnding) return;
          stream.beat();
          beatLater();
        });
      });
    }

    const group = join(account, follower);
    signal.addEventListener('abort', stream.leave);
    try {
      const first = await ledger.snapshot(account, since === undefined ? {} : { since });
      if (signal.aborted) stream.leave();
      if (!stream.isEnding) {
        stream.offer(first);
        welcome(account, group, first.version);
        beatLater();
        after(options.streamLifetimeMs * (0.8 + 0.4 * clock.random()), () =>
          stream.end({ event: 'goodbye', data: { retryAfterMs: 0 } }),
        );
      }
    } catch (error) {
      stream.cut();
      throw error;
    }
    return stream.body;
  }

  async function sayGoodbye(retryAfterMs: number): Promise<void> {
    if (size === 0) return;
    const everyFollower = [...groups.values()].flatMap((group) => [...group.followers]);
    const isEmpty = new Promise<void>((resolve) => (onEmpty = resolve));
    const stopTimer = clock.setTimer(() => everyFollower.forEach(({ stream }) => stream.cut()), DRAIN_MS);
    for (const { stream } of everyFollower) stream.end({ event: 'goodbye', data: { retryAfterMs } });
    await isEmpty;
    stopTimer();
  }

  return Object.freeze({
    open,
    drain(retryAfterMs: number) {
      draining ??= { retryAfterMs, done: sayGoodbye(retryAfterMs) };
      return draining.done;
    },
    recheck(account: string) {
      for (const follower of groups.get(account)?.followers ?? []) follower.recheck();
    },
    get size() {
      return size;
    },
  });
}
