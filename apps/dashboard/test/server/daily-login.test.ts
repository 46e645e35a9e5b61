import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DailyCheckAnswer, DailyClaimAnswer, DailyHistoryAnswer, DailyStatsAnswer } from '../../lib/api.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

const DAY_MS = 24 * 3600 * 1000;
const PATH = '/api/user/daily-login';
/** Noon of a day in UTC. */
const START = Date.parse('2026-11-22T12:00:00Z');

let now = START;
let dashboard: TestDashboard;

beforeAll(async () => {
  // The limit of tries per minute is another test's matter.
  dashboard = await openTestDashboard({
    now: () => now,
    limits: { claim: {} },
  });
});
afterAll(() => dashboard.end());

function claim(as: Person, key?: string) {
  return dashboard.send<Either<DailyClaimAnswer>>(PATH, {
    as,
    body: { action: 'claim' },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}

function check(as: Person) {
  return dashboard.send<DailyCheckAnswer>(PATH, { as, body: { action: 'check' } });
}

test('a claim pays once, and says the balance and when the next one opens', async () => {
  now = START;
  const person = await dashboard.signUp('claimer');
  const first = await claim(person, 'first');
  expect(first.status).toBe(200);
  expect(first.body.data).toEqual({
    coins_awarded: 25,
    claimed_at: '2026-11-22T12:00:00.000Z',
    streak: 1,
    next_claim_at: '2026-11-23T00:00:00.000Z',
    new_balance: 25,
  });
  expect(first.body.snapshot.applied).toContain('first');

  const second = await claim(person);
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({
    success: false,
    code: 'already_claimed',
    details: { next_claim_at: '2026-11-23T00:00:00.000Z' },
  });
  expect(second.body.snapshot?.balance.available).toBe(25);
});

test('L2: of 100 parallel daily claims of one user exactly one is paid, and the others are told when the next opens', async () => {
  now = START;
  const person = await dashboard.signUp('hundred');
  const replies = await Promise.all(Array.from({ length: 100 }, () => claim(person)));
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
  const refused = replies.filter((reply) => reply.status === 409);
  expect(refused).toHaveLength(99);
  for (const { body } of refused) expect(body.details).toMatchObject({ next_claim_at: '2026-11-23T00:00:00.000Z' });
  const { balance } = await dashboard.ledger.balance(person.id);
  expect(balance.available).toBe(25);
});

test('a repeated request with the same key gets the first answer again, also on a later day', async () => {
  now = START;
  const person = await dashboard.signUp('repeater');
  const first = await claim(person, 'same');
  now = START + 3 * DAY_MS;
  const again = await claim(person, 'same');
  expect(again.status).toBe(200);
  expect(again.body.data).toEqual(first.body.data);
  const { balance } = await dashboard.ledger.balance(person.id);
  expect(balance.available).toBe(25);
});

test('consecutive days climb a cycle of seven and begin again; a missed day restarts it', async () => {
  const person = await dashboard.signUp('streaker');
  const paid: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    now = START + index * DAY_MS;
    paid.push((await claim(person)).body.data.coins_awarded);
  }
  expect(paid).toEqual([25, 30, 35, 40, 50, 60, 100, 25]);

  now = START + 8 * DAY_MS;
  expect((await check(person)).body.data).toMatchObject({
    canClaim: true,
    streak: 8,
    coinsAwarded: 30,
    rewardIndex: 1,
    nextClaimAt: new Date(now).toISOString(),
  });
  now = START + 9 * DAY_MS;
  expect((await check(person)).body.data).toMatchObject({ streak: 0, coinsAwarded: 25, longestStreak: 8 });

  const stats = await dashboard.send<DailyStatsAnswer>(PATH, { as: person });
  expect(stats.body.data).toEqual({
    user_id: person.id,
    total_logins: 8,
    current_streak: 0,
    longest_streak: 8,
    total_coins_earned: 365,
    last_login_date: '2026-11-29',
    first_login_date: '2026-11-22',
  });
  const history = await dashboard.send<DailyHistoryAnswer>(PATH, {
    as: person,
    body: { action: 'history', limit: 2, offset: 1 },
  });
  expect(history.body.data).toMatchObject({ total: 8, limit: 2, offset: 1 });
  expect(history.body.data.logins.map((login) => login.day)).toEqual(['2026-11-28', '2026-11-27']);
});

test('the server decides the day: a body that names one is refused', async () => {
  const person = await dashboard.signUp('traveller');
  const reply = await dashboard.send(PATH, { as: person, body: { action: 'claim', day: '2030-01-01' } });
  expect(reply.status).toBe(400);
  expect(reply.body.code).toBe('invalid_request');
});

test('the fetch of the design document works as written: JSON text without a content type', async () => {
  now = START;
  const person = await dashboard.signUp('literal');
  const reply = await dashboard.send<DailyClaimAnswer>(PATH, {
    as: person,
    body: '{"action":"claim"}',
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
  });
  expect(reply.status).toBe(200);
  expect(reply.body.data.coins_awarded).toBe(25);
});

test('a claim whose operation was abandoned pays nothing, and the day stays open', async () => {
  now = START;
  const person = await dashboard.signUp('given_up');
  await dashboard.ledger.resolveOperations(person.id, ['abandoned']);
  const refused = await claim(person, 'abandoned');
  expect(refused.body.code).toBe('operation_abandoned');
  expect((await check(person)).body.data.canClaim).toBe(true);
  expect((await claim(person, 'abandoned')).body.code).toBe('operation_abandoned');
  expect((await claim(person)).status).toBe(200);
});

test('a key that was used for another command is refused, and the day stays open', async () => {
  now = START;
  const person = await dashboard.signUp('reuser');
  await dashboard.grant(person, 100);
  await dashboard.ledger.spend({
    account: person.id,
    amount: 10,
    idempotencyKey: 'taken',
    actor: person.id,
    reason: 'Something else',
  });
  expect((await claim(person, 'taken')).body.code).toBe('idempotency_key_reused');
  expect((await check(person)).body.data.canClaim).toBe(true);
});
