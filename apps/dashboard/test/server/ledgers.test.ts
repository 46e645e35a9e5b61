import { afterAll, beforeAll, expect, test } from 'vitest';
import { followEvents } from '../../../../packages/server/test/support/events.ts';
import type { Ledgers } from 'realtime-credits-server';
import type { AdminVerifyAnswer } from '../../lib/admin-api.ts';
import type { TransferAnswer } from '../../lib/api.ts';
import { openTestDashboard, ORIGIN, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

// The dashboard over three ledgers (`LEDGERS`), with demo users and their history.

let dashboard: TestDashboard;
let sender: Person;
let recipient: Person;

beforeAll(async () => {
  const environment = { LEDGERS: 'credits,ledger_b,ledger_c', DEMO: '1', DEMO_PASSWORD: 'a-demo-password' };
  dashboard = await openTestDashboard({ environment });
  const ledgers = dashboard.ledger as Ledgers;
  sender = await dashboard.signUp('Sender');
  const home = await ledgers.schemaOf(sender.id);
  for (let index = 0; ; index += 1) {
    recipient = await dashboard.signUp(`Recipient${index}`);
    if ((await ledgers.schemaOf(recipient.id)) !== home) break;
  }
  await dashboard.grant(sender, 100);
});
afterAll(() => dashboard.end());

test('credits reach a user on another ledger, and their open stream', async () => {
  const stream = await dashboard.fetch(
    new Request(`${ORIGIN}/api/credits/stream`, { headers: { cookie: recipient.cookie } }),
  );
  const events = followEvents(stream.body);
  expect((await events.snapshot()).balance.available).toBe(0);
  const reply = await dashboard.send<Either<TransferAnswer>>('/api/transfers', {
    as: sender,
    body: { to_username: recipient.username, amount: 30 },
    headers: { 'idempotency-key': 'gift' },
  });
  expect(reply.body).toMatchObject({ data: { new_balance: 70 }, snapshot: { applied: ['gift'] } });
  expect((await events.snapshot()).balance.available).toBe(30);
  await events.leave();
  const activity = await dashboard.send<object>('/api/activity', { as: sender });
  expect(JSON.stringify(activity.body)).toContain('"other":"Recipient');
  expect(JSON.stringify(activity.body)).not.toContain('ledgers:');
});

test('an operator sees the transfer once, and that all ledgers are in order', async () => {
  const operator = await dashboard.signUp('Operator');
  await dashboard.promote(operator);
  const list = await dashboard.send<{ data: { transfers: object[] } }>('/api/admin/transfers?limit=1', {
    as: operator,
  });
  expect(list.body.data.transfers).toMatchObject([{ amount: 30 }]);
  expect(JSON.stringify(list.body)).not.toContain('ledgers:');
  const verify = await dashboard.send<AdminVerifyAnswer>('/api/admin/verify', { as: operator, body: {} });
  expect(verify.body).toMatchObject({ data: { ok: true, differences: [] } });
});
