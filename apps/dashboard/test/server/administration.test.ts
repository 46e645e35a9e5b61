import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  AdminAdjustAnswer,
  AdminApprovalsAnswer,
  AdminAuditAnswer,
  AdminPersonAnswer,
} from '../../lib/admin-api.ts';
import { makeAdministrator } from '../../server/auth/make-administrator.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { openTestDashboard, PASSWORD, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let people = 0;

beforeAll(async () => {
  dashboard = await openTestDashboard({ environment: { ADJUST_MAX: '1000', ADJUST_DAY_MAX: '2500' } });
});
afterAll(() => dashboard.end());

async function person(): Promise<Person> {
  people += 1;
  return dashboard.signUp(`person${people}`);
}

async function administrator(): Promise<Person> {
  const made = await person();
  await dashboard.promote(made);
  return made;
}

function adjust(as: Person, target: Person, body: object, key = crypto.randomUUID()) {
  return dashboard.send<Either<AdminAdjustAnswer>>(`/api/admin/users/${target.id}/coins`, {
    as,
    body: { reason: 'Contest won', ...body },
    headers: { 'idempotency-key': key },
  });
}

function decide(as: Person, id: number, approve = true) {
  return dashboard.send<Either<AdminAdjustAnswer>>(`/api/admin/approvals/${id}`, {
    as,
    body: { approve, reason: 'Looked at it' },
  });
}

async function waitingFor(as: Person, target: Person): Promise<AdminApprovalsAnswer['data']> {
  const { body } = await dashboard.send<AdminApprovalsAnswer>('/api/admin/approvals', { as });
  return body.data.filter(({ user_id }) => user_id === target.id);
}

async function readAudit(as: Person, query = 'limit=100'): Promise<AdminAuditAnswer> {
  return (await dashboard.send<AdminAuditAnswer>(`/api/admin/audit?${query}`, { as })).body;
}

async function available(target: Person): Promise<number> {
  return (await dashboard.ledger.balance(target.id)).balance.available;
}

test('C9: an adjustment above the limit waits for a second administrator, and is made once', async () => {
  const [first, second, target] = [await administrator(), await administrator(), await person()];
  expect((await adjust(first, target, { amount: 1_000 })).status).toBe(200);
  const left = await adjust(first, target, { amount: 1_001 }, 'too-much');
  expect(left.status).toBe(202);
  expect(left.body).toMatchObject({ success: true, data: null });
  expect((await adjust(first, target, { amount: 1_001 }, 'too-much')).status).toBe(202);
  expect((await adjust(first, target, { amount: 1_002 }, 'too-much')).body.code).toBe('idempotency_key_reused');
  expect(await available(target)).toBe(1_000);

  const [waiting, ...others] = await waitingFor(second, target);
  expect(others).toEqual([]);
  expect(waiting).toMatchObject({ amount: 1_001, requested_by: first.username, own: false, reason: 'Contest won' });
  const id = waiting?.id ?? 0;
  const replies = await Promise.all([decide(second, id), decide(second, id), decide(first, id)]);
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, expect.any(Number)]);
  expect(await available(target)).toBe(2_001);
  expect(await waitingFor(second, target)).toEqual([]);
  expect((await adjust(first, target, { amount: 1_001 }, 'too-much')).body.data).toMatchObject({ amount: 1_001 });
  expect(await available(target)).toBe(2_001);
});

test('C9: neither the requester nor the person whose balance it is approves, nor who has a role from them', async () => {
  const [first, target, friend, stranger] = [
    await administrator(),
    await administrator(),
    await person(),
    await administrator(),
  ];
  const crowned = await dashboard.send(`/api/admin/users/${friend.id}/role`, {
    as: first,
    body: { role: 'admin', reason: 'A friend' },
  });
  expect(crowned.status).toBe(200);
  const puppet = await person();
  await dashboard.send(`/api/admin/users/${puppet.id}/role`, { as: friend, body: { role: 'admin', reason: 'Mine' } });
  await adjust(first, target, { amount: 5_000 });
  const id = (await waitingFor(first, target))[0]?.id ?? 0;
  for (const as of [first, target, friend, puppet]) {
    const reply = await decide(as, id);
    expect(reply.status, `by ${as.username}`).toBe(403);
  }
  expect(await available(target)).toBe(0);
  expect((await decide(stranger, id)).status).toBe(200);
  expect(await available(target)).toBe(5_000);
});

test('C9: a rejected adjustment changes nothing, and its requester may take it back', async () => {
  const [first, second, target] = [await administrator(), await administrator(), await person()];
  await adjust(first, target, { amount: 9_000 }, 'one');
  await adjust(first, target, { amount: 9_001 }, 'two');
  const [one, two] = await waitingFor(second, target);
  expect((await decide(second, one?.id ?? 0, false)).status).toBe(200);
  expect((await decide(first, two?.id ?? 0, false)).status).toBe(200);
  expect((await decide(second, two?.id ?? 0)).body.code).toBe('approval_decided');
  expect((await decide(second, 999_999)).body.code).toBe('approval_not_found');
  expect(await available(target)).toBe(0);
});

test('C9: one administrator moves no more in a day than the limit, however many at once and in whichever direction', async () => {
  const [first, target] = [await administrator(), await person()];
  const replies = await Promise.all(Array.from({ length: 6 }, () => adjust(first, target, { amount: 500 })));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(5);
  expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
  expect((await adjust(first, target, { amount: -1 })).status).toBe(202);
  expect(await available(target)).toBe(2_500);
  // Another administrator has a day of their own.
  expect((await adjust(await administrator(), target, { amount: 500 })).status).toBe(200);
});

test('C9: an exact balance and a reversal are within the same limits', async () => {
  const [first, second, target, friend] = [
    await administrator(),
    await administrator(),
    await person(),
    await person(),
  ];
  const exact = await adjust(first, target, { balance: 1_000_000, expected_version: 0 });
  expect(exact.status).toBe(202);
  expect(await available(target)).toBe(0);
  expect((await adjust(first, target, { balance: 400, expected_version: 0 })).status).toBe(200);
  // What was decided on is gone: nobody can approve it any more.
  expect((await decide(second, (await waitingFor(second, target))[0]?.id ?? 0)).body.code).toBe('version_conflict');

  await dashboard.grant(friend, 5_000);
  const moved = await dashboard.send<{ transfer: { id: string } }>('/api/transfers', {
    as: friend,
    body: { to_username: target.username, amount: 1_500 },
  });
  const reverse = { reverse: moved.body.transfer.id };
  expect((await adjust(first, await person(), reverse)).status).toBe(404);
  expect((await adjust(first, target, reverse)).status).toBe(202);
  const waiting = (await waitingFor(second, target)).at(-1);
  expect(waiting?.amount).toBe(-1_500);
  expect((await decide(second, waiting?.id ?? 0)).status).toBe(200);
  expect(await available(target)).toBe(400);
  expect(await available(friend)).toBe(5_000);
});

test('C9: what the ledger refuses is no row of the audit log', async () => {
  const [first, target] = [await administrator(), await person()];
  expect((await adjust(first, target, { amount: -5 })).status).toBe(402);
  expect((await readAudit(first)).data.filter(({ target_id }) => target_id === target.id)).toEqual([]);
});

test('C9: every administrative action is a row: who, whom, what, why, from where and when', async () => {
  const [first, second, target] = [await administrator(), await administrator(), await person()];
  const act = (path: string, body: object) =>
    dashboard.send<AdminPersonAnswer>(`/api/admin/users/${target.id}/${path}`, {
      as: first,
      body: { reason: `Because of ${path}`, ...body },
      headers: { [CLIENT_ADDRESS_HEADER]: '198.51.100.7' },
    });
  await adjust(first, target, { amount: 7 });
  await adjust(first, target, { amount: 7_000 });
  await decide(second, (await waitingFor(second, target))[0]?.id ?? 0);
  await adjust(first, target, { amount: 8_000 });
  await decide(second, (await waitingFor(second, target))[0]?.id ?? 0, false);
  await act('role', { role: 'admin' });
  await act('role', { role: 'user' });
  await act('ban', { banned: true });
  await act('ban', { banned: false });
  const { body } = await act('password', {});
  await act('email', { email: 'elsewhere@example.test' });
  const again = await dashboard.signIn('elsewhere@example.test', body.data?.password);
  await dashboard.send('/api/auth/change-password', {
    as: again,
    body: { currentPassword: body.data?.password, newPassword: PASSWORD },
  });

  const rows = (await readAudit(first)).data.filter(({ target_id }) => target_id === target.id).toReversed();
  expect(rows.map(({ kind }) => kind)).toEqual([
    'adjust',
    'request_adjustment',
    'approve_adjustment',
    'request_adjustment',
    'reject_adjustment',
    'role',
    'role',
    'ban',
    'unban',
    'password',
    'email',
    'password',
  ]);
  expect(rows[0]).toMatchObject({ actor: first.username, target: target.username, amount: 7, reason: 'Contest won' });
  expect(rows[2]).toMatchObject({ actor: second.username, amount: 7_000, details: { requestedBy: first.id } });
  expect(rows[5]).toMatchObject({ details: { role: 'admin' }, reason: 'Because of role', address: '198.51.100.7' });
  expect(rows.at(-1)).toMatchObject({ actor_id: target.id });
  for (const { at } of rows) expect(Date.now() - Date.parse(at)).toBeLessThan(600_000);
  expect(JSON.stringify(rows)).not.toContain(body.data?.password);
  expect(JSON.stringify(rows)).not.toContain('elsewhere@');
});

test('C9: the audit log is read in pages, newest first', async () => {
  const [first, target] = [await administrator(), await person()];
  for (let amount = 1; amount <= 3; amount += 1) await adjust(first, target, { amount });
  const newest = await readAudit(first, 'limit=2');
  expect(newest.data.map(({ amount }) => amount)).toEqual([3, 2]);
  const older = await readAudit(first, `limit=1&before=${newest.next}`);
  expect(older.data.map(({ amount }) => amount)).toEqual([1]);
});

test('C9: the database refuses changes to the audit log, and other roles than the two', async () => {
  const { pool } = dashboard.database;
  for (const sql of [
    `UPDATE dashboard_audit SET reason = 'x'`,
    `DELETE FROM dashboard_audit`,
    `TRUNCATE dashboard_audit`,
  ]) {
    await expect(pool.query(sql)).rejects.toThrow('never changed');
  }
  const target = await person();
  for (const role of ['user,admin', 'admin,user', 'owner', '']) {
    await expect(pool.query(`UPDATE "user" SET role = $2 WHERE id = $1`, [target.id, role])).rejects.toThrow(
      'user_role_known',
    );
    const first = await administrator();
    const reply = await dashboard.send(`/api/admin/users/${target.id}/role`, {
      as: first,
      body: { role, reason: 'Hidden' },
    });
    expect(reply.status, `with ${role}`).toBe(400);
  }
});

test('C9: an administrator cannot shut themself out, and a taken address stays with who has it', async () => {
  const [first, target] = [await administrator(), await person()];
  const act = (whom: Person, path: string, body: object) =>
    dashboard.send(`/api/admin/users/${whom.id}/${path}`, { as: first, body: { reason: 'Because', ...body } });
  expect((await act(first, 'role', { role: 'user' })).status).toBe(403);
  expect((await act(first, 'ban', { banned: true })).status).toBe(403);
  expect((await act(target, 'email', { email: first.email })).status).toBe(400);
  expect((await dashboard.send('/api/admin/users', { as: first })).status).toBe(200);
});

test('C9: no key hides an action: what it did to one person it does to nobody else, and what it repeats is a row', async () => {
  const [first, one, other, third] = [await administrator(), await person(), await person(), await person()];
  const act = async (whom: Person, path: string, body: object = {}) => {
    const { status, body: reply } = await dashboard.send<Either<AdminPersonAnswer>>(
      `/api/admin/users/${whom.id}/${path}`,
      { as: first, body: { reason: 'Because', ...body }, headers: { 'idempotency-key': 'the-same' } },
    );
    return status === 200 ? 'done' : reply.code;
  };
  const reused = 'idempotency_key_reused';
  expect([await act(one, 'role', { role: 'admin' }), await act(other, 'role', { role: 'admin' })]).toEqual([
    'done',
    reused,
  ]);
  expect(await act(one, 'role', { role: 'user' })).toBe(reused);
  expect([await act(one, 'ban', { banned: true }), await act(other, 'ban', { banned: true })]).toEqual([
    'done',
    reused,
  ]);
  expect([await act(third, 'close'), await act(other, 'close')]).toEqual(['done', reused]);
  // Repeated after it was lifted, a ban is the one that was, and bans nobody again.
  expect(await act(one, 'ban', { banned: false })).toBe('done');
  expect(await act(one, 'ban', { banned: true })).toBe('done');
  const { rows: banned } = await dashboard.database.pool.query(`SELECT 1 FROM "user" WHERE id = $1 AND banned`, [
    one.id,
  ]);
  expect(banned).toEqual([]);
  // A new password is another one each time.
  expect([await act(one, 'password'), await act(one, 'password')]).toEqual(['done', 'done']);
  const kindsOf = async ({ id }: Person) =>
    (await readAudit(first)).data.filter(({ target_id }) => target_id === id).map(({ kind }) => kind);
  expect(await kindsOf(one)).toEqual(['password', 'password', 'unban', 'ban', 'role']);
  expect(await kindsOf(other)).toEqual([]);
});

test('C9: a key that made or changed a code lifts no limit of an adjustment', async () => {
  const [first, target] = [await administrator(), await person()];
  const made = await dashboard.send('/api/admin/codes', {
    as: first,
    body: { code: 'LIMITS', amount: 1, uses: 1 },
    headers: { 'idempotency-key': 'twice' },
  });
  expect(made.status).toBe(201);
  expect((await adjust(first, target, { amount: 1_000_000 }, 'twice')).status).toBe(202);
  expect(await available(target)).toBe(0);
});

test('C9: of two approvals by one key, each is a row', async () => {
  const [first, second, target] = [await administrator(), await administrator(), await person()];
  for (const amount of [4_000, 5_000]) await adjust(first, target, { amount });
  for (const { id } of await waitingFor(second, target)) {
    await dashboard.send(`/api/admin/approvals/${id}`, {
      as: second,
      body: { approve: true, reason: 'Looked at it' },
      headers: { 'idempotency-key': 'one-key' },
    });
  }
  const rows = (await readAudit(first)).data.filter(({ target_id }) => target_id === target.id);
  const approved = rows.filter(({ kind }) => kind === 'approve_adjustment').map(({ amount }) => amount ?? 0);
  expect(approved.reduce((sum, amount) => sum + amount, 0)).toBe(await available(target));
});

test('C9: who is no administrator any more changes nobody, also where their request was let in before', async () => {
  const [first, second] = [await administrator(), await administrator()];
  const demote = (as: Person, whom: Person) =>
    dashboard.send(`/api/admin/users/${whom.id}/role`, { as, body: { role: 'user', reason: 'Mutual' } });
  const replies = await Promise.all([demote(first, second), demote(second, first)]);
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
  const still = await Promise.all(
    [first, second].map(async (as) => (await dashboard.send('/api/admin/users', { as })).status),
  );
  expect(still.toSorted((a, b) => a - b)).toEqual([200, 404]);
});

test('C9: the operator’s command and ADMIN_EMAILS are rows, too', { timeout: 180_000 }, async () => {
  const own = await openTestDashboard();
  const { password } = await makeAdministrator(own.database, 'first@example.test');
  const first = await own.signIn('first@example.test', password);
  const second = await own.signUp('second');
  await own.database.pool.query(`UPDATE "user" SET "emailVerified" = true WHERE id = $1`, [second.id]);
  for (let start = 0; start < 2; start += 1) {
    const later = await openTestDashboard({ database: own.database, environment: { ADMIN_EMAILS: second.email } });
    await later.end();
  }
  const { body } = await own.send<AdminAuditAnswer>('/api/admin/audit', { as: first });
  expect(body.data).toMatchObject([
    { actor: 'The operator', kind: 'role', target_id: second.id, reason: 'ADMIN_EMAILS' },
    { actor: 'The operator', kind: 'role', target_id: first.id, reason: 'npm run admin' },
  ]);
  await own.end();
});
