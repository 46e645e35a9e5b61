import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDashboard, type TestDashboard } from '../server/support/dashboard.ts';
import type { OpenApiDocument } from './from-openapi.ts';
import { judge } from './judge.ts';
import { ROUTES } from './recorded.ts';
import { requestsOf } from './requests.ts';
import { readResponses } from './wire.ts';

const head = 'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nX-Request-Id: r1\r\n';
const policy = "Content-Security-Policy: default-src 'none'\r\n";
const respond = (text: string) => ({ responses: readResponses(Buffer.from(text, 'latin1')), isStuck: false });
const withBody = (body: string, status = '404 Not Found') =>
  respond(`${head.replace('404 Not Found', status)}${policy}Content-Length: ${body.length}\r\n\r\n${body}`);

let dashboard: TestDashboard;
beforeAll(async () => {
  dashboard = await openTestDashboard({
    environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests', GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' },
  });
});
afterAll(() => dashboard.end());

test('every route has a recorded request, and requests follow from the seed', async () => {
  const { body: document } = await dashboard.send<OpenApiDocument>('/api/credits/openapi.json');
  const recorded = ROUTES.map(({ method, target }) => `${method} ${target.split('?')[0]}`);
  const isRecorded = (route: string): boolean => {
    const pattern = route.replace(/:\w+\{(.+)\}$/, '$1').replaceAll(/:\w+/g, '[^/]+');
    return recorded.some((one) => new RegExp(`^${pattern}$`).test(one));
  };
  const routes = dashboard.routes.filter((route) => route !== 'GET /docs');
  expect(routes.filter((route) => !isRecorded(route))).toEqual([]);

  const sample = (seed: number) => fc.sample(requestsOf(document), { seed, numRuns: 50 });
  expect(sample(1)).toEqual(sample(1));
  expect(sample(1)).not.toEqual(sample(2));
});

test('responses are read one after the other: with a length, in chunks, without a body', () => {
  const { responses } = respond(
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx',
  );
  expect(responses.map(({ status, body }) => [status, body])).toEqual([
    [200, ''],
    [200, 'abcde'],
    [404, 'x'],
  ]);
});

test.each([
  ['no response', { responses: [], isStuck: true }],
  ['status 500', withBody('{"code":"internal","requestId":"r1"}', '500 Internal Server Error')],
  ['status 503', withBody('{}', '503 Service Unavailable')],
  ['a secret in the response', withBody('{"code":"not_found","requestId":"r1","x":"hunter22"}')],
  ['a path in the response', withBody('{"code":"x","requestId":"r1","detail":"/work/app/index.js"}')],
  ['SQL in the response', withBody('{"code":"x","requestId":"r1","detail":"SELECT a FROM b WHERE c"}')],
  ['a stack in the response', withBody('{"code":"x","requestId":"r1","detail":"TypeError: x"}')],
  ['status 404 without a code', withBody('{}')],
  ['status 404 without its request id', withBody('{"code":"not_found"}')],
  ['status 404 of the API without a problem', withBody('<h1>')],
  [null, withBody('{"code":"not_found","requestId":"r1"}')],
  [null, withBody('{"code":"unavailable","requestId":"r1"}', '503 Service Unavailable')],
])('a response is judged: %s', (wrong, exchange) => expect(judge(exchange, ['hunter22'])).toBe(wrong));
