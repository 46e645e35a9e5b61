import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { expect, test } from 'vitest';
import { parseEventId, type Snapshot } from 'realtime-credits/contract';
import { createSnapshotWriter, formatEvent } from '../../src/http/event-writer.ts';

const snapshot: Snapshot = {
  account: '42',
  epoch: '0198c5e2-aaaa',
  version: 7,
  balance: { posted: 900, held: 100, available: 800 },
  from: 6,
  applied: ['buy-1'],
};

function parse(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => events.push(event) }).feed(text);
  return events;
}

test('a snapshot is written as these bytes and no others', () => {
  expect(formatEvent('snapshot', snapshot)).toBe(
    'event: snapshot\nid: 0198c5e2-aaaa.7\ndata: {"account":"42","epoch":"0198c5e2-aaaa","version":7,' +
      '"balance":{"posted":900,"held":100,"available":800},"from":6,"applied":["buy-1"]}\n\n',
  );
});

test('a reader of the specification reads back what was written', () => {
  const [event] = parse(formatEvent('snapshot', snapshot));
  expect(event).toMatchObject({ event: 'snapshot', id: '0198c5e2-aaaa.7' });
  expect(JSON.parse(event?.data ?? '')).toEqual(snapshot);
  expect(parseEventId(event?.id)).toEqual({ epoch: snapshot.epoch, version: snapshot.version });
});

test('line breaks in a value cannot end the event', () => {
  const text = formatEvent('snapshot', { ...snapshot, account: 'a\n\nevent: signed-out\r\ndata: {}\n\n' });
  const events = parse(text);
  expect(events).toHaveLength(1);
  expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({ account: 'a\n\nevent: signed-out\r\ndata: {}\n\n' });
});

test('only a snapshot moves the place where a reader resumes', () => {
  expect(formatEvent('heartbeat', {})).toBe('event: heartbeat\ndata: {}\n\n');
  expect(formatEvent('goodbye', { retryAfterMs: 1_000 })).toBe('event: goodbye\ndata: {"retryAfterMs":1000}\n\n');
  expect(formatEvent('signed-out', {})).toBe('event: signed-out\ndata: {}\n\n');
});

test('a state is written once for all streams, and each state as itself', () => {
  const write = createSnapshotWriter();
  const other = { ...snapshot, version: 8 };
  expect(write(snapshot)).toBe(write(snapshot));
  const texts = [snapshot, other, snapshot].map((state) => new TextDecoder().decode(write(state)));
  expect(texts).toEqual([snapshot, other, snapshot].map((state) => formatEvent('snapshot', state)));
});
