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
import { CreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from './clock.ts';
import { createDueQueue } from './due-queue.ts';
import { createEventStreams, isEnding, type EventStream } from './event-stream.ts';
import { createSnapshotWriter } from './event-writer.ts';
import { createStreamBody } from './stream-body.ts';

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
  /** Asks the host whose session a request came with; null when it ended. */
  identify: (request: Request) => Promise<string | null>;
  onWarning: (message: string, cause: unknown) => void;
}

export interface StreamRequest {
  account: string;
  /** What the reader has: the first state names all operations after it. */
  since: number | undefined;
  /** What `identify` is asked about again, at every heartbeat. */
  request: Request;
  /** Aborts when the reader went away; null where whoever takes the frames says so. */
  signal: AbortSignal | null;
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

/** Who reads a stream. */
interface Reader {
  readonly account: string;
  readonly request: Request;
  /** When its stream is to end, by the clock. */
  endsAtMs: number;
  stopEndTimer: (() => void) | null;
  stopSignal: (() => void) | null;
}

type Stream = EventStream<Reader>;

interface Group {
  /** What all streams were offered; null until the first state was read. */
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
    onClose: forget,
  });
  const beats = createDueQueue<Stream>({ clock, delayMs: options.heartbeatMs, onDue: (stream) => void beat(stream) });
  const groups = new Map<string, Group>();
  const marked = new Set<string>();
  const reading = new Set<string>();
  let size = 0;
  /** A read failed, so that somebody may be behind. */
  let hasFailed = false;
  /** The time of hearing in which everybody was read, or began. */
  let readIn: number | null = null;
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
      for (const stream of group.streams) {
        if (stream.version !== null && (!isComplete || stream.version >= snapshot.from))
          streams.offer(stream, snapshot);
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
    const { hearing } = ledger;
    // Where nothing can have been missed, idle streams ask nothing.
    if (hearing !== null && hearing === readIn && !hasFailed) return;
    hasFailed = false;
    try {
      const versions = await ledger.versions([...groups.keys()]);
      for (const [account, version] of versions) {
        const known = groups.get(account)?.version;
        if (known !== undefined && known !== null && known !== version) mark(account);
      }
      readIn = hearing;
    } catch (cause) {
      hasFailed = true;
      onWarning('The versions of connected accounts could not be read.', cause);
    }
  }

  function startListening(): void {
    const stopHints = ledger.onChange((accounts) => accounts.forEach(mark));
    readIn = ledger.hearing;
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

  /** Undoes all that was done for a stream, however far its opening came. */
  function forget(stream: Stream): void {
    const { account, stopEndTimer, stopSignal } = stream.owner;
    stopEndTimer?.();
    stopSignal?.();
    beats.delete(stream);
    const group = groups.get(account);
    if (!group?.streams.delete(stream)) return;
    size -= 1;
    if (group.streams.size === 0) {
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

  async function recheck(stream: Stream): Promise<void> {
    const { account, request } = stream.owner;
    try {
      if ((await options.identify(request)) !== account) streams.end(stream, { event: 'signed-out', data: {} });
    } catch (cause) {
      // Not known to be signed out. The life of the stream bounds how long that can last.
      onWarning('The identity behind a stream could not be asked again.', cause);
    }
  }

  async function beat(stream: Stream): Promise<void> {
    await recheck(stream);
    if (isEnding(stream)) return;
    streams.beat(stream);
    planNext(stream);
  }

  /** The next heartbeat, or the end where that comes first. */
  function planNext(stream: Stream): void {
    const leftMs = stream.owner.endsAtMs - clock.now();
    if (leftMs > options.heartbeatMs) return beats.add(stream);
    const sayEnd = (): void => streams.end(stream, { event: 'goodbye', data: { retryAfterMs: 0 } });
    stream.owner.stopEndTimer = clock.setTimer(sayEnd, Math.max(0, leftMs));
  }

  async function open({ account, since, request, signal }: StreamRequest): Promise<ReadableStream<Uint8Array>> {
    if (draining !== null) {
      const details = { retryAfterMs: draining.retryAfterMs };
      throw new CreditsError('unavailable', 'The server is about to restart: try again shortly.', { details });
    }
    const stream = streams.open({ account, request, endsAtMs: 0, stopEndTimer: null, stopSignal: null });
    const group = join(stream);
    if (signal !== null) leaveWith(signal, stream);
    try {
      const first = await ledger.snapshot(account, since === undefined ? {} : { since });
      if (signal?.aborted === true) streams.leave(stream);
      if (!isEnding(stream)) {
        streams.offer(stream, first);
        welcome(account, group, first.version);
        stream.owner.endsAtMs = Math.round(clock.now() + options.streamLifetimeMs * (0.8 + 0.4 * clock.random()));
        planNext(stream);
      }
    } catch (error) {
      streams.cut(stream);
      throw error;
    }
    return createStreamBody(streams, stream);
  }

  /** In a function of its own, whose variables live only where there is a signal. */
  function leaveWith(signal: AbortSignal, stream: Stream): void {
    const leave = (): void => streams.leave(stream);
    signal.addEventListener('abort', leave);
    stream.owner.stopSignal = () => signal.removeEventListener('abort', leave);
  }

  async function sayGoodbye(retryAfterMs: number): Promise<void> {
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
      draining ??= { retryAfterMs, done: sayGoodbye(retryAfterMs) };
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
