import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AdminAuditAnswer } from '../../lib/admin-api.ts';
import type { DailyCheckAnswer, MeAnswer } from '../../lib/api.ts';
import { FREE_TRIES } from '../../server/auth/password-tries.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { LIMITS } from '../../server/http/rate-limit.ts';
import type { MessageKind } from '../../server/mail/messages.ts';
import { nextAddress, openTestDashboard, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';

// What a link that was sent to somebody opens: a confirmed address, a new password, another address.

const ANOTHER = 'another-long-password';

let dashboard: TestDashboard;
let admin: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({
    environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests', PAYOUT_VERIFIED_EMAIL: '1' },
    limits: { changeEmail: {} },
  });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

const post = (path: string, body: object, as: Person | null = null) =>
  dashboard.send<{ status?: boolean; code?: string; errors?: { path: string }[] }>(`/api/auth/${path}`, { as, body });
const verify = (token: string, as: Person | null = null) => post('verify-email', { token }, as);
const requestReset = (email: string) => post('request-password-reset', { email });
const reset = (token: string, newPassword = ANOTHER) => post('reset-password', { token, newPassword });
const changeEmail = (as: Person, newEmail: string, password = PASSWORD) =>
  post('change-email', { newEmail, password }, as);

async function readMe(as: Person): Promise<MeAnswer['user'] | number> {
  const { status, body } = await dashboard.send<MeAnswer>('/api/user/me', { as });
  return status === 200 ? body.user : status;
}

function countMessages(kind: MessageKind, to: string): number {
  return dashboard.messages.filter((message) => message.kind === kind && message.to === to).length;
}

async function readAudit(): Promise<AdminAuditAnswer['data']> {
  return (await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin })).body.data;
}

test('verified address: signing up sends a link; the person who opens it is paid from then on', async () => {
  const person = await dashboard.signUp('newcomer');
  const claim = () => dashboard.send('/api/user/daily-login', { as: person, body: { action: 'claim' } });
  expect((await claim()).body.code).toBe('not_eligible');
  const daily = await dashboard.send<DailyCheckAnswer>('/api/user/daily-login', {
    as: person,
    body: { action: 'check' },
  });
  expect(daily.body.data).toMatchObject({ canClaim: false, refusalAction: 'verify_email' });
  const token = await dashboard.readToken('verify', person.email);
  expect(await readMe(person)).toMatchObject({ verified: false });
  expect((await verify(token, person)).status).toBe(200);
  expect(await readMe(person)).toMatchObject({ verified: true });
  expect((await claim()).status).toBe(200);
  // Opened once more, it does nothing more.
  expect((await verify(token)).status).toBe(200);
});

test('verified address: no link that was changed, expired or replaced by another address confirms anything', async () => {
  const person = await dashboard.signUp('moving');
  const token = await dashboard.readToken('verify', person.email);
  expect((await verify(`${token.slice(0, -6)}AAAAAA`)).status).toBe(401);
  await dashboard.send(`/api/admin/users/${person.id}/email`, {
    as: admin,
    body: { email: 'moved@example.test', reason: 'Asked to' },
  });
  expect((await verify(token)).status).toBe(401);
  vi.useFakeTimers({ now: Date.now() + 25 * 3_600_000, toFake: ['Date'] });
  const late = await verify(await dashboard.readToken('verify', 'newcomer@example.test')).finally(() =>
    vi.useRealTimers(),
  );
  expect(late).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
});

test('verified address: the link is sent again to who asks, to their own address, and not without end', async () => {
  const person = await dashboard.signUp('forgetful');
  await dashboard.readToken('verify', person.email);
  const again = (body: object = {}) => post('send-verification-email', body, person);
  expect((await again({ email: admin.email })).status).toBe(400);
  expect((await again()).status).toBe(200);
  await vi.waitFor(() => expect(countMessages('verify', person.email)).toBe(2));
  for (let index = 2; index < LIMITS.sendVerification.account; index += 1) await again();
  expect((await again()).status).toBe(429);
  expect((await post('send-verification-email', {})).status).toBe(401);
});

test('password reset: a link sets a new password once, and ends every session', async () => {
  const person = await dashboard.signUp('locked');
  const second = await dashboard.signIn(person.email);
  await requestReset(person.email.toUpperCase());
  const token = await dashboard.readToken('reset', person.email);
  await requestReset(person.email);
  await vi.waitFor(() => expect(countMessages('reset', person.email)).toBe(2));
  const other = await dashboard.readToken('reset', person.email);
  expect((await reset(token, 'short')).body.code).toBe('PASSWORD_TOO_SHORT');
  expect((await reset(token)).status).toBe(200);
  for (const as of [person, second]) expect(await readMe(as)).toBe(401);
  await expect(dashboard.signIn(person.email)).rejects.toThrow('401');
  const returned = await dashboard.signIn(person.email, ANOTHER);
  // The person who reads the mailbox has confirmed it.
  expect(await readMe(returned)).toMatchObject({ verified: true });
  for (const used of [token, other, 'made-up']) expect((await reset(used, PASSWORD)).body.code).toBe('INVALID_TOKEN');
  expect((await readAudit())[0]).toMatchObject({ kind: 'password', actor_id: person.id, target_id: person.id });
});

test('password reset: a link is over after an hour, and with another password or address', async () => {
  const person = await dashboard.signUp('slow');
  const ask = async (): Promise<string> => {
    const before = countMessages('reset', person.email);
    await requestReset(person.email);
    await vi.waitFor(() => expect(countMessages('reset', person.email)).toBe(before + 1));
    return dashboard.readToken('reset', person.email);
  };
  const old = await ask();
  await dashboard.database.pool.query(
    `UPDATE "verification" SET "expiresAt" = "expiresAt" - interval '1 hour' WHERE value = $1`,
    [person.id],
  );
  expect((await reset(old)).body.code).toBe('INVALID_TOKEN');
  const byPassword = await ask();
  await post('change-password', { currentPassword: PASSWORD, newPassword: ANOTHER }, person);
  expect((await reset(byPassword, PASSWORD)).body.code).toBe('INVALID_TOKEN');
  const byAdministrator = await ask();
  await dashboard.send(`/api/admin/users/${person.id}/password`, { as: admin, body: { reason: 'Asked to' } });
  expect((await reset(byAdministrator)).body.code).toBe('INVALID_TOKEN');
});

test('password reset: it tells nobody who has an account, not even by what it costs', async () => {
  const person = await dashboard.signUp('private');
  const ask = async (email: string) => {
    const { status, headers, body } = await requestReset(email);
    return { status, body, headers: [...headers.keys()].toSorted() };
  };
  expect(await ask(person.email)).toEqual(await ask('nobody-at-all@example.test'));
  const from = (email: string) =>
    dashboard.send('/api/auth/request-password-reset', {
      body: { email },
      headers: { [CLIENT_ADDRESS_HEADER]: nextAddress() },
    });
  // Counted by what was typed, whether or not somebody has it.
  for (const email of [person.email, 'nobody-at-all@example.test']) {
    for (let index = 1; index < LIMITS.requestReset.account; index += 1) expect((await from(email)).status).toBe(200);
    expect((await from(email)).status).toBe(429);
  }
  expect(dashboard.messages.filter(({ to }) => to === 'nobody-at-all@example.test')).toEqual([]);
});

test('password reset: what a stranger linked before the address was confirmed is gone with it', async () => {
  const person = await dashboard.signUp('hijacked');
  await dashboard.database.pool.query(
    `INSERT INTO "account" (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
     VALUES ('planted', '42', 'github', $1, now(), now())`,
    [person.id],
  );
  await requestReset(person.email);
  expect((await reset(await dashboard.readToken('reset', person.email))).status).toBe(200);
  const { rows } = await dashboard.database.pool.query(`SELECT "providerId" FROM "account" WHERE "userId" = $1`, [
    person.id,
  ]);
  expect(rows).toEqual([{ providerId: 'credential' }]);
});

test('password reset: neither a ban nor a closed account is lifted by a link', async () => {
  const banned = await dashboard.signUp('banned');
  const closed = await dashboard.signUp('closed');
  const tokens = [];
  for (const { email } of [banned, closed]) {
    await requestReset(email);
    tokens.push(await dashboard.readToken('reset', email));
  }
  await dashboard.send(`/api/admin/users/${banned.id}/ban`, { as: admin, body: { banned: true, reason: 'Bots' } });
  await dashboard.send('/api/user/close', { as: closed, body: { password: PASSWORD } });
  for (const token of tokens) await reset(token);
  await expect(dashboard.signIn(banned.email, ANOTHER)).rejects.toThrow('403');
  await expect(dashboard.signIn(closed.email, ANOTHER)).rejects.toThrow('401');
  const { rows } = await dashboard.database.pool.query(
    `SELECT 1 FROM dashboard_messages WHERE user_id = $1 UNION ALL SELECT 1 FROM "account" WHERE "userId" = $1`,
    [closed.id],
  );
  expect(rows).toEqual([]);
});

test('another address: it counts once its mailbox confirmed it, and the old one is told before', async () => {
  const person = await dashboard.signUp('mover');
  const second = await dashboard.signIn(person.email);
  await requestReset(person.email);
  const oldReset = await dashboard.readToken('reset', person.email);
  expect((await changeEmail(person, 'Mover2@example.test')).status).toBe(200);
  const token = await dashboard.readToken('change', 'mover2@example.test');
  await vi.waitFor(() => expect(countMessages('changing', person.email)).toBe(1));
  expect(await readMe(person)).toMatchObject({ email: person.email, verified: false });
  // Opened where somebody else is signed in, it changes nothing.
  expect((await verify(token, admin)).body.code).toBe('INVALID_USER');
  expect((await verify(token, person)).status).toBe(200);
  for (const as of [person, second]) {
    expect(await readMe(as)).toMatchObject({ email: 'mover2@example.test', verified: true });
  }
  expect((await readAudit())[0]).toMatchObject({ kind: 'email', actor_id: person.id, target_id: person.id });
  // Neither the link nor the old mailbox opens anything any more.
  expect((await verify(token, person)).status).toBe(401);
  expect((await reset(oldReset)).body.code).toBe('INVALID_TOKEN');
  expect(JSON.stringify(await readAudit())).not.toContain('mover2@example.test');
});

test('another address: a new password takes back what somebody else asked for', async () => {
  const person = await dashboard.signUp('robbed');
  await changeEmail(person, 'thief@example.test');
  const token = await dashboard.readToken('change', 'thief@example.test');
  await post('change-password', { currentPassword: PASSWORD, newPassword: ANOTHER }, person);
  expect((await verify(token)).body.code).toBe('INVALID_TOKEN');
  expect(await readMe(await dashboard.signIn(person.email, ANOTHER))).toMatchObject({ email: person.email });
});

test('another address: it tells nobody who has one, and nobody gets an address of somebody else', async () => {
  const person = await dashboard.signUp('nosy');
  const known = await changeEmail(person, admin.email);
  const unknown = await changeEmail(person, 'free@example.test');
  expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
  await vi.waitFor(() => expect(countMessages('changing', person.email)).toBe(2));
  expect(countMessages('change', admin.email)).toBe(0);
  // Taken while the link was under way.
  const token = await dashboard.readToken('change', 'free@example.test');
  await dashboard.signUp('faster', { email: 'free@example.test' });
  const late = await verify(token, person);
  expect([late.status, late.body.code]).toEqual([409, 'address_taken']);
  expect(await readMe(person)).toMatchObject({ email: person.email });
});

test('another address: only the password asks for one, it cannot be guessed here, and demo addresses stay', async () => {
  const person = await dashboard.signUp('guarded');
  expect((await changeEmail(person, 'x@demo.test')).body.errors?.[0]?.path).toBe('newEmail');
  expect((await changeEmail(person, 'no-address')).status).toBe(400);
  const player = await dashboard.signIn('player@demo.test', 'only-for-tests');
  expect((await changeEmail(player, 'mine@example.test', 'only-for-tests')).status).toBe(403);
  for (let index = 0; index < FREE_TRIES + 1; index += 1) {
    expect((await changeEmail(person, 'mine@example.test', `wrong-${index}`)).body.code).toBe('INVALID_PASSWORD');
  }
  expect((await changeEmail(person, 'mine@example.test')).status).toBe(429);
  expect(dashboard.messages.filter(({ to }) => to === 'mine@example.test' || to === person.email)).toHaveLength(1);
  // Nobody has a mailbox there.
  await requestReset('player@demo.test');
  expect(countMessages('reset', 'player@demo.test')).toBe(0);
});

test('another address: each account and each address asks a few times within a minute', async () => {
  const strict = await openTestDashboard();
  try {
    const person = await strict.signUp('eager');
    const ask = () =>
      strict.send('/api/auth/change-email', {
        as: person,
        body: { newEmail: 'other@example.test', password: PASSWORD },
      });
    for (let index = 0; index < LIMITS.changeEmail.account; index += 1) expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  } finally {
    await strict.end();
  }
});
