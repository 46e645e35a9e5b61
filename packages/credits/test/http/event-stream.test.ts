import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { createEventStream } from '../../src/http/event-stream.ts';
import { createSnapshotWriter } from '../../src/http/event-writer.ts';
import { followEvents } from '../support/events.ts';
import { createManualClock } from '../support/manual-clock.ts';

function frame(version: number): Snapshot {
  const balance = { posted: version, held: 0, available: version };
  return { account: '42', epoch: 'epoch-1', version, balance, from: version - 1, applied: [`operation-${version}`] };
}

function openStream() {
  const time = createManualClock();
  let closings = 0;
  const stream = createEventStream({
    clock: time.clock,
    stallMs: 5_000,
    writeSnapshot: createSnapshotWriter(),
    onClose: () => (closings += 1),
  });
  return { time, stream, events: followEvents(stream.body), closings: () => closings };
}

test('a reader that keeps up gets every state', async () => {
  const { stream, events } = openStream();
  for (const version of [1, 2, 3]) {
    stream.offer(frame(version));
    expect(await events.snapshot()).toEqual(frame(version));
  }
});

test('a reader that does not gets the newest state, with all operations since', async () => {
  const { stream, events } = openStream();
  for (let version = 1; version <= 500; version += 1) stream.offer(frame(version));
  const snapshot = await events.snapshot();
  expect(snapshot).toMatchObject({ version: 500, from: 0 });
  expect(snapshot.applied).toHaveLength(500);
  stream.end({ event: 'goodbye', data: { retryAfterMs: 0 } });
  expect(await events.next()).toMatchObject({ event: 'goodbye' });
});

test('a reader that leaves something waiting for 5 s is cut, once', async () => {
  const { time, stream, events, closings } = openStream();
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

test('a reader that waits for news is not slow', async () => {
  const { time, stream, events } = openStream();
  stream.offer(frame(1));
  await events.snapshot();
  const next = events.snapshot();
  time.advance(60_000);
  stream.offer(frame(2));
  expect(await next).toEqual(frame(2));
});

test('an older state than the newest is not sent', async () => {
  const { stream, events } = openStream();
  stream.offer(frame(3));
  await events.snapshot();
  stream.offer(frame(2));
  stream.offer(frame(3));
  stream.end({ event: 'goodbye', data: { retryAfterMs: 0 } });
  expect(await events.next()).toMatchObject({ event: 'goodbye' });
});

test('a state that waits is said before the farewell, and nothing after it', async () => {
  const { stream, events, closings } = openStream();
  stream.offer(frame(1));
  stream.end({ event: 'goodbye', data: { retryAfterMs: 5 } });
  stream.offer(frame(2));
  stream.end({ event: 'signed-out', data: {} });
  stream.beat();
  expect((await events.snapshot()).version).toBe(1);
  expect(await events.next()).toMatchObject({ event: 'goodbye', data: '{"retryAfterMs":5}' });
  expect(await events.next()).toBeNull();
  expect(closings()).toBe(1);
});

test('a heartbeat gives way to a state, which says as much', async () => {
  const { stream, events } = openStream();
  stream.beat();
  stream.offer(frame(1));
  expect((await events.snapshot()).version).toBe(1);
  stream.end({ event: 'signed-out', data: {} });
  expect(await events.next()).toMatchObject({ event: 'signed-out' });
});

test('a reader that leaves closes the stream and its timers', async () => {
  const { time, stream, events, closings } = openStream();
  stream.offer(frame(1));
  await events.leave();
  expect(closings()).toBe(1);
  expect(time.waiting).toBe(0);
  stream.offer(frame(2));
  stream.cut();
  expect(closings()).toBe(1);
});

test('a reader that went by itself ends the stream, and that is no error', async () => {
  const { time, stream, events, closings } = openStream();
  stream.offer(frame(1));
  expect((await events.snapshot()).version).toBe(1);
  stream.leave();
  expect(await events.next()).toBeNull();
  expect(closings()).toBe(1);
  expect(time.waiting).toBe(0);
});
