import { createParser } from 'eventsource-parser';
import { array, assert, constantFrom, nat, oneof, property, string, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { createEventParser, EVENT_LENGTH_MAX, type StreamEvent } from '../../src/sync/event-parser.ts';

/** Feeds the bytes of a text, cut at the given places. */
function parse(text: string, cuts: number[] = []): StreamEvent[] {
  const bytes = new TextEncoder().encode(text);
  const events: StreamEvent[] = [];
  const feed = createEventParser((event) => events.push(event));
  const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].toSorted((a, b) => a - b);
  for (const [index, place] of places.entries()) feed(bytes.subarray(place, places[index + 1] ?? bytes.length));
  return events;
}

const everyCut = (text: string): number[] => Array.from(new TextEncoder().encode(text), (_byte, index) => index);

test.each([
  ['one event', 'event: snapshot\nid: one.1\ndata: {}\n\n', [{ name: 'snapshot', data: '{}', lastEventId: 'one.1' }]],
  ['the default name', 'data: x\n\n', [{ name: 'message', data: 'x', lastEventId: '' }]],
  ['several data lines', 'data: a\ndata: b\n\n', [{ name: 'message', data: 'a\nb', lastEventId: '' }]],
  ['an empty data line', 'data\n\n', [{ name: 'message', data: '', lastEventId: '' }]],
  ['only the first space is cut off', 'data:  x\n\n', [{ name: 'message', data: ' x', lastEventId: '' }]],
  ['no space at all', 'data:x:y\n\n', [{ name: 'message', data: 'x:y', lastEventId: '' }]],
  ['an event without data is none', 'event: heartbeat\n\n', []],
  ['an unfinished event is none', 'data: x\n', []],
  [
    'comments and unknown fields',
    ': hello\nretry: 5\nfoo: bar\ndata: x\n\n',
    [{ name: 'message', data: 'x', lastEventId: '' }],
  ],
  ['a byte order mark', '\uFEFFdata: x\n\n', [{ name: 'message', data: 'x', lastEventId: '' }]],
  [
    'carriage returns',
    'data: x\r\rdata: y\r\r',
    [
      { name: 'message', data: 'x', lastEventId: '' },
      { name: 'message', data: 'y', lastEventId: '' },
    ],
  ],
  ['both ends', 'data: x\r\n\r\n', [{ name: 'message', data: 'x', lastEventId: '' }]],
  ['an id with a null is ignored', 'id: a\0b\ndata: x\n\n', [{ name: 'message', data: 'x', lastEventId: '' }]],
  [
    'an id stays until the next one',
    'id: a\ndata: x\n\ndata: y\n\n',
    [
      { name: 'message', data: 'x', lastEventId: 'a' },
      { name: 'message', data: 'y', lastEventId: 'a' },
    ],
  ],
])('reads %s, in one piece and byte by byte', (_name, text, events) => {
  expect(parse(text)).toEqual(events);
  expect(parse(text, everyCut(text))).toEqual(events);
});

test('a character that the network cut in two is put together again', () => {
  const text = 'data: 100 €, 💎\n\n';
  expect(parse(text, everyCut(text))).toEqual([{ name: 'message', data: '100 €, 💎', lastEventId: '' }]);
});

test('a carriage return ends its line without waiting for what follows', () => {
  expect(parse('data: x\r\n\r')).toEqual([{ name: 'message', data: 'x', lastEventId: '' }]);
});

test('reads whatever an independent parser reads, cut anywhere', () => {
  const line = oneof(
    constantFrom(
      'data',
      'data:',
      'data: x',
      'data:y ',
      'event: snapshot',
      'id: 7',
      ': c',
      '',
      '',
      'foo: bar',
      'data: é💎',
    ),
    string({ maxLength: 6 }).map((text) => text.replaceAll(/[\r\n\0\uFEFF]/g, '')),
  );
  const stream = array(tuple(line, constantFrom('\n', '\r\n', '\r')), { maxLength: 30 });
  assert(
    property(stream, array(nat(200)), (lines, cuts) => {
      const text = lines.map(([content, ending]) => content + ending).join('');
      const expected: { name: string; data: string }[] = [];
      const oracle = createParser({ onEvent: ({ event, data }) => expected.push({ name: event ?? 'message', data }) });
      // The oracle waits after a last carriage return; a comment line lets it go on.
      oracle.feed(`${text}:\n`);
      expect(parse(`${text}:\n`, cuts).map(({ name, data }) => ({ name, data }))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('a line or an event without an end is given up instead of filling the memory', () => {
  const feed = createEventParser(() => undefined);
  const piece = new TextEncoder().encode('x'.repeat(65_536));
  expect(() => {
    for (let sent = 0; sent <= EVENT_LENGTH_MAX; sent += piece.length) feed(piece);
  }).toThrow(RangeError);
  const lines = new TextEncoder().encode('data: x\n'.repeat(20_000));
  const other = createEventParser(() => undefined);
  expect(() => {
    for (let sent = 0; sent < 20; sent++) other(lines);
  }).toThrow(RangeError);
});
