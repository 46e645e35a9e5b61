import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminTrendsAnswer } from '../../lib/admin-api.ts';
import type { ReferralsAnswer } from '../../lib/api.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let admin: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({ environment: { TIME_ZONE: 'Pacific/Auckland' } });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

async function read(days = 7): Promise<AdminTrendsAnswer['data']> {
  const reply = await dashboard.send<AdminTrendsAnswer>(`/api/admin/trends?days=${days}`, { as: admin });
  expect(reply.status).toBe(200);
  return reply.body.data;
}

test('days are those of the dashboard, without a gap, and today is the last one', async () => {
  const { days, from } = await read(30);
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland', dateStyle: 'short' });
  expect(days).toHaveLength(30);
  expect(days.at(-1)?.day).toBe(format.format(new Date()));
  expect(days[0]?.day).toBe(format.format(new Date(from)));
  expect(format.format(Date.parse(from) - 1)).not.toBe(days[0]?.day);
  for (const [index, { ends_at: end }] of days.slice(0, -1).entries())
    expect(format.format(Date.parse(end))).toBe(days[index + 1]?.day);
});

test('what was issued, spent and circulates today is what the ledger has, and the days add up', async () => {
  const person = await dashboard.signUp('trader');
  await dashboard.grant(person, 200);
  await dashboard.ledger.spend({
    account: person.id,
    amount: 30,
    idempotencyKey: crypto.randomUUID(),
    actor: person.id,
    reason: 'A map',
  });
  const { days, circulating_before: before } = await read();
  const { issued, spent, circulating } = await dashboard.ledger.circulation();
  const today = days.at(-1);
  expect(today).toMatchObject({ issued, spent, expired: 0, circulating });
  const net = days.reduce((sum, day) => sum + day.issued - day.spent - day.expired, before);
  expect(net).toBe(circulating);
});

test('who moved most is named as they are called now', async () => {
  const [giver, taker] = [await dashboard.signUp('giver'), await dashboard.signUp('taker')];
  await dashboard.grant(giver, 5_000);
  await dashboard.send('/api/transfers', { as: giver, body: { to_username: taker.username, amount: 1_000 } });
  await dashboard.send('/api/user/username', { as: giver, body: { username: 'generous' } });
  const { movers, from } = await read();
  expect(movers.since).toBe(from);
  expect(movers.people.slice(0, 2)).toEqual([
    { user_id: giver.id, username: 'generous', in: 5_000, out: 1_000, transfers: 2 },
    { user_id: taker.id, username: taker.username, in: 1_000, out: 0, transfers: 1 },
  ]);
});

test('referrals are counted from the opened link to the paid reward', async () => {
  const referrer = await dashboard.signUp('referrer');
  const { body } = await dashboard.send<ReferralsAnswer>('/api/referrals', { as: referrer });
  const { code, reward_per_signup: reward } = body.data;
  for (const address of ['198.51.100.1', '198.51.100.2', '203.0.113.3'])
    await dashboard.recordVisit(code, { address, headers: new Headers() });
  const cookie = `dashboard.referral=${code}`;
  const returning = await dashboard.signUp('returning', { headers: { cookie } });
  await dashboard.signUp('waiting', { headers: { cookie } });
  expect((await read()).referrals).toEqual({ opened: 3, signed_up: 2, returned: 0, paid: 0, amount: 0 });
  await dashboard.send('/api/user/daily-login', { as: returning, body: { action: 'claim' } });
  expect((await read()).referrals).toMatchObject({ signed_up: 2, returned: 1, paid: 0 });
  await dashboard.send('/api/referrals/claim', { as: referrer, body: { claim_type: 'signups' } });
  expect((await read()).referrals).toEqual({ opened: 3, signed_up: 2, returned: 1, paid: 1, amount: reward });
});

test.each(['0', '93', 'all', '1.5'])('%s days are refused', async (days) => {
  const { status } = await dashboard.send<Either<AdminTrendsAnswer>>(`/api/admin/trends?days=${days}`, { as: admin });
  expect(status).toBe(400);
});
