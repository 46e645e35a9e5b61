import { deflateSync, gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { FORGED, hostileText, hostileValue, toBytes, toWellFormed, writeJson } from './hostile.ts';
import type { Sketch } from './recorded.ts';
import { ACTORS } from './wire.ts';

/** Ways to damage a request, each by a value that is shrunk when something is found. */
type Mutation = (sketch: Sketch) => Sketch;

const addHeader =
  (name: string, value: string): Mutation =>
  (sketch) => ({ ...sketch, headers: [...sketch.headers, [name, value]] });

const setHeader =
  (name: string, value: string): Mutation =>
  (sketch) => ({
    ...sketch,
    headers: [...sketch.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase()), [name, value]],
  });

const removeHeader =
  (name: string): Mutation =>
  (sketch) => ({ ...sketch, headers: sketch.headers.filter(([other]) => other !== name) });

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'CONNECT',
  'QUERY',
].concat(['get', 'SOURCE', 'FOO', 'M-SEARCH']);

/** Not of requests that end a session: somebody would have to sign in again after each of them. */
const actor = fc.constantFrom(...ACTORS).map(
  (as): Mutation =>
    (sketch) =>
      sketch.as === 'victim' || sketch.target.includes('auth') ? sketch : { ...sketch, as },
);

const method = fc.constantFrom(...METHODS).map((name): Mutation => (sketch) => ({ ...sketch, method: name }));

const encodings = [
  encodeURIComponent,
  escapeEachByte,
  toBytes,
  (text: string) => toBytes(text).replaceAll(/[\s]/g, ''),
];

/** A text as it may stand in a target: encoded, or as raw bytes that no browser would send. */
const targetText = fc
  .tuple(hostileText, fc.constantFrom(...encodings.keys()))
  .map(([text, index]) => encodings[index]?.(toWellFormed(text).slice(0, 9_000)) ?? '');

function escapeEachByte(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex').replaceAll(/../g, '%$&');
}

const SEGMENTS = [
  '%',
  '%zz',
  '%00',
  '%ED%A0%80',
  '%C0%AF',
  '%2e%2e',
  '..',
  '.',
  '',
  '%2f',
  '\\',
  ';x=1',
  '#x',
  '%0d%0aX:1',
  ':',
  '@',
  '*',
  '()',
  '[id]',
  '%5B%5D',
  'index.txt',
  '.rsc',
  '.json',
  '__nextjs_original-stack-frame',
  '%25',
  '%u0041',
  '(.)x',
  '(...)x',
  '@x',
  '_next',
];

const target: Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.constantFrom(...SEGMENTS), fc.nat(5)).map(([segment, place]): Mutation => (sketch) => {
    const [path = '', query] = sketch.target.split('?');
    const parts = path.split('/');
    parts.splice(Math.min(place + 1, parts.length), 0, segment);
    return { ...sketch, target: parts.join('/') + (query === undefined ? '' : `?${query}`) };
  }),
  fc.tuple(targetText, fc.nat(5)).map(([text, place]): Mutation => (sketch) => {
    const [path = '', query] = sketch.target.split('?');
    const parts = path.split('/');
    parts[Math.max(1, Math.min(place, parts.length - 1))] = text;
    return { ...sketch, target: parts.join('/') + (query === undefined ? '' : `?${query}`) };
  }),
  fc.tuple(targetText, fc.nat(8)).map(([text, place]): Mutation => (sketch) => {
    const [path = '', query = 'x='] = sketch.target.split('?');
    const pairs = query.split('&');
    const index = Math.min(place, pairs.length - 1);
    pairs[index] = `${pairs[index]?.split('=', 1)[0]}=${text}`;
    return { ...sketch, target: `${path}?${pairs.join('&')}` };
  }),
  fc.tuple(targetText, targetText).map(([name, value]): Mutation => (sketch) => ({
    ...sketch,
    target: `${sketch.target}${sketch.target.includes('?') ? '&' : '?'}${name}=${value}`,
  })),
  fc
    .constantFrom(
      '//',
      '/',
      'http://{host}',
      'HTTP://{host}',
      'http://evil.example',
      'http://a:b@{host}',
      'ftp://{host}',
      '/.',
      '/api/..',
      '/_next/..',
      '/%2e',
    )
    .map((prefix): Mutation => (sketch) => ({ ...sketch, target: prefix + sketch.target })),
  fc.constantFrom('/', '//', '?', '??', '&', '%', '.', '/.', '/..', '#', '.html').map((end): Mutation => (sketch) => ({
    ...sketch,
    target: sketch.target + end,
  })),
  fc.integer({ min: 100, max: 20_000 }).map((length): Mutation => (sketch) => ({
    ...sketch,
    target: `${sketch.target}?${'a'.repeat(length)}`,
  })),
);

/** Headers that something on the way gives a meaning to. */
const HEADERS: readonly (readonly [name: string, ...values: string[]])[] = [
  ['Accept', '*/*', 'text/x-component', 'application/json', 'text/event-stream', ',,;q=9'],
  ['Accept-Encoding', 'gzip', 'br', 'identity;q=0, *;q=0', 'deflate, gzip;q=1.0, *;q=0.5'],
  ['Accept-Language', 'de', '*', 'x'.repeat(500)],
  ['Authorization', 'Bearer x', 'Basic !!!', 'Bearer {cookie}'],
  ['Connection', 'keep-alive', 'upgrade', 'close, cookie', 'x'],
  ['Content-Encoding', 'gzip', 'br', 'identity', 'x'],
  ['Content-Length', '0', '-1', '1, 1', '99999999999999999999', '1e3', '+1', ' 5'],
  [
    'Content-Type',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=x',
    '',
    ';',
    'text/plain;charset=UTF-8, text/html',
  ],
  [
    'Cookie',
    'x',
    '=',
    'a=b; a=c',
    '__Host-dashboard.session_token=x',
    '__proto__=1',
    'dashboard.session_token=%',
    '{cookie}; {cookie}',
    `x=${'y'.repeat(7_000)}`,
  ],
  ['Expect', '100-continue', 'x'],
  ['Forwarded', 'for=1.2.3.4;host=evil.example;proto=https'],
  ['Host', 'evil.example', '', 'a b', '{host}:99999', '[::1', '{host}@evil.example', 'x'.repeat(300), '{host},{host}'],
  ['Idempotency-Key', '', 'a,b', 'x'.repeat(1_000), ' ', 'ä', '{key}, {key}', 'practice:x', '__proto__'],
  ['If-Modified-Since', 'x', 'Fri, 27 Nov 2026 06:00:00 GMT'],
  ['If-None-Match', '*', '"x"', 'W/"x", '],
  ['If-Range', '"x"'],
  [
    'Last-Event-ID',
    'x',
    '.',
    'x.1',
    '00000000-0000-0000-0000-000000000000.9007199254740993',
    'x.99999999999999999999',
    '\0',
  ],
  ['Next-Action', 'x', '0'.repeat(42), '7f'.repeat(20), '$$id'],
  ['Next-Router-Prefetch', '1', '2', 'x'],
  ['Next-Router-Segment-Prefetch', '/_tree', '/x', '/__PAGE__', '%'],
  [
    'Next-Router-State-Tree',
    'x',
    '%5B%5D',
    '%',
    '{}',
    '%5B%22%22%2C%7B%7D%5D',
    `%5B${'%5B'.repeat(400)}`,
    'null',
    '%5B1%2C2%2C3%2C4%5D',
  ],
  ['Next-Url', '/', 'x', '%', '//evil.example'],
  ['Origin', 'null', 'https://evil.example', '{origin}/', '', 'x', '{origin}, {origin}'],
  ['Purpose', 'prefetch'],
  ['Range', 'bytes=0-1', 'bytes=-1', 'bytes=9-1', 'bytes=0-0,1-1', 'x', 'bytes=99999999999999999999-'],
  ['Referer', 'x', 'http://{host}/%'],
  ['RSC', '1', 'x'],
  ['Sec-Fetch-Site', 'cross-site', 'same-origin', 'x'],
  ['TE', 'trailers', 'gzip'],
  ['Traceparent', '00-00000000000000000000000000000001-0000000000000001-01', 'x'],
  ['Trailer', 'X', 'Content-Length'],
  ['Transfer-Encoding', 'chunked', 'gzip, chunked', 'identity', 'chunked, chunked', 'xchunked', ' chunked'],
  ['Upgrade', 'websocket', 'h2c', 'TLS/1.0'],
  ['X-Credits-Account', 'x', '', '{victim}', '__proto__'],
  ['X-Dashboard-Client-Address', 'x', '127.0.0.1'],
  ['X-Forwarded-For', 'x', '', ',', '1.2.3.4, ::1', '[::1]:80', '999.1.1.1', 'fe80::1%25eth0', 'x'.repeat(5_000)],
  ['X-Forwarded-Host', 'evil.example', '', '%'],
  ['X-Forwarded-Proto', 'https', 'x', 'https,http'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Invoke-Path', '/admin', '%'],
  ['X-Invoke-Status', '500', 'x'],
  ['X-Matched-Path', '/admin', '%', '/[id]'],
  ['X-Middleware-Subrequest', 'middleware:middleware:middleware:middleware:middleware'],
  ['X-Middleware-Prefetch', '1'],
  ['X-Nextjs-Data', '1'],
  ['X-Nonce', "' 'unsafe-inline'"],
  ['X-Now-Route-Matches', '1=x', '%'],
  ['X-Path', '//evil.example', '%'],
  ['X-Prerender-Revalidate', 'x'],
  ['X-Request-Id', 'x', '', FORGED.replaceAll(/[\r\n]/g, ' '), 'x'.repeat(500)],
];

const header: Arbitrary<Mutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...HEADERS.flatMap(([name, ...values]) => values.map((value) => [name, value] as const)))
      .chain(([name, value]) => fc.constantFrom(addHeader(name, toBytes(value)), setHeader(name, toBytes(value)))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...HEADERS.map(([name]) => name)), hostileText)
      // What ends a line ends a header: those are written by `raw.ts`.
      .map(([name, text]) =>
        setHeader(
          name,
          toBytes(text)
            .replaceAll(/[\r\n]/g, ' ')
            .slice(0, 9_000),
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Host', 'Origin', 'Cookie', 'Content-Type', 'Idempotency-Key').map(removeHeader),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 50, max: 3_000 }).map((count): Mutation => (sketch) => ({
      ...sketch,
      headers: [...sketch.headers, ...Array.from({ length: count }, (_, index) => [`X-${index}`, 'x'] as const)],
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('__proto__', 'constructor', 'x'.repeat(2_000), '!#$', 'X_Y', ':method')
      .map((name) => addHeader(name, 'x')),
  },
);

const EXTRA = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'role',
  'userId',
  'amount',
  'account',
  '',
  '\0',
  'x'.repeat(2_000),
];

const values: Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(8), hostileValue).map(
    ([place, value]): Mutation =>
      (sketch) =>
        changeJson(sketch, (json) => {
          const names = Object.keys(json);
          const name = names[place % Math.max(1, names.length)];
          return name === undefined ? value : { ...json, [name]: value };
        }),
  ),
  fc.nat(8).map(
    (place): Mutation =>
      (sketch) =>
        changeJson(sketch, (json) => Object.fromEntries(Object.entries(json).filter((_, index) => index !== place))),
  ),
  fc.tuple(fc.constantFrom(...EXTRA), hostileValue).map(
    ([name, value]): Mutation =>
      (sketch) =>
        changeJson(sketch, (json) => Object.fromEntries([...Object.entries(json), [name, value]])),
  ),
  hostileValue.map(
    (value): Mutation =>
      (sketch) =>
        changeJson(sketch, () => value),
  ),
  hostileValue.map(
    (value): Mutation =>
      (sketch) =>
        changeJson(sketch, (json) => [json, value]),
  ),
);

function changeJson(sketch: Sketch, change: (json: Record<string, unknown>) => unknown): Sketch {
  const { json } = sketch;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return sketch;
  const changed = change(json as Record<string, unknown>);
  return { ...sketch, json: changed, body: writeJson(changed) };
}

const changeBody =
  (change: (body: string) => string): Mutation =>
  (sketch) => ({ ...sketch, body: change(sketch.body ?? '') });

const toBuffer = (body: string): Buffer => Buffer.from(body, 'latin1');

const body: Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom<Mutation>(
    changeBody((text) => `\u00ef\u00bb\u00bf${text}`),
    changeBody((text) => Buffer.from(`\ufeff${text}`, 'utf16le').toString('latin1')),
    changeBody((text) => `${text}${text}`),
    changeBody((text) => text.replace('{', '{"amount":1,"amount":-1,')),
    changeBody((text) => text.replace('{', '{"__proto__":{"role":"admin","amount":1},')),
    changeBody((text) => text.replaceAll('"', "'")),
    changeBody(() => ''),
    changeBody(() => 'a=1&amount=5&__proto__[x]=1'),
    changeBody(() => '--x\r\nContent-Disposition: form-data; name="$ACTION_ID_x"\r\n\r\n1\r\n--x--\r\n'),
    changeBody(() => '[{"$F":1},"$1:__proto__:x","$@0","$K1"]'),
    (sketch) =>
      setHeader('Content-Encoding', 'gzip')(changeBody((text) => gzipSync(toBuffer(text)).toString('latin1'))(sketch)),
    (sketch) =>
      setHeader(
        'Content-Encoding',
        'deflate',
      )(changeBody((text) => deflateSync(toBuffer(text)).toString('latin1'))(sketch)),
    (sketch) =>
      setHeader(
        'Content-Encoding',
        'gzip',
      )(changeBody(() => gzipSync(Buffer.alloc(3_000_000)).toString('latin1'))(sketch)),
  ),
  fc
    .tuple(
      fc.nat(200),
      fc.string({
        unit: fc.constantFrom('\0', '\u00ff', '\u00c3', '\u00ed\u00a0\u0080', '"', '{', '\n', '\\'),
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([at, text]) => changeBody((whole) => whole.slice(0, at) + text + whole.slice(at))),
  fc.nat(200).map((end) => changeBody((text) => text.slice(0, end))),
  fc.constantFrom(65_536, 70_000, 300_000).map((length) => changeBody((text) => text + ' '.repeat(length))),
);

export const mutation: Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: values },
  { weight: 5, arbitrary: target },
  { weight: 5, arbitrary: header },
  { weight: 3, arbitrary: body },
  { weight: 1, arbitrary: method },
  { weight: 1, arbitrary: actor },
);
