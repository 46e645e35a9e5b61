/**
 * All open streams of this process, by account.
 *
 * Owns: notifications, one read for all streams of an account, re-reading in case a notification was lost, heartbeats that
 * check the session, rotation, the limit per account, drain. Does not own: bytes and slow readers (`event-stream.ts`).
 *
 * Invariant: every stream of an account was offered the state at the account's `version` here, or the account is marked
 * dirty. A notification only marks; what is sent was read.
 */
import { CreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../../ledger/ledger.ts';
import type { CreditsObserver } from '../../ledger/observer.ts';
import type { Clock } from '../../clock.ts';
import { createDueQueue } from './due-queue.ts';
import { createEventStreams, isEnding, type EventStream } from './event-stream.ts';
import { createSnapshotWriter } from './event-writer.ts';
import { createStreamBody } from './stream-body.ts';

/** Accounts that are read at the same time: the ledger reads as many by one query, and commands get their turn between two. */
const READS_AT_ONCE = 200;

/** A reader that takes nothing for this long is cut: its socket would otherwise stay as long as its peer wants. */
const STALL_MS = 5_000;

/** On drain, readers have this long to take the goodbye event; a graceful stop as a whole has 3 s. */
const DRAIN_MS = 1_000;

/** The oldest stream, ended for a new one, reconnects after this long: otherwise the two would end each other in turn. */
const CROWDED_RETRY_MS = 60_000;

export interface StreamHubOptions {
  ledger: Ledger;
  clock: Clock;
  streamsPerAccountMax: number;
  heartbeatMs: number;
  streamLifetimeMs: number;
  rereadMs: number;
  /** The account of a request's session; null when it ended. */
  identify: (request: Request) => Promise<string | null>;
  onWarning: (message: string, cause: unknown) => void;
  observer?: CreditsObserver | undefined;
}

export interface StreamRequest {
  account: string;
  /** What the reader has: the first state lists all operations after it. */
  since: number | undefined;
  /** Passed to `identify` again at every heartbeat. */
  request: Request;
  /** Aborts when the reader disconnects; null when the sink reports that. */
  signal: AbortSignal | null;
}

export interface StreamHub {
  /**
   * Opens a stream whose first state is ready to be read.
   * @throws {CreditsError} `unavailable` — draining
   */
  open(request: StreamRequest): Promise<ReadableStream<Uint8Array>>;
  /** Calls `identify` for the account's streams now, and ends those whose session is gone. */
  recheck(account: string): void;
  /** Sends a goodbye on all streams; resolves when the last one is closed, at most a second later. */
  drain(retryAfterMs: number): Promise<void>;
  readonly size: number;
}

/** The reader of a stream. */
interface Reader {
  readonly account: string;
  readonly request: Request;
  /** When its stream shall end, by the monotonic clock. */
  endsAtMs: number;
  stopEndTimer: (() => void) | null;
  stopSignal: (() => void) | null;
}

type Stream = EventStream<Reader>;

interface Group {
  /** The version that all streams were offered; null until the first state was read. */
  version: number | null;
  /** Oldest first. */
  streams: Set<Stream>;
}

export function createStreamHub(options: StreamHubOptions): StreamHub {
  const { ledger, clock, onWarning } = options;
  const streams = createEventStreams<Reader>({
    clock,
    stallMs: STALL_MS,
    writeSnapshot: createSnapshotWriter(),
    onClose: remove,
  });
  const heartbeats = createDueQueue<Stream>({
    clock,
    delayMs: options.heartbeatMs,
    onDue: (stream) => void sendHeartbeat(stream),
  });
  const groups = new Map<string, Group>();
  /** When each was marked, by the monotonic clock. */
  const dirty = new Map<string, number>();
  const reading = new Set<string>();
  let size = 0;
  /** A read failed, so streams may be behind. */
  let hasFailed = false;
  /** The notification generation in which all versions were read. */
  let readGeneration: number | null = null;
  let stopListening: (() => void) | null = null;
  let onEmpty: (() => void) | null = null;
  let draining: { retryAfterMs: number; done: Promise<void> } | null = null;

  function markDirty(account: string): void {
    if (!groups.has(account)) return;
    if (!dirty.has(account)) dirty.set(account, clock.monotonicMs());
    readDirty();
  }

  function readDirty(): void {
    for (const [account, markedAtMs] of dirty) {
      if (reading.size >= READS_AT_ONCE) return;
      const group = groups.get(account);
      // It is being read, perhaps for its first stream: the end of that read returns here.
      if (group === undefined || group.version === null || reading.has(account)) continue;
      dirty.delete(account);
      reading.add(account);
      void read(account, group, { since: group.version, markedAtMs });
    }
  }

  async function read(
    account: string,
    group: Group,
    { since, markedAtMs }: { since: number; markedAtMs: number },
  ): Promise<void> {
    try {
      const snapshot = await ledger.snapshot(account, { since });
      // A stream that joined meanwhile may be behind `since`: its account is dirty, and the next read serves it.
      const isComplete = snapshot.from <= since;
      for (const stream of group.streams) {
        if (stream.version !== null && (!isComplete || stream.version >= snapshot.from))
          streams.offer(stream, snapshot);
      }
      if (group.version === since) group.version = snapshot.version;
      if (snapshot.version > since) options.observer?.onFrame?.({ lagMs: clock.monotonicMs() - markedAtMs });
    } catch (cause) {
      hasFailed = true;
      onWarning('An account could not be read for its streams. Retrying shortly.', cause);
    } finally {
      reading.delete(account);
      readDirty();
    }
  }

  /** Repairs lost notifications: one query for the versions of all connected accounts. */
  async function reread(): Promise<void> {
    const generation = ledger.notificationGeneration;
    // Nothing can have been missed, so idle streams cost no query.
    if (generation !== null && generation === readGeneration && !hasFailed) return;
    hasFailed = false;
    try {
      const versions = await ledger.versions([...groups.keys()]);
      for (const [account, version] of versions) {
        const known = groups.get(account)?.version;
        if (known !== undefined && known !== null && known !== version) markDirty(account);
      }
      readGeneration = generation;
    } catch (cause) {
      hasFailed = true;
      onWarning('The versions of connected accounts could not be read.', cause);
    }
  }

  function startListening(): void {
    const unsubscribe = ledger.onChange((accounts) => accounts.forEach(markDirty));
    readGeneration = ledger.notificationGeneration;
    let stopTimer = clock.setTimer(tick, options.rereadMs);
    let isStopped = false;
    function tick(): void {
      void reread().then(() => {
        if (!isStopped) stopTimer = clock.setTimer(tick, options.rereadMs);
      });
    }
    stopListening = () => {
      isStopped = true;
      unsubscribe();
      stopTimer();
    };
  }

  function join(stream: Stream): Group {
    if (size === 0) startListening();
    size += 1;
    const { account } = stream.owner;
    const group: Group = groups.get(account) ?? { version: null, streams: new Set() };
    groups.set(account, group);
    group.streams.add(stream);
    const staying = group.streams.size > options.streamsPerAccountMax ? [...group.streams].filter(isStaying) : [];
    if (staying.length > options.streamsPerAccountMax && staying[0] !== undefined) {
      streams.end(staying[0], { event: 'goodbye', data: { retryAfterMs: CROWDED_RETRY_MS } });
    }
    return group;
  }

  /** Undoes what was done for a stream, even when its opening did not finish. */
  function remove(stream: Stream): void {
    const { account, stopEndTimer, stopSignal } = stream.owner;
    stopEndTimer?.();
    stopSignal?.();
    heartbeats.delete(stream);
    const group = groups.get(account);
    if (!group?.streams.delete(stream)) return;
    size -= 1;
    if (group.streams.size === 0) {
      groups.delete(account);
      dirty.delete(account);
    }
    if (size === 0) {
      stopListening?.();
      stopListening = null;
      onEmpty?.();
    }
  }

  /** A new stream reads its own first state. When that is older, the group's version moves back to it. */
  function setInitialVersion(account: string, group: Group, version: number): void {
    const known = group.version;
    group.version = known === null ? version : Math.min(known, version);
    if (known !== null && known !== version) dirty.set(account, clock.monotonicMs());
    readDirty();
  }

  async function recheck(stream: Stream): Promise<void> {
    const { account, request } = stream.owner;
    try {
      if ((await options.identify(request)) !== account) streams.end(stream, { event: 'signed-out', data: {} });
    } catch (cause) {
      // Not known to be signed out. The lifetime of the stream bounds how long that lasts.
      onWarning('The session of a stream could not be checked.', cause);
    }
  }

  async function sendHeartbeat(stream: Stream): Promise<void> {
    await recheck(stream);
    if (isEnding(stream)) return;
    streams.sendHeartbeat(stream);
    scheduleNext(stream);
  }

  /** The next heartbeat, or the end when that comes first. */
  function scheduleNext(stream: Stream): void {
    const leftMs = stream.owner.endsAtMs - clock.monotonicMs();
    if (leftMs > options.heartbeatMs) return heartbeats.add(stream);
    const rotate = (): void => streams.end(stream, { event: 'goodbye', data: { retryAfterMs: 0 } });
    stream.owner.stopEndTimer = clock.setTimer(rotate, Math.max(0, leftMs));
  }

  async function open({ account, since, request, signal }: StreamRequest): Promise<ReadableStream<Uint8Array>> {
    if (draining !== null) {
      const details = { retryAfterMs: draining.retryAfterMs };
      throw new CreditsError('unavailable', 'The server is restarting. Try again shortly.', { details });
    }
    const stream = streams.open({ account, request, endsAtMs: 0, stopEndTimer: null, stopSignal: null });
    const group = join(stream);
    if (signal !== null) leaveWith(signal, stream);
    try {
      const first = await ledger.snapshot(account, since === undefined ? {} : { since });
      if (signal?.aborted === true) streams.leave(stream);
      if (!isEnding(stream)) {
        streams.offer(stream, first);
        setInitialVersion(account, group, first.version);
        stream.owner.endsAtMs = Math.round(
          clock.monotonicMs() + options.streamLifetimeMs * (0.8 + 0.4 * clock.random()),
        );
        scheduleNext(stream);
      }
    } catch (error) {
      streams.cut(stream);
      throw error;
    }
    return createStreamBody(streams, stream);
  }

  /** A function of its own, so its closure exists only for streams with a signal. */
  function leaveWith(signal: AbortSignal, stream: Stream): void {
    const leave = (): void => streams.leave(stream);
    signal.addEventListener('abort', leave);
    stream.owner.stopSignal = () => signal.removeEventListener('abort', leave);
  }

  async function sendGoodbyes(retryAfterMs: number): Promise<void> {
    if (size === 0) return;
    const everyStream = [...groups.values()].flatMap((group) => [...group.streams]);
    const isEmpty = new Promise<void>((resolve) => (onEmpty = resolve));
    const stopTimer = clock.setTimer(() => everyStream.forEach(streams.cut), DRAIN_MS);
    for (const stream of everyStream) streams.end(stream, { event: 'goodbye', data: { retryAfterMs } });
    await isEmpty;
    stopTimer();
  }

  return Object.freeze({
    open,
    drain(retryAfterMs: number) {
      draining ??= { retryAfterMs, done: sendGoodbyes(retryAfterMs) };
      return draining.done;
    },
    recheck(account: string) {
      for (const stream of groups.get(account)?.streams ?? []) void recheck(stream);
    },
    get size() {
      return size;
    },
  });
}

function isStaying(stream: Stream): boolean {
  return !isEnding(stream);
}
