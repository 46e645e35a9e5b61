import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminAuditAnswer } from '../../lib/admin-api.ts';
import { FREE_TRIES } from '../../server/auth/password-tries.ts';
import { totp } from '../support/totp.ts';
import { openTestDashboard, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let admin: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({
    environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests' },
    limits: { secondFactor: {} },
  });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

interface Answer {
  code?: string;
  totpURI?: string;
  backupCodes?: string[];
  twoFactorRedirect?: boolean;
}

const post = (path: string, body: object, cookie?: string) =>
  dashboard.send<Answer>(`/api/auth/${path}`, { body, headers: cookie === undefined ? {} : { cookie } });

/** What the browser has after a response. */
function toCookie(headers: Headers): string {
  const set = headers.getSetCookie().filter((line) => !/Max-Age=0/i.test(line));
  return set.map((line) => line.split(';')[0] ?? '').join('; ');
}

async function statusOf(cookie: string): Promise<number> {
  return (await dashboard.send('/api/user/me', { headers: { cookie } })).status;
}

/** A user who has set it up. */
async function setUp(name: string) {
  const person = await dashboard.signUp(name);
  const { body } = await post('two-factor/enable', { password: PASSWORD }, person.cookie);
  const secret = new URL(body.totpURI ?? '').searchParams.get('secret') ?? '';
  const confirmed = await post('two-factor/verify-totp', { code: totp(secret) }, person.cookie);
  expect(confirmed.status).toBe(200);
  return { ...person, cookie: toCookie(confirmed.headers), secret, backupCodes: body.backupCodes ?? [] };
}

/** Gives the right password. Resolves to the cookie of who still owes a code. */
async function begin(email: string): Promise<string> {
  const { status, headers, body } = await post('sign-in/email', { email, password: PASSWORD });
  expect([status, body.twoFactorRedirect]).toEqual([200, true]);
  return toCookie(headers);
}

test('second factor: the password alone does not sign in, with a code it does', async () => {
  const person = await setUp('careful');
  const pending = await begin(person.email);
  expect(pending).not.toContain('session_token');
  expect(await statusOf(pending)).toBe(401);
  expect((await post('two-factor/verify-totp', { code: '000000' }, pending)).body.code).toBe('INVALID_CODE');
  const done = await post('two-factor/verify-totp', { code: totp(person.secret) }, pending);
  expect(await statusOf(toCookie(done.headers))).toBe(200);
  // A browser is not trusted beyond that, wished or not.
  expect(done.headers.getSetCookie().join()).not.toContain('trust');
  const trusting = await post('two-factor/verify-totp', { code: totp(person.secret), trustDevice: true }, pending);
  expect(trusting.status).toBe(400);
  // The cookie of who owes a code is used up.
  expect((await post('two-factor/verify-totp', { code: totp(person.secret) }, pending)).status).toBe(401);
});

test('second factor: it is on once a code was right; the browser goes on, and both are recorded', async () => {
  const person = await dashboard.signUp('unsure');
  expect((await post('two-factor/enable', { password: 'wrong' }, person.cookie)).body.code).toBe('INVALID_PASSWORD');
  const { body } = await post('two-factor/enable', { password: PASSWORD }, person.cookie);
  expect(body.totpURI).toContain('Real-Time%20Credits');
  expect(body.backupCodes).toHaveLength(10);
  expect((await post('two-factor/verify-totp', { code: '000000' }, person.cookie)).status).toBe(401);
  // Begun and not confirmed, it locks nobody out.
  await dashboard.signIn(person.email);

  const second = await setUp('sure');
  expect(await statusOf(second.cookie)).toBe(200);
  expect((await post('two-factor/disable', { password: 'wrong' }, second.cookie)).body.code).toBe('INVALID_PASSWORD');
  const off = await post('two-factor/disable', { password: PASSWORD }, second.cookie);
  expect(await statusOf(toCookie(off.headers))).toBe(200);
  await dashboard.signIn(second.email);
  const audit = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(audit.body.data.slice(0, 2)).toMatchObject([
    { kind: 'second_factor', actor_id: second.id, details: { on: false } },
    { kind: 'second_factor', actor_id: second.id, details: { on: true } },
  ]);
});

test('second factor: a backup code works once, and new ones replace the old', async () => {
  const person = await setUp('phoneless');
  const [first = '', second = ''] = person.backupCodes;
  const use = async (code: string) => post('two-factor/verify-backup-code', { code }, await begin(person.email));
  expect(await statusOf(toCookie((await use(first)).headers))).toBe(200);
  expect((await use(first)).status).toBe(401);
  const renewed = await post('two-factor/generate-backup-codes', { password: PASSWORD }, person.cookie);
  expect((await use(second)).status).toBe(401);
  expect((await use(renewed.body.backupCodes?.[0] ?? '')).status).toBe(200);
});

test('C8: wrong codes are stopped for the account, however often the password is given', async () => {
  const person = await setUp('attacked');
  let wrong = 0;
  for (let round = 0; round < 2; round += 1) {
    const pending = await begin(person.email);
    for (let index = 0; index < 5; index += 1) {
      expect((await post('two-factor/verify-totp', { code: '000000' }, pending)).status).toBe(401);
      wrong += 1;
    }
  }
  expect(wrong).toBe(10);
  const locked = await post('two-factor/verify-totp', { code: totp(person.secret) }, await begin(person.email));
  expect([locked.status, locked.body.code]).toEqual([429, 'ACCOUNT_TEMPORARILY_LOCKED']);
  // Who is signed in stays so.
  expect(await statusOf(person.cookie)).toBe(200);
});

test('C8: the password cannot be guessed where it is turned off', async () => {
  const person = await setUp('guessed');
  for (let index = 0; index <= FREE_TRIES; index += 1) {
    await post('two-factor/disable', { password: `wrong-${index}` }, person.cookie);
  }
  expect((await post('two-factor/disable', { password: PASSWORD }, person.cookie)).status).toBe(429);
});

test('second factor: a new password by a link keeps it, and one from an administrator takes it away', async () => {
  const person = await setUp('locked');
  await post('verify-email', { token: await dashboard.readToken('verify', person.email) });
  await post('request-password-reset', { email: person.email });
  const token = await dashboard.readToken('reset', person.email);
  expect((await post('reset-password', { token, newPassword: PASSWORD })).status).toBe(200);
  const pending = await begin(person.email);
  const given = await dashboard.send<{ data: { password: string } }>(`/api/admin/users/${person.id}/password`, {
    as: admin,
    body: { reason: 'Lost the phone' },
  });
  await dashboard.signIn(person.email, given.body.data.password);
  // What was begun before is void.
  expect((await post('two-factor/verify-totp', { code: totp(person.secret) }, pending)).status).toBe(401);
});

test('second factor: neither a ban nor closing the account is got around by a code that was owed', async () => {
  const banned = await setUp('banned');
  const pending = await begin(banned.email);
  await dashboard.send(`/api/admin/users/${banned.id}/ban`, { as: admin, body: { banned: true, reason: 'Bots' } });
  const tried = await post('two-factor/verify-totp', { code: totp(banned.secret) }, pending);
  expect(tried.status).toBe(403);
  const closed = await setUp('leaver');
  await dashboard.send('/api/user/close', { headers: { cookie: closed.cookie }, body: { password: PASSWORD } });
  const { rows } = await dashboard.database.pool.query(
    `SELECT 1 FROM "twoFactor" WHERE "userId" = $1 UNION ALL SELECT 1 FROM "verification" WHERE value = $1`,
    [closed.id],
  );
  expect(rows).toEqual([]);
});

test('second factor: a demo account, which several people use, has none', async () => {
  const player = await dashboard.signIn('player@demo.test', 'only-for-tests');
  expect((await post('two-factor/enable', { password: 'only-for-tests' }, player.cookie)).status).toBe(403);
});
