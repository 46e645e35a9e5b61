import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import type { AdminAuditAnswer, AdminRewardsAnswer } from '../../lib/admin-api.ts';
import type { DailyCheckAnswer, DailyClaimAnswer, ReferralsAnswer } from '../../lib/api.ts';
import { STANDARD_REWARDS } from '../../server/payouts/rewards.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let database: Database;
let dashboard: TestDashboard;
let other: TestDashboard;
let admin: Person;

beforeAll(async () => {
  database = await openEmbedded({ memory: true });
  const environment = { ADJUST_MAX: '500' };
  dashboard = await openTestDashboard({ database, environment });
  other = await openTestDashboard({ database, environment });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(async () => {
  await dashboard.end();
  await other.end();
  await database.close();
});

const read = async (on = dashboard) =>
  (await on.send<AdminRewardsAnswer>('/api/admin/rewards', { as: admin })).body.data;

async function edit(change: object, key: string = crypto.randomUUID()) {
  const { rewards } = await read();
  return dashboard.send<Either<AdminRewardsAnswer>>('/api/admin/rewards', {
    as: admin,
    body: { ...rewards, reason: 'A test', ...change },
    headers: { 'idempotency-key': key },
  });
}

test('administrators change what a day and a referral pay, and every instance pays it at once', async () => {
  expect(await read()).toEqual({ rewards: STANDARD_REWARDS, changes: [] });
  const player = await dashboard.signUp('player');
  const check = async (on: TestDashboard) =>
    (await on.send<DailyCheckAnswer>('/api/user/daily-login', { as: player, body: { action: 'check' } })).body.data;
  expect((await check(other)).coinsAwarded).toBe(25);

  const daily = [40, 30, 35, 40, 50, 60, 120];
  const edited = await edit({ daily, signup: 70, click: 0, reason: 'Summer event' });
  expect(edited.status).toBe(200);
  expect(edited.body.data.rewards).toEqual({ daily, signup: 70, click: 0, version: 1 });

  expect(await check(other)).toMatchObject({ coinsAwarded: 40, rewards: daily });
  const claim = await other.send<DailyClaimAnswer>('/api/user/daily-login', { as: player, body: { action: 'claim' } });
  expect(claim.body.data.coins_awarded).toBe(40);
  expect((await dashboard.ledger.balance(player.id)).balance.available).toBe(40);
  const referrals = async () => (await other.send<ReferralsAnswer>('/api/referrals', { as: player })).body.data;
  const { code } = await referrals();
  expect(await referrals()).toMatchObject({ reward_per_signup: 70, reward_per_click: 0 });
  await dashboard.signUp('friend', { headers: { cookie: `dashboard.referral=${code}` } });
  await other.recordVisit(code, { address: '203.0.113.9', headers: new Headers() });
  // What was earned keeps its amount.
  await edit({ signup: 5, click: 5 });
  expect(await referrals()).toMatchObject({ clicks: 1, claimable: { clicks: 0 }, signups: [{ reward: 70 }] });
});

test('each change is in the history with its reason, once for each key, and nothing is no change', async () => {
  const { rewards } = await read();
  await edit({ signup: 60, reason: 'More friends' }, 'more');
  await edit({ signup: 60, reason: 'More friends' }, 'more');
  await edit({ reason: 'Nothing' });
  const now = await read();
  expect(now.rewards.version).toBe(rewards.version + 1);
  expect(now.changes[0]).toMatchObject({
    actor: 'boss',
    reason: 'More friends',
    details: { signup: { from: rewards.signup, to: 60 } },
  });
  expect(now.changes.filter(({ reason }) => reason === 'Nothing')).toEqual([]);
  const audit = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(audit.body.data[0]).toMatchObject({ kind: 'edit_rewards', target: 'Rewards', reason: 'More friends' });
});

test('who looked at older amounts, or wants more than one administrator may give, is refused with a code', async () => {
  const { rewards } = await read();
  const stale = await edit({ version: rewards.version - 1, click: 3 });
  expect(stale.status).toBe(409);
  expect(stale.body.code).toBe('rewards_changed');
  const above = await edit({ daily: [501, 30, 35, 40, 50, 60, 120], signup: 500 });
  expect(above.status).toBe(400);
  expect(above.body).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'daily.0', message: 'One administrator may give at most 500 credits at once.' }],
  });
  expect((await read()).rewards).toEqual(rewards);
});

test.each([
  { daily: [1, 2, 3] },
  { daily: [0, 30, 35, 40, 50, 60, 100] },
  { daily: [1.5, 30, 35, 40, 50, 60, 100] },
  { signup: -1 },
  { click: 1_000_001 },
  { click: '1' },
  { reason: '' },
  { bonus: 5 },
])('%j is refused', async (change) => {
  const { rewards } = await read();
  expect((await edit(change)).body.code).toBe('invalid_request');
  expect((await read()).rewards).toEqual(rewards);
});
