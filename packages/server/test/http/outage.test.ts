import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { toUnavailable } from '../../src/ledger/postgres/sql-error.ts';
import { createNames, openTestHandler, openTestLedger } from '../support/handler.ts';

// What the host's own tables and sessions do to a request while their database is away.

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();
const away = () => Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED' });

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

test('A9: sessions that cannot be read are 503 with Retry-After, and one warning for all requests', async () => {
  const host = openTestHandler(ledger, {
    identify: () => Promise.reject(new Error('FAILED_TO_GET_SESSION', { cause: away() })),
  });
  const user = host.signIn(name('user'));
  for (const path of ['', '/history', '/stream', '/history', '']) {
    const response = await user.ask(`/api/credits${path}`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'unavailable', requestId: response.headers.get('x-request-id') });
    expect(text).not.toContain('10.0.0.5');
  }
  expect(host.warnings).toHaveLength(1);
});

test('a bug of the host stays internal, with a warning each', async () => {
  const host = openTestHandler(ledger, { identify: () => Promise.reject(new TypeError('x is not a function')) });
  const user = host.signIn(name('user'));
  for (const path of ['', '/history']) expect((await user.ask(`/api/credits${path}`)).status).toBe(500);
  expect(host.warnings).toHaveLength(2);
});

test('a failure of the database is found behind what a library threw; a conflict is the host’s to understand', () => {
  const wrapped = new Error('Query failed', { cause: new Error('Driver', { cause: away() }) });
  expect(toUnavailable(wrapped)).toMatchObject({ code: 'unavailable' });
  const dnsless = Object.assign(new Error('connect ENOENT /run/postgresql/.s.PGSQL.5432'), { syscall: 'connect' });
  expect(toUnavailable(dnsless)).toMatchObject({ code: 'unavailable' });
  const duplicate = Object.assign(new Error('duplicate key'), { code: '23505' });
  expect(toUnavailable(duplicate)).toBe(duplicate);
  const loop: Error & { cause?: unknown } = new Error('loop');
  loop.cause = loop;
  expect(toUnavailable(loop)).toBe(loop);
});

test.each([
  ['made-up-id.7', true, true],
  ['made-up-id.7', false, false],
  ['two words', true, false],
  ['x'.repeat(129), true, false],
  ['', true, false],
])('the request id %j is used only when it is trusted and well formed (%j)', async (id, trustRequestId, isUsed) => {
  const user = openTestHandler(ledger, { trustRequestId }).signIn(name('user'));
  const response = await user.ask('/api/credits?limit=1', { headers: { 'x-request-id': id } });
  const used = response.headers.get('x-request-id') ?? '';
  expect(used === id).toBe(isUsed);
  expect(used).toMatch(/^[\w.-]{1,128}$/);
  expect(await response.json()).toMatchObject({ code: 'invalid_request', requestId: used });
});

test('every response has a request id: of reads, refusals, preflights and unknown paths', async () => {
  const host = openTestHandler(ledger, { trustedOrigins: ['https://other.example'] });
  const user = host.signIn(name('user'));
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' },
  };
  const responses = [
    await user.ask('/api/credits'),
    await user.ask('/api/credits', { method: 'HEAD' }),
    await user.ask('/api/credits', preflight),
    await user.ask('/api/credits/nothing'),
    await user.ask('/api/credits/%zz'),
    await host.handler.fetch(new Request('https://panel.example/api/credits')),
  ];
  const ids = responses.map(({ headers }) => headers.get('x-request-id'));
  expect(new Set(ids).size).toBe(responses.length);
  expect(ids).not.toContain(null);
});
