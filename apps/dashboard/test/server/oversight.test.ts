import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type {
  AdminAuditAnswer,
  AdminDeliveriesAnswer,
  AdminHealthAnswer,
  AdminReplayAnswer,
  AdminTimeAnswer,
  AdminTransferAnswer,
  AdminTransfersAnswer,
} from '../../lib/admin-api.ts';
import { openTestDashboard, type Either, type Person, type TestDashboard } from './support/dashboard.ts';
import { EMBER } from './support/order.ts';
import { createFakePanel } from './support/provisioner.ts';

let dashboard: TestDashboard;
let admin: Person;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({ provisioner: createFakePanel() });
  admin = await dashboard.signUp('boss');
  ada = await dashboard.signUp('ada');
  bo = await dashboard.signUp('bo_the_second');
  await dashboard.promote(admin);
  await dashboard.grant(ada, 100);
  await dashboard.send('/api/transfers', {
    as: ada,
    body: { to_username: bo.username, amount: 25, note: 'For the map' },
  });
  await dashboard.send('/api/servers/create', { as: ada, body: EMBER });
});
afterAll(() => dashboard.end());

const read = <Answer>(path: string) => dashboard.send<Either<Answer>>(path, { as: admin });
const list = async (query: string) => (await read<AdminTransfersAnswer>(`/api/admin/transfers?${query}`)).body.data;
const reasons = async (query: string) => (await list(query)).transfers.map(({ reason }) => reason);

test('all transfers are listed newest first, by player, text, kind, amount and day, page by page', async () => {
  const { transfers } = await list('');
  expect(transfers.map(({ group, from, to, amount }) => [group, from.name, to.name, amount])).toEqual([
    ['hosting', 'ada', 'Spent', 2],
    ['sent', 'ada', 'bo_the_second', 25],
    ['granted', 'Issued', 'ada', 100],
  ]);
  expect(transfers[1]).toMatchObject({ from: { id: ada.id }, to: { id: bo.id }, by: 'ada', reason: '“For the map”' });
  expect(transfers[2]).toMatchObject({ from: { id: null }, by: 'System: test' });

  expect(await reasons('user=%40BO_the_second')).toEqual(['“For the map”']);
  expect(await list('user=nobody')).toEqual({ transfers: [], next: null, is_user_unknown: true });
  expect(await reasons('q=THE+M')).toEqual(['“For the map”']);
  expect(await reasons('type=granted')).toEqual(['To begin with']);
  expect(await reasons('min=3&max=99')).toEqual(['“For the map”']);
  expect(await reasons('to=2020-01-01&tz=Asia/Tokyo')).toEqual([]);
  expect(await reasons('from=2020-01-01')).toHaveLength(3);

  const first = await list('limit=2');
  expect(first.transfers).toHaveLength(2);
  expect(await reasons(`limit=2&before=${first.next}`)).toEqual(['To begin with']);
  for (const wrong of ['before=1', 'type=other', 'min=x', 'from=2026-02-31', 'limit=101', 'more=1']) {
    expect((await read(`/api/admin/transfers?${wrong}`)).body.code).toBe('invalid_request');
  }
});

test('a transfer has a page of its own, with what undid it', async () => {
  const { transfers } = await list('q=map');
  const id = transfers[0]?.id ?? '';
  const reversal = await dashboard.ledger.reverse({
    transfer: id,
    idempotencyKey: 'undo',
    actor: admin.id,
    reason: 'The wrong person',
  });
  const { body } = await read<AdminTransferAnswer>(`/api/admin/transfers/${id}`);
  expect(body.data).toMatchObject({ id, amount: 25, group: 'sent', reversals: [reversal.transfer.id] });
  const undone = await read<AdminTransferAnswer>(`/api/admin/transfers/${reversal.transfer.id}`);
  expect(undone.body.data).toMatchObject({ group: 'reversed', reverses: id, by: 'boss', reversals: [] });
  for (const unknown of ['tr_zz_zz', 'x']) {
    expect((await read(`/api/admin/transfers/${unknown}`)).status).toBe(404);
  }
});

test('operators see how far settlement is behind, and what somebody pays, gets again and loses', async () => {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const by = { actor: 'system:test', reason: 'A test' };
  await dashboard.ledger.grant({ ...by, idempotencyKey: 'lot', account: bo.id, amount: 7, expiresAt, priority: 3 });
  const allowance = {
    name: 'Plan',
    amount: 5,
    per: 'month' as const,
    timeZone: 'UTC',
    carryOver: 2,
    anchor: expiresAt,
  };
  await dashboard.ledger.startAllowance({ ...by, idempotencyKey: 'plan', account: bo.id, ...allowance });
  const { body } = await read<AdminHealthAnswer>('/api/admin/health');
  expect(body.data).toMatchObject({
    rates: { active: 1, suspended: 0, due: 0 },
    allowances: { active: 1, due: 0, next: expiresAt },
    lots: { due: 0 },
    events: { failed: 0 },
  });
  expect(Date.parse(body.data.rates.next ?? '')).toBeGreaterThan(Date.parse(body.data.at));

  const time = await read<AdminTimeAnswer>(`/api/admin/users/${bo.id}/time`);
  expect(time.body.data).toMatchObject({
    exhausts_at: null,
    rates: [],
    allowances: [{ name: 'Plan', amount: 5, per: 'month', carry_over: 2, next_refill_at: expiresAt }],
    has_more_lots: false,
  });
  expect(time.body.data.lots).toContainEqual({
    version: expect.any(Number) as number,
    available: 7,
    held: 0,
    priority: 3,
    expires_at: expiresAt,
  });
  const paying = await read<AdminTimeAnswer>(`/api/admin/users/${ada.id}/time`);
  expect(paying.body.data).toMatchObject({
    rates: [{ resource: EMBER.name, amount: 2, per: 'hour', state: 'active', charged: 2 }],
    exhausts_at: expect.any(String) as string,
  });
  expect((await read('/api/admin/users/nobody/time')).body.code).toBe('user_not_found');
});

test('an event that failed is listed with why, and an administrator who sends it again is in the audit log', async () => {
  const { balance } = await dashboard.ledger.balance(ada.id);
  const spend = { account: ada.id, amount: balance.available - 40, actor: 'system:test', reason: 'Most of it' };
  await dashboard.ledger.spend({ ...spend, idempotencyKey: 'most' });
  const deliveries = async (query: string) =>
    (await read<AdminDeliveriesAnswer>(`/api/admin/deliveries?${query}`)).body.data;
  const [event] = await vi.waitFor(async () => {
    const found = await deliveries('state=delivered');
    expect(found[0]).toMatchObject({
      type: 'balance.low',
      attempts: 1,
      user: { id: ada.id, name: 'ada' },
      error: null,
    });
    return found;
  });
  const fail = `UPDATE credits.outbox SET state = 'failed', error = 'Nobody answered.' WHERE id = $1`;
  await dashboard.database.pool.query(fail, [event?.id]);
  expect((await read<AdminHealthAnswer>('/api/admin/health')).body.data.events.failed).toBe(1);
  expect(await deliveries('state=failed')).toMatchObject([{ error: 'Nobody answered.' }]);

  const path = `/api/admin/deliveries/${event?.id}/replay`;
  const { status } = await dashboard.send<AdminReplayAnswer>(path, { as: admin, body: {} });
  expect(status).toBe(200);
  await vi.waitFor(async () => expect((await deliveries(''))[0]).toMatchObject({ state: 'delivered', attempts: 2 }));
  const audit = await read<AdminAuditAnswer>('/api/admin/audit');
  expect(audit.body.data[0]).toMatchObject({
    kind: 'replay_event',
    actor: 'boss',
    target: `Event ${event?.id.slice(0, 8)}`,
  });
  for (const id of ['x', crypto.randomUUID()]) {
    const unknown = await dashboard.send(`/api/admin/deliveries/${id}/replay`, { as: admin, body: {} });
    expect(unknown.status).toBe(404);
  }
});
