import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DailyCheckAnswer, DailyClaimAnswer, ReferralClaimAnswer, ReferralsAnswer } from '../../lib/api.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { toMailbox } from '../../server/payouts/mailbox.ts';
import { referralCookie } from '../../server/referrals/visit.ts';
import { nextAddress, openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

const HOUR_MS = 3_600_000;
/** Opens one more dashboard. */
const SLOW = { timeout: 180_000 };

let dashboard: TestDashboard;
let at = Date.parse('2026-03-10T09:00:00Z');
let people = 0;

beforeAll(async () => {
  dashboard = await openTestDashboard({
    now: () => at,
    environment: {
      PAYOUT_VERIFIED_EMAIL: '1',
      PAYOUT_WAIT_HOURS: '24',
      PAYOUT_ACCOUNTS_PER_ADDRESS: '2',
      REFERRAL_LATER_DAY: '1',
      REFERRALS_PER_DAY: '2',
    },
  });
});
afterAll(() => dashboard.end());

async function signUp(options: { by?: Person; address?: string; email?: string } = {}): Promise<Person> {
  people += 1;
  const headers: Record<string, string> = { [CLIENT_ADDRESS_HEADER]: options.address ?? nextAddress() };
  if (options.by !== undefined) {
    const { code } = await readReferrals(options.by);
    headers['cookie'] = referralCookie(code, false).split(';')[0] ?? '';
  }
  const email = options.email ?? `person${people}@example.test`;
  return dashboard.signUp(`person${people}`, { headers, email });
}

async function verify(person: Person): Promise<void> {
  await dashboard.database.pool.query(`UPDATE "user" SET "emailVerified" = true WHERE id = $1`, [person.id]);
}

async function readReferrals(as: Person): Promise<ReferralsAnswer['data']> {
  return (await dashboard.send<ReferralsAnswer>('/api/referrals', { as })).body.data;
}

function claim(as: Person, key = crypto.randomUUID()) {
  return dashboard.send<Either<DailyClaimAnswer>>('/api/user/daily-login', {
    as,
    body: { action: 'claim' },
    headers: { 'idempotency-key': key },
  });
}

async function check(as: Person): Promise<DailyCheckAnswer['data']> {
  return (await dashboard.send<DailyCheckAnswer>('/api/user/daily-login', { as, body: { action: 'check' } })).body.data;
}

async function available(person: Person): Promise<number> {
  return (await dashboard.ledger.balance(person.id)).balance.available;
}

test('C6: nothing is paid before the mailbox is verified and the wait is over', async () => {
  const person = await signUp();
  const unverified = await claim(person);
  expect(unverified).toMatchObject({ status: 403, body: { code: 'not_eligible' } });
  expect(unverified.body.message).toContain('Verify');
  await verify(person);
  const opensAt = new Date(at + 24 * HOUR_MS).toISOString();
  expect((await claim(person)).body.message).toContain(opensAt);
  expect(await check(person)).toMatchObject({ canClaim: false, nextClaimAt: opensAt, refusal: expect.any(String) });
  at += 24 * HOUR_MS - 1;
  expect((await claim(person)).status).toBe(403);
  expect(await available(person)).toBe(0);
  at += 1;
  expect(await check(person)).toMatchObject({ canClaim: true, refusal: null });
  expect((await claim(person, 'first')).status).toBe(200);
  // What was paid once is answered again, whatever has become of the account.
  await dashboard.database.pool.query(`UPDATE "user" SET "emailVerified" = false WHERE id = $1`, [person.id]);
  expect((await claim(person, 'first')).status).toBe(200);
  expect(await available(person)).toBe(25);
});

test('C6: of many accounts made at one address, only the operator’s number is ever paid', async () => {
  const crowd: Person[] = [];
  for (let index = 0; index < 4; index += 1) {
    crowd.push(await signUp({ address: `2001:db8:7:7::${index}` }));
    at += 1_000;
  }
  for (const person of crowd) await verify(person);
  at += 25 * HOUR_MS;
  const statuses = [];
  for (const person of crowd) statuses.push((await claim(person)).status);
  expect(statuses).toEqual([200, 200, 403, 403]);
});

test('C6: one mailbox is paid as one account, whatever dots and tags it is written with', async () => {
  const accounts: Person[] = [];
  for (const email of ['mo.le@gmail.com', 'm.ole@gmail.com', 'mole+2@gmail.com', 'mole@googlemail.com']) {
    accounts.push(await signUp({ email }));
    at += 1_000;
  }
  for (const person of accounts) await verify(person);
  at += 25 * HOUR_MS;
  const statuses = [];
  for (const person of accounts) statuses.push((await claim(person)).status);
  expect(statuses).toEqual([200, 403, 403, 403]);
});

test.each([
  ['Me+1@Example.test', 'me@example.test', true],
  ['m.e@example.test', 'me@example.test', false],
  ['M.E+x@gmail.com', 'me@googlemail.com', true],
  ['me@gmail.com', 'me@example.test', false],
])('C6: %s and %s are one mailbox: %s', (one, two, same) => {
  expect(toMailbox(one) === toMailbox(two)).toBe(same);
});

test(
  'C6: a referral is paid for what the new user does on a later day, and to a referrer who may be paid',
  SLOW,
  async () => {
    const referrer = await signUp();
    at += 48 * HOUR_MS;
    const friend = await signUp({ by: referrer });
    await verify(friend);
    // With less to wait for: the day has to be another one all the same.
    const soon = await openTestDashboard({
      database: dashboard.database,
      now: () => at,
      environment: { REFERRAL_LATER_DAY: '1' },
    });
    const claimSoon = () => soon.send('/api/user/daily-login', { as: friend, body: { action: 'claim' } });
    expect((await claimSoon()).status).toBe(200);
    expect((await readReferrals(referrer)).claimable.signups).toBe(0);
    at += 24 * HOUR_MS;
    expect((await claimSoon()).status).toBe(200);
    await soon.end();
    expect((await readReferrals(referrer)).claimable.signups).toBe(50);
    const collect = () =>
      dashboard.send<Either<ReferralClaimAnswer>>('/api/referrals/claim', { as: referrer, body: {} });
    expect(await collect()).toMatchObject({ status: 403, body: { code: 'not_eligible' } });
    await verify(referrer);
    expect((await collect()).body.data.total_claimed).toBe(50);
  },
);

test('C6: sign-ups at the referrer’s own address earn nothing, and a day has its most', async () => {
  const address = nextAddress();
  const referrer = await signUp({ address });
  await signUp({ by: referrer, address });
  for (let index = 0; index < 3; index += 1) await signUp({ by: referrer });
  const { signups } = await readReferrals(referrer);
  expect(signups.map(({ reward }) => reward).toSorted((a, b) => a - b)).toEqual([0, 0, 50, 50]);
});

test('C6: on this machine alone a new account claims, and brings its referrer the reward, at once', SLOW, async () => {
  const own = await openTestDashboard();
  const referrer = await own.signUp('inviting');
  const { body } = await own.send<ReferralsAnswer>('/api/referrals', { as: referrer });
  const cookie = referralCookie(body.data.code, false).split(';')[0] ?? '';
  const friend = await own.signUp('invited', { headers: { cookie } });
  for (const as of [referrer, friend]) {
    expect((await own.send('/api/user/daily-login', { as, body: { action: 'claim' } })).status).toBe(200);
  }
  const claimed = await own.send<ReferralClaimAnswer>('/api/referrals/claim', { as: referrer, body: {} });
  expect(claimed.body.data.total_claimed).toBe(50);
  await own.end();
});
