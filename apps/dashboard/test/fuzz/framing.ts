import fc, { type Arbitrary } from 'fast-check';
import { ROUTES, type Sketch } from './recorded.ts';
import type { WireRequest } from './wire.ts';

/** How a sketch becomes bytes: as it should, or as an attacker or a broken program writes HTTP. */
type Framing = (sketch: Sketch) => Pick<WireRequest, 'chunks' | 'abort'>;

function writeHead({ method, target, headers }: Sketch, end: readonly string[] = []): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, ...end, '', ''].join('\r\n');
}

const bodyOf = (sketch: Sketch): string => sketch.body ?? '';

/** With the length of the body, as clients do. */
const plain: Framing = (sketch) => {
  const length = sketch.body === null ? [] : [`Content-Length: ${sketch.body.length}`];
  return { chunks: [writeHead(sketch, ['Connection: close', ...length]) + bodyOf(sketch)] };
};

/** The body in chunks of a size, written by the function. */
function writeChunks(body: string, size: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < body.length; at += size) parts.push(body.slice(at, at + size));
  return parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
}

const chunked = fc.constantFrom(1, 7, 64, 4_096).map((size): Framing => (sketch) => {
  const parts = writeChunks(bodyOf(sketch).slice(0, size * 200), size);
  return {
    chunks: [`${writeHead(sketch, ['Connection: close', 'Transfer-Encoding: chunked'])}${parts.join('')}0\r\n\r\n`],
  };
});

/** A chunk and its end, each written wrongly. */
const BAD_CHUNKS = [
  '-1\r\nx\r\n0\r\n\r\n',
  'zz\r\nx\r\n0\r\n\r\n',
  'ffffffffffffffffff\r\nx',
  '5\r\nx\r\n0\r\n\r\n',
  '1\nx\n0\n\n',
]
  .concat([
    '1 \r\nx\r\n0\r\n\r\n',
    '0x1\r\nx\r\n0\r\n\r\n',
    '1;ext=1\r\nx\r\n0\r\n\r\n',
    '1;ext="\r\n"\r\nx\r\n0\r\n\r\n',
    '2\r\n{}0\r\n\r\n',
  ])
  .concat([
    '2\r\n{}\r\n0\r\nX: 1\r\nContent-Length: 9\r\n\r\n',
    `1;${'e'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`,
    '2\r\n{}\r\n0',
    '\r\n',
    '',
  ])
  .concat([`2\r\n{}\r\n0\r\n${'X: 1\r\n'.repeat(3_000)}\r\n`]);

const badChunks = fc.constantFrom(...BAD_CHUNKS).map((text): Framing => (sketch) => ({
  chunks: [writeHead(sketch, ['Transfer-Encoding: chunked']) + text],
}));

/** The next request hides in what one side takes for the body of this one. */
const smuggled = fc
  .tuple(
    fc.constantFrom(
      'chunked',
      ' chunked',
      'chunked\t',
      'x, chunked',
      'chunked, identity',
      '\x0bchunked',
      'Chunked',
      'chunked\r\nTransfer-Encoding: x',
    ),
    fc.constantFrom('Transfer-Encoding', 'Transfer-Encoding ', 'Transfer_Encoding', 'X: 1\nTransfer-Encoding'),
    fc.constantFrom(0, 4, 6, 100),
    fc.constantFrom(...ROUTES),
  )
  .map(([encoding, name, length, hidden]): Framing => (sketch) => ({
    chunks: [
      `${writeHead(sketch, [`${name}: ${encoding}`, `Content-Length: ${length}`])}0\r\n\r\n${plain(hidden).chunks[0]}`,
    ],
  }));

const lengths = fc.tuple(fc.integer({ min: -3, max: 40 }), fc.boolean()).map(([more, twice]): Framing => (sketch) => {
  const length = `Content-Length: ${Math.max(0, bodyOf(sketch).length + more)}`;
  return {
    chunks: [
      writeHead(sketch, [length, ...(twice ? [`Content-Length: ${bodyOf(sketch).length}`] : [])]) + bodyOf(sketch),
    ],
  };
});

/** Arrives in pieces. */
const slow = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()).map(([pieces, isLeft]): Framing => (sketch) => {
  const whole = plain(sketch).chunks[0] ?? '';
  const size = Math.ceil(whole.length / pieces);
  const chunks = Array.from({ length: pieces }, (_, index) => whole.slice(index * size, (index + 1) * size));
  return isLeft ? { chunks: chunks.slice(0, -1), abort: true } : { chunks };
});

const pipelined = fc
  .array(fc.constantFrom(...ROUTES.filter(({ target }) => !target.includes('stream'))), { minLength: 1, maxLength: 4 })
  .map((others): Framing => (sketch) => ({
    chunks: [
      [
        ...others.map((one) => plain(one).chunks[0]?.replace('Connection: close\r\n', '')),
        ...plain(sketch).chunks,
      ].join(''),
    ],
  }));

/** The head of a request, written in ways that a parser has to refuse or to understand. */
const HEADS: ((head: string) => string)[] = [
  (head) => head.replace('HTTP/1.1', 'HTTP/1.0'),
  (head) => head.replace('HTTP/1.1', 'HTTP/2.0'),
  (head) => head.replace('HTTP/1.1', 'HTTP/9.9'),
  (head) => head.replace(' HTTP/1.1', ''),
  (head) => head.replace(/ \S+ HTTP/, ' * HTTP'),
  (head) => head.replace(/^\S+ \S+/, 'OPTIONS *'),
  (head) => head.replace(/^\S+ \S+/, 'CONNECT {host}'),
  (head) => head.replace(/ (\S+) HTTP/, ' http://{host}$1 HTTP'),
  (head) => head.replace(/ (\S+) HTTP/, '  $1  HTTP'),
  (head) => head.replace(/ (\S+) HTTP/, ' $1\0 HTTP'),
  (head) => head.replaceAll('\r\n', '\n'),
  (head) => head.replaceAll('\r\n', '\r'),
  (head) => head.replace('Host:', 'Host :'),
  (head) => head.replace('Host:', ' Host:'),
  (head) => head.replace('Host:', 'Host: x\r\nHost:'),
  (head) => head.replace('Host:', 'X: a\r\n b\r\nHost:'),
  (head) => head.replace('Host:', 'X: a\rb\r\nHost:'),
  (head) => head.replace('Host:', 'X: a\0b\r\nHost:'),
  (head) => head.replace('Host:', 'X\r\nHost:'),
  (head) => head.replace('Host:', ': x\r\nHost:'),
  (head) => head.replace('Host:', '\u00e4: \u00e4\r\nHost:'),
  (head) => head.replace('Host:', `X: ${'x'.repeat(90_000)}\r\nHost:`),
  (head) => `\r\n\r\n${head}`,
  (head) => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${head}`,
  (head) => `\u0016\u0003\u0001\u0002\0${head}`,
  (head) =>
    head.replace(
      'Connection: close',
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13',
    ),
  (head) =>
    head.replace('Connection: close', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x'),
  (head) => head.replace('Connection: close', 'Connection: close\r\nExpect: 100-continue'),
];

const heads = fc.constantFrom(...HEADS.keys()).map((index): Framing => (sketch) => {
  const [whole = ''] = plain(sketch).chunks;
  return { chunks: [HEADS[index]?.(whole) ?? whole] };
});

/** Bytes of a request, changed one by one. */
const bytes = fc
  .array(fc.tuple(fc.nat(2_000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 })
  .map((changes): Framing => (sketch) => {
    let [whole = ''] = plain(sketch).chunks;
    for (const [at, byte] of changes) {
      const place = at % whole.length;
      whole = whole.slice(0, place) + String.fromCharCode(byte) + whole.slice(place + 1);
    }
    return { chunks: [whole] };
  });

export const framing: Arbitrary<Framing> = fc.oneof(
  { weight: 30, arbitrary: fc.constant(plain) },
  { weight: 2, arbitrary: chunked },
  { weight: 1, arbitrary: badChunks },
  { weight: 1, arbitrary: smuggled },
  { weight: 1, arbitrary: lengths },
  { weight: 1, arbitrary: slow },
  { weight: 1, arbitrary: pipelined },
  { weight: 2, arbitrary: heads },
  { weight: 1, arbitrary: bytes },
);
