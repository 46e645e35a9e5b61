import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  AdminActivityAnswer,
  AdminAdjustAnswer,
  AdminAuditAnswer,
  AdminCirculationAnswer,
  AdminEntriesAnswer,
  AdminProvisioningAnswer,
  AdminUsersAnswer,
  AdminVerifyAnswer,
} from '../../lib/admin-api.ts';
import type { ActivityAnswer } from '../../lib/api.ts';
import { openTestDashboard, ORIGIN, type Either, type Person, type TestDashboard } from './support/dashboard.ts';
import { createFakePanel } from './support/provisioner.ts';
import { SPARK } from './support/order.ts';

let dashboard: TestDashboard;
let admin: Person;
let people = 0;

beforeAll(async () => {
  dashboard = await openTestDashboard();
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

async function person(): Promise<Person> {
  people += 1;
  return dashboard.signUp(`person${people}`);
}

function adjust(target: Person, body: object, key = crypto.randomUUID()) {
  return dashboard.send<Either<AdminAdjustAnswer>>(`/api/admin/users/${target.id}/coins`, {
    as: admin,
    body,
    headers: { 'idempotency-key': key },
  });
}

test('a relative change is paid once per key, with the balance before and after and the reason in the history', async () => {
  const target = await person();
  const given = await adjust(target, { amount: 250, reason: 'Contest won' }, 'prize');
  expect(given.body.data).toMatchObject({
    amount: 250,
    balance_before: 0,
    balance_after: 250,
    version: 1,
    new_balance: 0,
  });
  expect((await adjust(target, { amount: 250, reason: 'Contest won' }, 'prize')).body.data).toEqual(given.body.data);
  const taken = await adjust(target, { amount: -100, reason: 'Bought a shirt' });
  expect(taken.body.data).toMatchObject({ amount: -100, balance_before: 250, balance_after: 150, version: 2 });

  const { body } = await dashboard.send<AdminEntriesAnswer>(`/api/admin/users/${target.id}/coins`, { as: admin });
  expect(body.entries).toMatchObject([
    { id: 2, delta: -100, balance_before: 250, balance_after: 150, message: 'Bought a shirt', actor: admin.id },
    { id: 1, delta: 250, balance_before: 0, balance_after: 250, message: 'Contest won', source_category: 'admin' },
  ]);
  expect(body.user).toMatchObject({ id: target.id, coins: 150, version: 2, role: 1, banned: false });
  expect(body.next).toBeNull();
});

test('taking more than there is changes nothing', async () => {
  const target = await person();
  const reply = await adjust(target, { amount: -1, reason: 'Too much' });
  expect(reply.status).toBe(402);
  expect((await dashboard.ledger.balance(target.id)).version).toBe(0);
});

test('an exact balance is set from the version that was looked at, and refused from an older one', async () => {
  const target = await person();
  await adjust(target, { amount: 100, reason: 'To begin with' });
  const set = await adjust(target, { balance: 40, expected_version: 1, reason: 'Counted again' });
  expect(set.body.data).toMatchObject({ amount: -60, balance_before: 100, balance_after: 40, version: 2 });
  const late = await adjust(target, { balance: 500, expected_version: 1, reason: 'Old page' });
  expect(late.status).toBe(409);
  expect(late.body).toMatchObject({ code: 'version_conflict', details: { expected: 1, actual: 2 } });
  const same = await adjust(target, { balance: 40, expected_version: 2, reason: 'Nothing to do' });
  expect(same.body.data).toMatchObject({ amount: 0, balance_before: 40, balance_after: 40, version: 2 });
});

test.each([
  [{ amount: 0, reason: 'Nothing' }],
  [{ amount: 5 }],
  [{ amount: 5, reason: 'x' }],
  [{ amount: 2 ** 53, reason: 'Too generous' }],
  [{ amount: 5, balance: 5, expected_version: 0, reason: 'Both' }],
  [{ balance: 5, reason: 'No version' }],
  [{ balance: -5, expected_version: 0, reason: 'Negative' }],
  [{ amount: { $gt: 0 }, reason: 'An operator' }],
])('%j is refused', async (body) => {
  const target = await person();
  const reply = await adjust(target, body);
  expect(reply.status).toBe(400);
  expect(reply.body.errors?.length).toBeGreaterThan(0);
});

test('an administrator sees what happened to somebody, who caused it, and the sums that make the balance', async () => {
  const target = await person();
  await adjust(target, { amount: 250, reason: 'Contest won' });
  await adjust(target, { amount: -100, reason: 'Bought a shirt' });
  const path = `/api/admin/users/${target.id}/activity`;
  const { body } = await dashboard.send<AdminActivityAnswer>(path, { as: admin });
  expect(body.data.items).toMatchObject([
    { reason: 'Bought a shirt', change: -100, balance: 150, by: { kind: 'team', username: 'boss' } },
    { reason: 'Contest won', change: 250, balance: 250, by: { kind: 'team', username: 'boss' } },
  ]);
  expect(body.totals).toMatchObject({ in: 250, out: 100, balance: { available: 150 } });
  const own = await dashboard.send<ActivityAnswer>('/api/activity', { as: target });
  expect(own.body.data.items[0]?.by).toEqual({ kind: 'team' });

  const [shirt] = body.data.items;
  await adjust(target, { reverse: shirt?.reference, reason: 'The shirt was too small' });
  const after = await dashboard.send<AdminActivityAnswer>(`${path}?limit=2`, { as: admin });
  expect(after.body.data.items).toMatchObject([
    { reason: 'The shirt was too small', change: 100, reverses: { reason: 'Bought a shirt' } },
    { reason: 'Bought a shirt', reversed_by: 3 },
  ]);
});

test('an administrator releases a reservation once, with a reason that is in the audit log', async () => {
  const target = await person();
  await adjust(target, { amount: 100, reason: 'A start' });
  const { hold } = await dashboard.ledger.hold({
    account: target.id,
    amount: 60,
    expiresAfterMs: 600_000,
    idempotencyKey: 'stuck',
    actor: target.id,
    reason: 'Server “Stuck”',
  });
  const release = (key: string) =>
    dashboard.send<Either<{ success: true }>>(`/api/admin/holds/${hold.id}/void`, {
      as: admin,
      body: { reason: 'The panel forgot it' },
      headers: { 'idempotency-key': key },
    });
  expect((await release('once')).status).toBe(200);
  expect((await release('once')).status).toBe(200);
  expect(await release('twice')).toMatchObject({ status: 409, body: { code: 'hold_already_resolved' } });
  expect(await dashboard.ledger.balance(target.id)).toMatchObject({ balance: { posted: 100, held: 0 } });
  const log = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  const rows = log.body.data.filter(({ kind }) => kind === 'void');
  expect(rows).toMatchObject([{ target_id: target.id, reason: 'The panel forgot it', details: { hold: hold.id } }]);
});

test('users are found by a part of name or address, in pages, and % finds a percent sign', async () => {
  const target = await person();
  const find = async (query: string) =>
    (await dashboard.send<AdminUsersAnswer>(`/api/admin/users?${query}`, { as: admin })).body.data;
  expect((await find(`query=${target.username.toUpperCase()}@EXAMPLE`)).users).toMatchObject([
    { id: target.id, coins: 0, version: 0 },
  ]);
  expect((await find('query=%25')).total).toBe(0);
  const page = await find('limit=2&offset=1');
  expect(page).toMatchObject({ limit: 2, offset: 1 });
  expect(page.users).toHaveLength(2);
  expect((await dashboard.send('/api/admin/users?limit=1000', { as: admin })).status).toBe(400);
});

test('circulation adds up, and verification finds no difference', async () => {
  const { body } = await dashboard.send<AdminCirculationAnswer>('/api/admin/circulation', { as: admin });
  const { issued, spent, expired, circulating } = body.data;
  expect(circulating).toBe(issued - spent - expired);
  const report = await dashboard.send<AdminVerifyAnswer>('/api/admin/verify', { as: admin, body: {} });
  expect(report.body.data).toMatchObject({ ok: true, differences: [] });
  expect((await dashboard.send('/api/admin/verify', { as: admin, body: { all: true } })).status).toBe(400);
});

test('the newest hashes are kept as lines that verify later compares', async () => {
  const response = await dashboard.fetch(
    new Request(`${ORIGIN}/api/admin/heads`, { headers: { cookie: admin.cookie } }),
  );
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="heads-\d{4}-\d\d-\d\d\.jsonl"$/);
  const lines = (await response.text()).trimEnd().split('\n');
  const heads = lines.map((line) => JSON.parse(line) as { account: string; version: number; hash: string });
  expect(heads.length).toBeGreaterThan(0);
  expect((await dashboard.ledger.verify({ heads })).ok).toBe(true);
  const changed = heads.map((head) => ({
    ...head,
    hash: head.hash.replace(/^./, (first) => (first === '0' ? '1' : '0')),
  }));
  expect((await dashboard.ledger.verify({ heads: changed })).ok).toBe(false);
});

test('the simulator is told to fail, and fails as told', async () => {
  const set = await dashboard.send<AdminProvisioningAnswer>('/api/admin/provisioning', {
    as: admin,
    body: { delay_ms: 0, failure: 'no_node' },
  });
  expect(set.body.data).toEqual({ provisioner: 'simulator', delay_ms: 0, failure: 'no_node' });
  const target = await person();
  await dashboard.grant(target, 100);
  const order = () =>
    dashboard.send('/api/servers/create', {
      as: target,
      body: SPARK,
    });
  expect((await order()).body.code).toBe('provisioning_failed');
  await dashboard.send('/api/admin/provisioning', { as: admin, body: { delay_ms: 0, failure: 'lost_answer' } });
  expect((await order()).status).toBe(201);
});

test('with a real panel there is nothing to adjust', async () => {
  const real = await openTestDashboard({ provisioner: createFakePanel() });
  try {
    const boss = await real.signUp('boss');
    await real.promote(boss);
    const reply = await real.send('/api/admin/provisioning', { as: boss, body: { delay_ms: 0, failure: 'none' } });
    expect(reply.status).toBe(409);
    expect(reply.body.code).toBe('panel_is_real');
  } finally {
    await real.end();
  }
});
