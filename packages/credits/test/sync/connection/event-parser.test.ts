import { createParser } from 'eventsource-parser';
import { array, assert, constantFrom, nat, oneof, property, string, tuple, uint8Array } from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createEventParser, EVENT_LENGTH_MAX, type StreamEvent } from '../../../src/sync/connection/event-parser.ts';

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

const ANY_ID = expect.any(String) as string;

/** What an independent parser reads of it, in one piece. It names an event's own id, and we the last one that was seen. */
function parseByOracle(bytes: Uint8Array): StreamEvent[] {
  const events: StreamEvent[] = [];
  const oracle = createParser({
    onEvent: ({ id, event, data }) => events.push({ name: event || 'message', data, lastEventId: id ?? ANY_ID }),
  });
  // Decoding strips one byte order mark, as the specification says; the oracle works on decoded text.
  oracle.feed(new TextDecoder().decode(bytes));
  return events;
}

/** Its bytes in pieces that end before each of these places. */
function parsePieces(bytes: Uint8Array, cuts: readonly number[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const feed = createEventParser((event) => events.push(event));
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    feed(bytes.subarray(from, cut));
    from = cut;
  }
  return events;
}

const field = oneof(
  constantFrom(
    'data',
    'data:',
    'data: x',
    'data:y ',
    'data:  z',
    'data: {"a":1}',
    'data: é💎',
    'event: snapshot',
    'event:',
    'id: 7',
    'id',
    ': c',
    ':',
    '',
    '',
    '',
    'foo: bar',
    'retry: 5',
    'retry: x',
    ' data: x',
    'datax: y',
    'data : y',
    '\uFEFFdata: x',
  ),
  string({ maxLength: 6 }).map((text) => text.replaceAll(/[\r\n\0]/g, '')),
);
const stream = tuple(
  constantFrom('', '\uFEFF', '\uFEFF\uFEFF'),
  array(tuple(field, constantFrom('\n', '\r\n', '\r')), { maxLength: 14 }),
  // The oracle waits after a last carriage return for what follows; a comment line lets it go on.
).map(([mark, lines]) => `${mark}${lines.map(([content, ending]) => content + ending).join('')}:\n`);

test('reads what an independent parser reads, cut at every byte', () => {
  assert(
    property(stream, (text) => {
      const bytes = new TextEncoder().encode(text);
      const expected = parseByOracle(bytes);
      expect(parsePieces(bytes, [])).toEqual(expected);
      for (let cut = 0; cut <= bytes.length; cut++) expect(parsePieces(bytes, [cut])).toEqual(expected);
      const every = Array.from(bytes, (_byte, index) => index);
      expect(parsePieces(bytes, every)).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

test('reads what an independent parser reads, cut at any pair of bytes', () => {
  const text =
    '\uFEFFid: 1\r\nevent: snapshot\r\ndata: {"é":"💎"}\r\ndata\r\n\r\n: hello\rdata: x\r\rretry: 5\nid:2\ndata:y\n\n:\n';
  const bytes = new TextEncoder().encode(text);
  const expected = parseByOracle(bytes);
  expect(expected).toHaveLength(3);
  for (let one = 0; one <= bytes.length; one++) {
    for (let other = one; other <= bytes.length; other++) expect(parsePieces(bytes, [one, other])).toEqual(expected);
  }
});

test('bytes that are no text are read like an independent parser reads them, cut anywhere', () => {
  const bytes = uint8Array({ maxLength: 60 }).map((noise) =>
    Uint8Array.from([...new TextEncoder().encode('data: '), ...noise.filter((byte) => byte !== 0), 10, 10, 58, 10]),
  );
  assert(
    property(bytes, array(nat(70)), (noise, cuts) => {
      const places = cuts.filter((cut) => cut < noise.length).toSorted((a, b) => a - b);
      expect(parsePieces(noise, places)).toEqual(parseByOracle(noise));
    }),
    { numRuns: 500 },
  );
});

test('a line or the data of an event that has no end is given up, however it is cut', () => {
  const line = `data: ${'x'.repeat(EVENT_LENGTH_MAX)}`;
  const data = 'data: x\n'.repeat(EVENT_LENGTH_MAX / 2 + 1);
  const comment = `:${'x'.repeat(EVENT_LENGTH_MAX)}`;
  for (const text of [line, `${line}\n\n`, data, comment, `${comment}\n`]) {
    const bytes = new TextEncoder().encode(text);
    for (const piece of [bytes.length, 65_536, 1_000]) {
      const cuts = Array.from({ length: Math.floor(bytes.length / piece) }, (_, index) => (index + 1) * piece);
      expect(() => parsePieces(bytes, cuts)).toThrow(RangeError);
    }
  }
});

test('what is just short enough is read, however it is cut', () => {
  const value = 'x'.repeat(EVENT_LENGTH_MAX - 'data: '.length);
  // A long comment beside it does not count: each is bounded by itself.
  const bytes = new TextEncoder().encode(`data: ${value}\n: ${value}\n\n`);
  for (const cuts of [[], [200_000, 400_000]]) {
    expect(parsePieces(bytes, cuts).map(({ data }) => data.length)).toEqual([value.length]);
  }
});

test('a long line that comes byte by byte is read once, not again with each byte', () => {
  const split = vi.spyOn(String.prototype, 'split');
  const feed = createEventParser(() => undefined);
  for (let sent = 0; sent < 1_000; sent++) feed(Uint8Array.of(120));
  const searched = split.mock.contexts.map((text) => String(text).length);
  split.mockRestore();
  expect(searched).toEqual(Array.from({ length: 1_000 }, () => 1));
});
