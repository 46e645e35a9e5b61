/**
 * Readers' connections: bytes out, one frame of memory, one end. Does not own who follows what (`stream-hub.ts`), nor where
 * bytes go: a {@link FrameSink} takes them.
 *
 * Nothing is queued. A frame is handed over when the one before it has left, and is the newest state then; whatever the
 * reader was too slow for is merged into that one frame (latest wins), so a stalled reader costs one snapshot and not a
 * backlog. A reader that does not take what waits for it is cut, because nothing else would ever free its socket.
 *
 * A stream is a record, and what is done with it are functions for all of them: of ten thousand that mostly wait, objects
 * with closures of their own would be most of the memory.
 */
import type { Snapshot, StreamEvents } from 'realtime-credits/contract';
import type { Clock } from './clock.ts';
import { formatEvent } from './event-writer.ts';
import { mergeSnapshots } from './merge-snapshots.ts';

/** The last event of a stream. */
export type Farewell =
  | { event: 'goodbye'; data: StreamEvents['goodbye'] }
  | { event: 'signed-out'; data: StreamEvents['signed-out'] };

/** What takes the frames of one stream. A Node `ServerResponse` is one. */
export interface FrameSink {
  /** Takes a frame, and calls back when it has left, or with why it never will. */
  write(frame: Uint8Array, onTaken: (error?: Error | null) => void): unknown;
  /** No more comes. What was written still leaves. */
  end(): unknown;
  /** Ends at once, as an error of the transport. */
  destroy(): unknown;
}

/** One stream. Only {@link EventStreams} changes it. */
export interface EventStream<Owner> {
  readonly owner: Owner;
  /** Version of the newest state that was offered, and its epoch; null before the first. */
  version: number | null;
  epoch: string | null;
  /** Null until somebody takes the frames. */
  sink: FrameSink | null;
  /** The last frame has not left yet. */
  isTaking: boolean;
  readonly onTaken: (error?: Error | null) => void;
  waiting: Snapshot | null;
  isBeatDue: boolean;
  farewell: Farewell | null;
  end: 'said' | 'left' | 'cut' | null;
  stopStallTimer: (() => void) | null;
}

export interface EventStreams<Owner> {
  /** Begins a stream that writes nothing until its first state is offered and somebody takes its frames. */
  open(owner: Owner): EventStream<Owner>;
  /** From now on frames go there. Only the first sink counts; a stream that has ended ends it too. */
  attach(stream: EventStream<Owner>, sink: FrameSink): void;
  /** Hands over the state to send next. Older states than the newest are ignored. */
  offer(stream: EventStream<Owner>, snapshot: Snapshot): void;
  /** Says that the server is alive, unless something better is about to be said. */
  beat(stream: EventStream<Owner>): void;
  /** Sends what waits, then this, then ends. Only the first farewell counts. */
  end(stream: EventStream<Owner>, farewell: Farewell): void;
  /** Ends at once, as an error of the transport; what waits is lost. */
  cut(stream: EventStream<Owner>): void;
  /** The reader went by itself: nothing more is written, and nothing is wrong. */
  leave(stream: EventStream<Owner>): void;
}

export interface EventStreamsOptions<Owner> {
  clock: Clock;
  /** A reader that leaves something waiting for so long is cut. */
  stallMs: number;
  /** Writes a state; the same function for all streams, so that they share the work. */
  writeSnapshot: (snapshot: Snapshot) => Uint8Array;
  /** Called once for each stream, however it ended. */
  onClose: (stream: EventStream<Owner>) => void;
}

/** No more is written: a farewell was said, the reader went, or it was cut. */
export function isEnding(stream: EventStream<unknown>): boolean {
  return stream.end !== null || stream.farewell !== null;
}

/** Makes what opens streams and writes to them. */
export function createEventStreams<Owner>(options: EventStreamsOptions<Owner>): EventStreams<Owner> {
  const { clock, stallMs, writeSnapshot, onClose } = options;
  const heartbeat = encode('heartbeat', {});

  function open(owner: Owner): EventStream<Owner> {
    const stream: EventStream<Owner> = {
      owner,
      version: null,
      epoch: null,
      sink: null,
      isTaking: false,
      onTaken: (error) => {
        if (error != null) return leave(stream);
        stream.isTaking = false;
        flush(stream);
      },
      waiting: null,
      isBeatDue: false,
      farewell: null,
      end: null,
      stopStallTimer: null,
    };
    return stream;
  }

  function close(stream: EventStream<Owner>, how: 'said' | 'left' | 'cut'): void {
    stream.end = how;
    stream.waiting = null;
    stopStallTimer(stream);
    onClose(stream);
  }

  function stopStallTimer(stream: EventStream<Owner>): void {
    stream.stopStallTimer?.();
    stream.stopStallTimer = null;
  }

  function cut(stream: EventStream<Owner>): void {
    if (stream.end !== null) return;
    close(stream, 'cut');
    stream.sink?.destroy();
  }

  function leave(stream: EventStream<Owner>): void {
    if (stream.end !== null) return;
    close(stream, 'left');
    // Not an error: adapters write those to the log, and every closed tab would be one.
    stream.sink?.end();
  }

  function takeNext(stream: EventStream<Owner>): Uint8Array | null {
    if (stream.waiting !== null) {
      const frame = writeSnapshot(stream.waiting);
      stream.waiting = null;
      stream.isBeatDue = false; // any event feeds the reader's watchdog
      return frame;
    }
    if (stream.farewell !== null) return encode(stream.farewell.event, stream.farewell.data);
    if (!stream.isBeatDue) return null;
    stream.isBeatDue = false;
    return heartbeat;
  }

  /** Hands over what comes next, or has whoever does not take it cut. */
  function flush(stream: EventStream<Owner>): void {
    if (stream.end !== null) return;
    if (stream.sink === null || stream.isTaking) {
      stream.stopStallTimer ??= clock.setTimer(() => cut(stream), stallMs);
      return;
    }
    const isLast = stream.waiting === null && stream.farewell !== null;
    const frame = takeNext(stream);
    if (frame === null) return;
    stopStallTimer(stream);
    stream.isTaking = true;
    stream.sink.write(frame, stream.onTaken);
    if (isLast) {
      close(stream, 'said');
      stream.sink.end();
    } else if (stream.farewell !== null) {
      flush(stream);
    }
  }

  return Object.freeze({
    open,
    attach(stream: EventStream<Owner>, sink: FrameSink) {
      if (stream.end === 'cut') sink.destroy();
      else if (stream.end !== null) sink.end();
      else if (stream.sink === null) {
        stream.sink = sink;
        flush(stream);
      }
    },
    offer(stream: EventStream<Owner>, snapshot: Snapshot) {
      if (isEnding(stream)) return;
      const { epoch, version } = stream;
      if (version !== null && epoch === snapshot.epoch && snapshot.version <= version) return;
      stream.waiting = stream.waiting === null ? snapshot : mergeSnapshots(stream.waiting, snapshot);
      stream.epoch = snapshot.epoch;
      stream.version = snapshot.version;
      flush(stream);
    },
    beat(stream: EventStream<Owner>) {
      if (isEnding(stream)) return;
      stream.isBeatDue = true;
      flush(stream);
    },
    end(stream: EventStream<Owner>, farewell: Farewell) {
      if (isEnding(stream)) return;
      stream.farewell = farewell;
      flush(stream);
    },
    cut,
    leave,
  });
}

function encode<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name]): Uint8Array {
  return new TextEncoder().encode(formatEvent(name, data));
}
