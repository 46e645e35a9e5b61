import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReferralClaimAnswer, ReferralsAnswer } from '../../lib/api.ts';
import { STANDARD_REWARDS } from '../../server/payouts/rewards.ts';
import { REWARDED_CLICKS_PER_DAY_MAX } from '../../server/referrals/referrals.ts';
import { referralCookie } from '../../server/referrals/visit.ts';
import { nextAddress, openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;

beforeAll(async () => {
  dashboard = await openTestDashboard();
});
afterAll(() => dashboard.end());

async function read(as: Person): Promise<ReferralsAnswer['data']> {
  return (await dashboard.send<ReferralsAnswer>('/api/referrals', { as })).body.data;
}

function claim(as: Person, type: string, key = crypto.randomUUID()) {
  return dashboard.send<Either<ReferralClaimAnswer>>('/api/referrals/claim', {
    as,
    body: { claim_type: type },
    headers: { 'idempotency-key': key },
  });
}

/** Registers somebody who came by a link. */
function signUpBy(code: string, name: string, email?: string): Promise<Person> {
  const cookie = referralCookie(code, false).split(';')[0] ?? '';
  return dashboard.signUp(name, { headers: { cookie }, ...(email === undefined ? {} : { email }) });
}

function visit(code: string, address = nextAddress(), as: Person | null = null): Promise<boolean> {
  return dashboard.recordVisit(code, { address, headers: new Headers(as === null ? {} : { cookie: as.cookie }) });
}

function claimDaily(as: Person) {
  return dashboard.send('/api/user/daily-login', { as, body: { action: 'claim' } });
}

test('a sign-up by a link earns once the new user made a first daily claim, and is paid once', async () => {
  const referrer = await dashboard.signUp('referrer');
  const { code, link } = await read(referrer);
  expect(link).toBe(`http://dashboard.localhost/sign-up?ref=${code}`);
  const friend = await signUpBy(code, 'friend1');
  expect(await read(referrer)).toMatchObject({
    signups: [{ username: 'friend1', reward: STANDARD_REWARDS.signup, claimed: false }],
    claimable: { signups: 0, total: 0 },
  });
  expect((await claim(referrer, 'all')).body.data.total_claimed).toBe(0);

  await claimDaily(friend);
  expect((await read(referrer)).claimable).toEqual({ clicks: 0, signups: 50, total: 50 });
  const paid = await claim(referrer, 'all', 'the-claim');
  expect(paid.body).toMatchObject({
    success: true,
    data: { total_claimed: 50, clicks_claimed: 0, signups_claimed: 50, new_balance: 50 },
    snapshot: { applied: ['the-claim'] },
  });
  expect((await claim(referrer, 'all', 'the-claim')).body.data).toEqual(paid.body.data);
  expect((await claim(referrer, 'all')).body.data).toMatchObject({ total_claimed: 0, new_balance: 50 });
  expect(await read(referrer)).toMatchObject({ total_earned: 50, signups: [{ claimed: true }] });
});

test('ten claims at once pay what is open once', async () => {
  const referrer = await dashboard.signUp('greedy');
  const { code } = await read(referrer);
  await claimDaily(await signUpBy(code, 'friend2'));
  const replies = await Promise.all(Array.from({ length: 10 }, () => claim(referrer, 'all')));
  expect(replies.map((reply) => reply.body.data.total_claimed).toSorted((a, b) => b - a)).toEqual([
    50,
    ...Array(9).fill(0),
  ]);
  expect((await dashboard.ledger.balance(referrer.id)).balance.available).toBe(50);
});

test('clicks and sign-ups can be claimed apart', async () => {
  const referrer = await dashboard.signUp('careful');
  const { code } = await read(referrer);
  await visit(code);
  await claimDaily(await signUpBy(code, 'friend3'));
  expect((await claim(referrer, 'clicks')).body.data).toMatchObject({ clicks_claimed: 1, signups_claimed: 0 });
  expect((await claim(referrer, 'signups')).body.data).toMatchObject({ clicks_claimed: 0, signups_claimed: 50 });
});

test('a visitor counts once, the referrer not at all, and a day has its most', async () => {
  const referrer = await dashboard.signUp('clicky');
  const { code } = await read(referrer);
  await visit(code, '203.0.113.1');
  await visit(code, '203.0.113.1');
  expect(await visit(code, '203.0.113.2', referrer)).toBe(false);
  expect(await read(referrer)).toMatchObject({ clicks: 1, claimable: { clicks: 1 } });
  for (let index = 0; index < REWARDED_CLICKS_PER_DAY_MAX + 5; index += 1) await visit(code);
  expect(await read(referrer)).toMatchObject({
    clicks: 1 + REWARDED_CLICKS_PER_DAY_MAX + 5,
    claimable: { clicks: REWARDED_CLICKS_PER_DAY_MAX },
  });
});

test('C6: the referrer’s own mailbox under another spelling is not another person', async () => {
  const referrer = await dashboard.signUp('selfish', { email: 'selfish@example.test' });
  const { code } = await read(referrer);
  await claimDaily(await signUpBy(code, 'selfish2', 'Selfish+alt@example.test'));
  expect(await read(referrer)).toMatchObject({ signups: [], claimable: { total: 0 } });
});

test('C6: a mailbox counts as one person, for whomever it came first', async () => {
  const referrer = await dashboard.signUp('farmer');
  const { code } = await read(referrer);
  for (const [index, email] of ['crop@example.test', 'crop+1@example.test', 'crop+2@example.test'].entries()) {
    await claimDaily(await signUpBy(code, `crop${index}`, email));
  }
  expect((await read(referrer)).claimable.signups).toBe(STANDARD_REWARDS.signup);
});

test('a code that is nobody’s is not remembered, and one that is no code reads as none', async () => {
  expect(await visit('AAAAAAAA')).toBe(false);
  const person = await dashboard.signUp('lonely', { headers: { cookie: `dashboard.referral=';DROP` } });
  expect((await read(person)).signups).toEqual([]);
});
