import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminAuditAnswer } from '../../lib/admin-api.ts';
import type { ServersAnswer } from '../../lib/api.ts';
import { FREE_TRIES } from '../../server/auth/password-tries.ts';
import { openTestDashboard, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';
import { createFakePanel, type FakePanel } from './support/provisioner.ts';
import { SPARK } from './support/order.ts';

let dashboard: TestDashboard;
let panel: FakePanel;
let admin: Person;

beforeAll(async () => {
  panel = createFakePanel();
  dashboard = await openTestDashboard({ provisioner: panel, retryDelaysMs: [], limits: { close: {} } });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

const ORDER = { ...SPARK, name: 'My Harbour Town' };

function close(as: Person, password = PASSWORD) {
  return dashboard.send('/api/user/close', { as, body: { password } });
}

/** Every text of every table of the dashboard and of better-auth. */
async function dump(): Promise<string> {
  const { pool } = dashboard.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = current_schema()`,
  );
  const texts: string[] = [];
  for (const { name } of tables) texts.push(JSON.stringify((await pool.query(`SELECT * FROM ${name}`)).rows));
  return texts.join('\n').toLowerCase();
}

test('D2 (after the charge): closing an account leaves nothing of the person, and all of the books', async () => {
  const email = 'margarethe.lindqvist@example.test';
  const person = await dashboard.signUp('margarethe', { email });
  const second = await dashboard.signIn(email);
  await dashboard.grant(person, 500);
  await dashboard.send('/api/user/update-profile', {
    as: person,
    body: { display_name: 'Margarethe L', first_name: 'Margarethe', last_name: 'Lindqvist' },
  });
  // Its old name is kept for them until then.
  await dashboard.send('/api/user/username', { as: person, body: { username: 'lindqvist.m' } });
  await dashboard.send('/api/user/daily-login', { as: person, body: { action: 'claim' } });
  await dashboard.send('/api/servers/create', { as: person, body: { ...ORDER, name: 'Lindqvist Town' } });
  await dashboard.ledger.hold({
    account: person.id,
    amount: 40,
    idempotencyKey: 'a-hold',
    actor: person.id,
    reason: 'Something else',
    expiresAfterMs: 600_000,
  });
  await dashboard.send('/api/transfers', { as: person, body: { to_username: 'boss', amount: 5 } });
  const before = await dashboard.ledger.history(person.id, { limit: 50 });
  expect(await dump()).toContain('lindqvist');

  expect((await close(person)).status).toBe(200);
  for (const as of [person, second]) expect((await dashboard.send('/api/user/me', { as })).status).toBe(401);
  await expect(dashboard.signIn(email)).rejects.toThrow('401');
  const left = await dump();
  for (const word of ['lindqvist', 'margarethe']) expect(left).not.toContain(word);
  expect(panel.servers.size).toBe(0);

  const { balance } = await dashboard.ledger.balance(person.id);
  expect(balance.held).toBe(0);
  const after = await dashboard.ledger.history(person.id, { limit: 50 });
  expect(after.entries.slice(-before.entries.length)).toEqual(before.entries);
  expect((await dashboard.ledger.verify()).ok).toBe(true);
  // The claim key stays: what was paid once is not paid again.
  const again = dashboard.ledger.grant({
    account: person.id,
    amount: 25,
    idempotencyKey: crypto.randomUUID(),
    actor: 'system:test',
    reason: 'Again',
    claimKey: `daily:${new Date().toISOString().slice(0, 10)}`,
  });
  await expect(again).rejects.toMatchObject({ code: 'already_claimed' });
  const audit = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(audit.body.data[0]).toMatchObject({ kind: 'close', actor_id: person.id, target_id: person.id });
  // The address is free, and its mailbox is remembered as one that was paid.
  const returned = await dashboard.signUp('margarethe', { email });
  const claim = await dashboard.send('/api/user/daily-login', { as: returned, body: { action: 'claim' } });
  expect(claim.body.code).toBe('not_eligible');
});

test('C8: only the password closes an account, and it cannot be guessed here', async () => {
  const person = await dashboard.signUp('attacked');
  for (let index = 0; index < FREE_TRIES + 1; index += 1) {
    expect((await close(person, `wrong-${index}`)).body.code).toBe('wrong_password');
  }
  expect((await close(person)).status).toBe(429);
  expect((await dashboard.send('/api/user/me', { as: person })).status).toBe(200);
});

test('D2 (after the charge): an account whose order is not decided yet stays open until it is', async () => {
  const person = await dashboard.signUp('hasty');
  await dashboard.grant(person, 100);
  const { hold } = await dashboard.ledger.hold({
    account: person.id,
    amount: 60,
    idempotencyKey: 'order',
    actor: person.id,
    reason: 'A server',
    expiresAfterMs: 600_000,
  });
  await dashboard.database.pool.query(
    `INSERT INTO dashboard_servers
       (user_id, operation_id, request, external_id, plan_cost, setup_fee, status, hold_id, leased_until, created_at)
     VALUES ($1, 'order', $2, 'credits-hasty', 60, 0, 'provisioning', $3, now() + interval '1 hour', now())`,
    [person.id, JSON.stringify(ORDER), hold.id],
  );
  expect((await close(person)).body.code).toBe('server_busy');
  const { body } = await dashboard.send<ServersAnswer>('/api/servers', { as: person });
  expect(body.data.servers).toMatchObject([{ name: ORDER.name, status: 'provisioning' }]);
  expect((await dashboard.ledger.balance(person.id)).balance.held).toBe(60);
});

test('D2 (after the charge): an administrator closes an account with a reason, and no administrator’s', async () => {
  const person = await dashboard.signUp('asked');
  const closeBy = (target: Person) =>
    dashboard.send(`/api/admin/users/${target.id}/close`, { as: admin, body: { reason: 'Asked by letter' } });
  expect((await closeBy(person)).status).toBe(200);
  expect((await dashboard.send('/api/user/me', { as: person })).status).toBe(401);
  expect((await closeBy(admin)).status).toBe(403);
  expect((await close(admin)).status).toBe(403);
  const audit = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(audit.body.data[0]).toMatchObject({ kind: 'close', actor: 'boss', reason: 'Asked by letter' });
});
