import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { assertMayReadMetrics } from '../../server/metrics.ts';
import { openTestDashboard, ORIGIN, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let user: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({ environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests' } });
  user = await dashboard.signUp('somebody');
  await dashboard.grant(user, 50);
});
afterAll(() => dashboard.end());

async function ask(headers: Record<string, string> = {}, from = '127.0.0.1') {
  return dashboard.fetch(
    new Request(`${ORIGIN}/api/metrics`, { headers: { [CLIENT_ADDRESS_HEADER]: from, ...headers } }),
  );
}

async function read(): Promise<Map<string, number>> {
  const response = await ask();
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('transfers, waiting times and refusals are counted by kind and by code', async () => {
  const before = await read();
  const spend = (amount: number) =>
    dashboard.send('/api/examples/credits', { as: user, body: { effect: 'spend', amount, reason: 'x' } });
  expect((await spend(10)).status).toBe(200);
  expect((await spend(1_000)).status).toBe(402);
  const after = await read();
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(grown('credits_transfers_total{kind="transfer"}')).toBe(1);
  expect(grown('credits_refusals_total{code="insufficient_credits"}')).toBe(1);
  expect(grown('credits_command_seconds_count{command="transfer"}')).toBe(2);
  expect(grown('dashboard_responses_total{method="POST",status="402"}')).toBe(1);
  expect(after.get('credits_queue_length')).toBe(0);
});

test('open streams and the delay of their frames are measured', async () => {
  const before = await read();
  const stream = await dashboard.fetch(
    new Request(`${ORIGIN}/api/credits/stream`, { headers: { cookie: user.cookie } }),
  );
  const reader = stream.body?.getReader();
  await reader?.read();
  await dashboard.grant(user, 5);
  await reader?.read();
  const during = await read();
  expect(during.get('credits_open_streams')).toBe(1);
  expect(during.get('credits_frame_lag_seconds_count')).toBe((before.get('credits_frame_lag_seconds_count') ?? 0) + 1);
  await reader?.cancel();
  expect((await read()).get('credits_open_streams')).toBe(0);
});

test('the last verification is known once there was one', async () => {
  expect((await read()).has('credits_verification_ok')).toBe(false);
  await dashboard.ledger.verify();
  const after = await read();
  expect(after.get('credits_verification_ok')).toBe(1);
  expect(after.get('credits_verification_timestamp_seconds')).toBeGreaterThan(1_700_000_000);
});

test('without a token they are for programs of this machine only, and not through a proxy of it', async () => {
  expect((await ask({}, '::1')).status).toBe(200);
  expect((await ask({}, '10.0.0.7')).status).toBe(404);
  for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-forwarded-proto']) {
    expect((await ask({ [name]: 'x' })).status, `with ${name}`).toBe(404);
  }
});

test('with a token they are for the programs that have it', () => {
  const token = 'a-token-of-sixteen-or-more';
  const asks = (headers: Record<string, string>, from = '10.0.0.7') => {
    const request = new Request(`${ORIGIN}/api/metrics`, { headers: { [CLIENT_ADDRESS_HEADER]: from, ...headers } });
    return () => assertMayReadMetrics(request, token);
  };
  expect(asks({ authorization: `Bearer ${token}` })).not.toThrow();
  expect(asks({ authorization: `Bearer ${token}x` })).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(asks({}, '127.0.0.1')).toThrow(expect.objectContaining({ code: 'not_found' }));
});

test('nothing of anybody is in them', async () => {
  const text = await (await ask()).text();
  for (const secret of [user.id, user.email, user.username]) expect(text).not.toContain(secret);
});
