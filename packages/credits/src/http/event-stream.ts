/**
 * One reader's connection: bytes out, one frame of memory, one end.
 *
 * Nothing is queued. The stream pulls when the reader is ready and then takes the newest state; whatever the reader was
 * too slow for is merged into that one frame (latest wins), so a stalled reader costs one snapshot and not a backlog.
 * A reader that does not take what waits for it is cut, because nothing else would ever free its socket.
 */
import type { StreamEvents } from '../contract/event.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Clock } from './clock.ts';
import { formatEvent } from './event-writer.ts';
import { mergeSnapshots } from './merge-snapshots.ts';

/** The last event of a stream. */
export type Farewell =
  | { event: 'goodbye'; data: StreamEvents['goodbye'] }
  | { event: 'signed-out'; data: StreamEvents['signed-out'] };

export interface EventStream {
  /** What the answer's body is. */
  readonly body: ReadableStream<Uint8Array>;
  /** Version of the newest state that was offered; null before the first. */
  readonly version: number | null;
  /** No more is written: a farewell was said, the reader went, or it was cut. */
  readonly isEnding: boolean;
  /** Hands over the state to send next. Older states than the newest are ignored. */
  offer(snapshot: Snapshot): void;
  /** Says that the server is alive, unless something better is about to be said. */
  beat(): void;
  /** Sends what waits, then this, then ends. Only the first farewell counts. */
  end(farewell: Farewell): void;
  /** Ends at once, as an error of the transport; what waits is lost. */
  cut(): void;
  /** The reader went by itself: nothing more is written, and nothing is wrong. */
  leave(): void;
}

export interface EventStreamOptions {
  clock: Clock;
  /** A reader that leaves something waiting for so long is cut. */
  stallMs: number;
  /** Writes a state; the same function for all streams, so that they share the work. */
  writeSnapshot: (snapshot: Snapshot) => Uint8Array;
  /** Called once, however the stream ended. */
  onClose: () => void;
}

/** Opens a stream that writes nothing until its first state is offered. */
export function createEventStream({ clock, stallMs, writeSnapshot, onClose }: EventStreamOptions): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let waiting: Snapshot | null = null;
  let newest: Snapshot | null = null;
  let isBeatDue = false;
  let farewell: Farewell | null = null;
  let isReaderReady = false;
  let isClosed = false;
  let stopStallTimer: (() => void) | null = null;

  const body = new ReadableStream<Uint8Array>(
    {
      start(created) {
        controller = created;
      },
      pull() {
        isReaderReady = true;
        flush();
      },
      cancel: close,
    },
    // With no queue of its own the stream pulls only for a reader that waits, so `isReaderReady` is exact.
    { highWaterMark: 0 },
  );

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    waiting = null;
    stopStallTimer?.();
    stopStallTimer = null;
    onClose();
  }

  function cut(): void {
    if (isClosed) return;
    close();
    controller?.error(new Error('The event stream was cut.'));
  }

  function leave(): void {
    if (isClosed) return;
    close();
    // Not an error: adapters write those to the log, and every closed tab would be one.
    controller?.close();
  }

  function takeNext(): Uint8Array | null {
    if (waiting !== null) {
      const bytes = writeSnapshot(waiting);
      waiting = null;
      isBeatDue = false; // any event feeds the reader's watchdog
      return bytes;
    }
    if (farewell !== null) return new TextEncoder().encode(formatEvent(farewell.event, farewell.data));
    if (!isBeatDue) return null;
    isBeatDue = false;
    return new TextEncoder().encode(formatEvent('heartbeat', {}));
  }

  function flush(): void {
    if (isClosed || controller === undefined) return;
    if (!isReaderReady) {
      stopStallTimer ??= clock.setTimer(cut, stallMs);
      return;
    }
    const isLast = waiting === null && farewell !== null;
    const bytes = takeNext();
    if (bytes === null) return;
    isReaderReady = false;
    stopStallTimer?.();
    stopStallTimer = null;
    controller.enqueue(bytes);
    if (isLast) {
      close();
      controller.close();
    } else if (farewell !== null) {
      flush();
    }
  }

  return Object.freeze({
    body,
    get version() {
      return newest?.version ?? null;
    },
    get isEnding() {
      return isClosed || farewell !== null;
    },
    offer(snapshot: Snapshot) {
      if (isClosed || farewell !== null) return;
      if (newest !== null && newest.epoch === snapshot.epoch && snapshot.version <= newest.version) return;
      waiting = waiting === null ? snapshot : mergeSnapshots(waiting, snapshot);
      newest = snapshot;
      flush();
    },
    beat() {
      if (isClosed || farewell !== null) return;
      isBeatDue = true;
      flush();
    },
    end(last: Farewell) {
      if (isClosed || farewell !== null) return;
      farewell = last;
      flush();
    },
    cut,
    leave,
  });
}
