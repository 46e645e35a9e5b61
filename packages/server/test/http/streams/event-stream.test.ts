import { expect, test } from 'vitest';
import type { Snapshot } from 'realtime-credits/contract';
import { createEventStreams, isEnding, type Farewell, type FrameSink } from '../../../src/http/streams/event-stream.ts';
import { createSnapshotWriter, formatEvent } from '../../../src/http/streams/event-writer.ts';
import { createStreamBody, takeFrames } from '../../../src/http/streams/stream-body.ts';
import { followEvents } from '../../support/events.ts';
import { createManualClock } from '../../support/manual-clock.ts';

function frame(version: number): Snapshot {
  const balance = { posted: version, held: 0, available: version };
  return { account: '42', epoch: 'epoch-1', version, balance, from: version - 1, applied: [`operation-${version}`] };
}

function openStream() {
  const time = createManualClock();
  let closings = 0;
  const streams = createEventStreams<string>({
    clock: time.clock,
    stallMs: 5_000,
    writeSnapshot: createSnapshotWriter(),
    onClose: () => (closings += 1),
  });
  const stream = streams.open('reader');
  return {
    time,
    stream: {
      offer: (snapshot: Snapshot) => streams.offer(stream, snapshot),
      sendHeartbeat: () => streams.sendHeartbeat(stream),
      end: (farewell: Farewell) => streams.end(stream, farewell),
      cut: () => streams.cut(stream),
      leave: () => streams.leave(stream),
      isEnding: () => isEnding(stream),
    },
    body: createStreamBody(streams, stream),
    closings: () => closings,
  };
}

/** Takes a frame whenever it is asked for one, as a socket does whose peer reads. */
function readSink(body: ReadableStream<Uint8Array>) {
  const said: string[] = [];
  let onTaken: ((error?: Error | null) => void) | null = null;
  const sink: FrameSink = {
    write: (bytes, taken) => {
      said.push(new TextDecoder().decode(bytes));
      onTaken = taken;
    },
    end: () => said.push('end'),
    destroy: () => said.push('destroyed'),
  };
  const tell = takeFrames(body, sink);
  if (tell === null) throw new Error('The frames of this body cannot be taken.');
  return {
    said,
    /** Has what was written last leave. */
    take: () => onTaken?.(),
    tell,
  };
}

function follow() {
  const { body, ...opened } = openStream();
  return { ...opened, events: followEvents(body) };
}

test('a reader that keeps up gets every state', async () => {
  const { stream, events } = follow();
  for (const version of [1, 2, 3]) {
    stream.offer(frame(version));
    expect(await events.snapshot()).toEqual(frame(version));
  }
});

test('a reader that does not gets the newest state, with all operations since', async () => {
  const { stream, events } = follow();
  for (let version = 1; version <= 500; version += 1) stream.offer(frame(version));
  const snapshot = await events.snapshot();
  expect(snapshot).toMatchObject({ version: 500, from: 0 });
  expect(snapshot.applied).toHaveLength(500);
  stream.end({ event: 'goodbye', data: { retryAfterMs: 0 } });
  expect(await events.next()).toMatchObject({ event: 'goodbye' });
});

test('a reader that leaves something waiting for 5 s is cut, once', async () => {
  const { time, stream, events, closings } = follow();
  stream.offer(frame(1));
  time.advance(4_999);
  expect(closings()).toBe(0);
  time.advance(1);
  expect(closings()).toBe(1);
  await expect(events.next()).rejects.toThrow('cut');
  stream.cut();
  expect(closings()).toBe(1);
  expect(time.waiting).toBe(0);
});

test('a reader that waits for updates is not slow', async () => {
  const { time, stream, events } = follow();
  stream.offer(frame(1));
  await events.snapshot();
  const next = events.snapshot();
  time.advance(60_000);
  stream.offer(frame(2));
  expect(await next).toEqual(frame(2));
});

test('an older state than the newest is not sent', async () => {
  const { stream, events } = follow();
  stream.offer(frame(3));
  await events.snapshot();
  stream.offer(frame(2));
  stream.offer(frame(3));
  stream.end({ event: 'goodbye', data: { retryAfterMs: 0 } });
  expect(await events.next()).toMatchObject({ event: 'goodbye' });
});

test('a state that waits is said before the farewell, and nothing after it', async () => {
  const { stream, events, closings } = follow();
  stream.offer(frame(1));
  stream.end({ event: 'goodbye', data: { retryAfterMs: 5 } });
  stream.offer(frame(2));
  stream.end({ event: 'signed-out', data: {} });
  stream.sendHeartbeat();
  expect((await events.snapshot()).version).toBe(1);
  expect(await events.next()).toMatchObject({ event: 'goodbye', data: '{"retryAfterMs":5}' });
  expect(await events.next()).toBeNull();
  expect(closings()).toBe(1);
});

test('a heartbeat gives way to a state, which says as much', async () => {
  const { stream, events } = follow();
  stream.sendHeartbeat();
  stream.offer(frame(1));
  expect((await events.snapshot()).version).toBe(1);
  stream.end({ event: 'signed-out', data: {} });
  expect(await events.next()).toMatchObject({ event: 'signed-out' });
});

test('a reader that leaves closes the stream and its timers', async () => {
  const { time, stream, events, closings } = follow();
  stream.offer(frame(1));
  await events.leave();
  expect(closings()).toBe(1);
  expect(time.waiting).toBe(0);
  stream.offer(frame(2));
  stream.cut();
  expect(closings()).toBe(1);
});

test('a reader that went by itself ends the stream, and that is no error', async () => {
  const { time, stream, events, closings } = follow();
  stream.offer(frame(1));
  expect((await events.snapshot()).version).toBe(1);
  stream.leave();
  expect(await events.next()).toBeNull();
  expect(closings()).toBe(1);
  expect(time.waiting).toBe(0);
});

test('a sink gets the newest state as soon as the one before has left, and nothing twice', () => {
  const { stream, body, closings } = openStream();
  stream.offer(frame(1));
  const { said, take } = readSink(body);
  for (const version of [2, 3, 4]) stream.offer(frame(version));
  expect(said).toEqual([formatEvent('snapshot', frame(1))]);
  take();
  expect(said[1]).toBe(
    formatEvent('snapshot', { ...frame(4), from: 1, applied: ['operation-2', 'operation-3', 'operation-4'] }),
  );
  stream.end({ event: 'goodbye', data: { retryAfterMs: 5 } });
  expect(said).toHaveLength(2);
  take();
  expect(said.slice(2)).toEqual([formatEvent('goodbye', { retryAfterMs: 5 }), 'end']);
  expect(closings()).toBe(1);
});

test('a sink that leaves something waiting for 5 s is destroyed; one that waits for updates is not', () => {
  const { time, stream, body, closings } = openStream();
  stream.offer(frame(1));
  const { said, take } = readSink(body);
  time.advance(60_000);
  take();
  stream.sendHeartbeat();
  stream.offer(frame(2));
  time.advance(4_999);
  expect(said).not.toContain('destroyed');
  time.advance(1);
  expect(said.at(-1)).toBe('destroyed');
  expect(closings()).toBe(1);
  take();
  expect(said.at(-1)).toBe('destroyed');
});

test('a sink whose reader went is written to no more', () => {
  const { time, stream, body, closings } = openStream();
  const { said, tell } = readSink(body);
  stream.offer(frame(1));
  stream.offer(frame(2));
  tell(new Error('The socket was closed.'));
  expect(closings()).toBe(1);
  expect(time.waiting).toBe(0);
  stream.offer(frame(3));
  stream.sendHeartbeat();
  expect(said).toEqual([formatEvent('snapshot', frame(1)), 'end']);
  expect(stream.isEnding()).toBe(true);
});

test('a stream that ended before its frames were taken ends the sink that takes them', () => {
  const [gone, stuck] = [openStream(), openStream()];
  gone.stream.leave();
  expect(readSink(gone.body).said).toEqual(['end']);
  stuck.stream.offer(frame(1));
  stuck.time.advance(5_000);
  expect(readSink(stuck.body).said).toEqual(['destroyed']);
});

test('the frames of a body go to one reader: who reads it first, or who takes them first', async () => {
  const { stream, body } = openStream();
  stream.offer(frame(1));
  readSink(body);
  expect(() => body.getReader()).toThrow(TypeError);
  expect(() => readSink(body)).toThrow('cannot be taken');
  const other = openStream();
  other.stream.offer(frame(1));
  const events = followEvents(other.body);
  expect(() => readSink(other.body)).toThrow('cannot be taken');
  expect((await events.snapshot()).version).toBe(1);
  expect(() => readSink(new ReadableStream())).toThrow('cannot be taken');
});
