import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { FREE_TRIES } from '../../server/auth/password-tries.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { createRateLimiter, LIMITS, toNetwork } from '../../server/http/rate-limit.ts';
import { nextAddress, openTestDashboard, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;

beforeAll(async () => {
  dashboard = await openTestDashboard({
    limits: { request: { account: 20, address: 30 }, claim: { account: 30, address: 3 }, changePassword: {} },
  });
});
afterAll(() => dashboard.end());
afterEach(() => vi.useRealTimers());

async function guess(email: string, address = nextAddress(), password = 'wrong-password') {
  const reply = await dashboard.send('/api/auth/sign-in/email', {
    body: { email, password },
    headers: { [CLIENT_ADDRESS_HEADER]: address },
  });
  return { status: reply.status, waitSeconds: Number(reply.headers.get('retry-after')) };
}

test('C8: wrong passwords from 40 addresses are stopped for the account, also when they are sent at once', async () => {
  const person = await dashboard.signUp('hunted');
  const home = nextAddress();
  await dashboard.send('/api/auth/sign-in/email', {
    body: { email: person.email, password: PASSWORD },
    headers: { [CLIENT_ADDRESS_HEADER]: home },
  });
  const spelled = (index: number) => (index % 2 === 0 ? person.email : ` ${person.email.toUpperCase()} `);
  const guesses = await Promise.all(Array.from({ length: 40 }, (_, index) => guess(spelled(index))));
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(FREE_TRIES + 1);
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(40 - FREE_TRIES - 1);
  // Not even the right password, from a place that nobody knows.
  expect((await guess(person.email, nextAddress(), PASSWORD)).status).toBe(429);
  // Its owner is not locked out where they are signed in, and nobody else is.
  expect((await guess(person.email, home, PASSWORD)).status).toBe(200);
  const neighbour = await dashboard.signUp('neighbour');
  expect((await guess(neighbour.email, nextAddress(), PASSWORD)).status).toBe(200);
});

test('C8: each wrong password makes the next wait twice as long, and the right one ends it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const person = await dashboard.signUp('forgetful');
  for (let index = 0; index < FREE_TRIES; index += 1) expect((await guess(person.email)).status).toBe(401);
  const waits: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    expect((await guess(person.email)).status).toBe(401);
    const { status, waitSeconds } = await guess(person.email);
    expect(status).toBe(429);
    waits.push(waitSeconds);
    vi.advanceTimersByTime(waitSeconds * 1_000);
  }
  expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900]);
  expect((await guess(person.email, nextAddress(), PASSWORD)).status).toBe(200);
  for (let index = 0; index < FREE_TRIES; index += 1) expect((await guess(person.email)).status).toBe(401);
});

test('C8: an address that nobody has is limited like one that somebody has', async () => {
  const guesses = await Promise.all(Array.from({ length: 20 }, () => guess('nobody@example.test')));
  expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
});

test('C8: the current password cannot be guessed by changing it, and there is no other way to try it', async () => {
  const person = await dashboard.signUp('borrowed');
  const change = (currentPassword: string) =>
    dashboard.send('/api/auth/change-password', { as: person, body: { currentPassword, newPassword: PASSWORD } });
  const replies = [];
  for (let index = 0; index < FREE_TRIES + 5; index += 1)
    replies.push((await change(`wrong-${index}-password`)).status);
  expect(replies.slice(0, FREE_TRIES)).toEqual(Array(FREE_TRIES).fill(400));
  expect(replies.at(-1)).toBe(429);
  expect((await dashboard.send('/api/auth/verify-password', { as: person, body: { password: PASSWORD } })).status).toBe(
    404,
  );
});

async function readFrom(address: string, as: Person | null): Promise<number> {
  return (await dashboard.send('/api/referrals', { as, headers: { [CLIENT_ADDRESS_HEADER]: address } })).status;
}

test('C13: reads are limited for an account, from however many addresses', async () => {
  const reader = await dashboard.signUp('reader');
  const replies = await Promise.all(Array.from({ length: 30 }, () => readFrom(nextAddress(), reader)));
  expect(replies.filter((status) => status === 200)).toHaveLength(20);
  expect(replies.filter((status) => status === 429)).toHaveLength(10);
});

test('C13: reads and pages are limited together for an address, and health probes are not', async () => {
  const address = '2001:db8:1:2::1';
  const headers = new Headers({ [CLIENT_ADDRESS_HEADER]: address });
  const pages = await Promise.all(Array.from({ length: 25 }, () => dashboard.limitPage(headers)));
  expect(pages.filter((refused) => refused !== null)).toEqual([]);
  // The next address of the same subscriber is no other one.
  for (let index = 0; index < 5; index += 1) expect(await readFrom('2001:db8:1:2:ffff::2', null)).toBe(401);
  expect(await readFrom(address, null)).toBe(429);
  const refused = await dashboard.limitPage(headers);
  expect(refused?.status).toBe(429);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await readFrom('2001:db8:1:3::1', null)).toBe(401);
  expect((await dashboard.send('/api/health/live', { headers: { [CLIENT_ADDRESS_HEADER]: address } })).status).toBe(
    200,
  );
});

test('C13: claims are limited for an address, whatever the account', async () => {
  const address = nextAddress();
  const statuses: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    const as = await dashboard.signUp(`family${index}`);
    const reply = await dashboard.send('/api/referrals/claim', {
      as,
      body: {},
      headers: { [CLIENT_ADDRESS_HEADER]: address },
    });
    statuses.push(reply.status);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test('C13: an instance that cannot reach the database counts by itself', async () => {
  const broken = { query: () => Promise.reject(new Error('away')) } as unknown as Pool;
  const limiter = createRateLimiter({ pool: broken });
  for (let index = 0; index < LIMITS.transfer.account; index += 1) await limiter.take('transfer', { account: '1' });
  await expect(limiter.take('transfer', { account: '1' })).rejects.toMatchObject({ code: 'rate_limited' });
  await limiter.take('transfer', { account: '2' });
});

test.each([
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8::1', '2001:DB8:0:0:ffff::', true],
  ['2001:db8:0:1::1', '2001:db8::1', false],
  ['::ffff:192.0.2.1', '192.0.2.1', true],
])('C13: limits take %s and %s for one subscriber: %s', (one, two, same) => {
  expect(toNetwork(one) === toNetwork(two)).toBe(same);
});
