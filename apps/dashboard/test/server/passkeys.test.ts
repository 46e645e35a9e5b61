import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AdminAuditAnswer } from '../../lib/admin-api.ts';
import type { SignInWaysAnswer } from '../../lib/api.ts';
import { FREE_TRIES } from '../../server/auth/password-tries.ts';
import { PASSKEYS_MAX } from '../../server/auth/passkeys.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { LIMITS } from '../../server/http/rate-limit.ts';
import { totp } from '../support/totp.ts';
import { createPasskey, type Ceremony, type TestPasskey } from './support/authenticator.ts';
import {
  nextAddress,
  openTestDashboard,
  ORIGIN,
  PASSWORD,
  type Person,
  type TestDashboard,
} from './support/dashboard.ts';

const HERE: Ceremony = { origin: ORIGIN, rpId: new URL(ORIGIN).hostname };

let dashboard: TestDashboard;
let admin: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({
    environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests' },
    limits: { passkey: { address: LIMITS.passkey.address } },
  });
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
});
afterAll(() => dashboard.end());

interface Answer {
  code?: string;
  challenge?: string;
  userVerification?: string;
  excludeCredentials?: { id: string }[];
  allowCredentials?: unknown;
}

const post = (path: string, body: object, cookie = '') =>
  dashboard.send<Answer>(`/api/auth/${path}`, { body, headers: { cookie } });

function toCookie(headers: Headers): string {
  const set = headers.getSetCookie().filter((line) => !/Max-Age=0/i.test(line));
  return set.map((line) => line.split(';')[0] ?? '').join('; ');
}

async function statusOf(cookie: string): Promise<number> {
  return (await dashboard.send('/api/user/me', { headers: { cookie } })).status;
}

/** Asks for a challenge: to make a passkey. Resolves to it, and to the cookies to answer with. */
async function begin(person: Person, password = PASSWORD) {
  const options = await post('passkey/generate-register-options', { password }, person.cookie);
  return { options, challenge: options.body.challenge ?? '', cookie: `${person.cookie}; ${toCookie(options.headers)}` };
}

async function add(person: Person, { passkey = createPasskey(), ceremony = HERE, name = 'My phone' } = {}) {
  const { challenge, cookie } = await begin(person);
  const body = { name, response: passkey.attest(challenge, ceremony) };
  return { passkey, cookie, body, added: await post('passkey/verify-registration', body, cookie) };
}

async function withPasskey(name: string): Promise<Person & { passkey: TestPasskey }> {
  const person = await dashboard.signUp(name);
  const { passkey, added } = await add(person);
  expect([added.status, added.body]).toEqual([200, { status: true }]);
  return { ...person, passkey };
}

async function signIn(passkey: TestPasskey, { ceremony = HERE, cookie = '' } = {}) {
  const options = await post('passkey/generate-authenticate-options', {}, cookie);
  const owed = [cookie, toCookie(options.headers)].filter((part) => part !== '').join('; ');
  const body = { response: passkey.assert(options.body.challenge ?? '', ceremony) };
  return { options, body, owed, done: await post('passkey/verify-authentication', body, owed) };
}

async function listPasskeys(as: Person): Promise<SignInWaysAnswer['data']['passkeys']> {
  return (await dashboard.send<SignInWaysAnswer>('/api/user/sign-in', { as })).body.data.passkeys;
}

test('passkeys: one signs in alone, without the token of the session in a body', async () => {
  const person = await withPasskey('keyed');
  const { options, done } = await signIn(person.passkey);
  expect(options.body).toMatchObject({ userVerification: 'required', rpId: HERE.rpId });
  // Who has which is told to nobody.
  expect(options.body.allowCredentials).toBeUndefined();
  expect([done.status, done.body]).toEqual([200, { status: true }]);
  const me = await dashboard.send<{ user: { id: string } }>('/api/user/me', {
    headers: { cookie: toCookie(done.headers) },
  });
  expect(me.body.user.id).toBe(person.id);
});

test('passkeys: adding one asks for the password, is recorded, and a browser is told which exist', async () => {
  const person = await withPasskey('adding');
  const wrong = await begin(person, 'wrong');
  expect([wrong.options.status, wrong.options.body.code]).toEqual([400, 'INVALID_PASSWORD']);
  expect((await begin({ ...person, cookie: '' })).options.status).toBe(401);
  const { options } = await begin(person);
  expect(options.body.excludeCredentials).toMatchObject([{ id: person.passkey.id }]);
  expect(await listPasskeys(person)).toMatchObject([{ name: 'My phone' }]);
  const audit = await dashboard.send<AdminAuditAnswer>('/api/admin/audit', { as: admin });
  expect(audit.body.data[0]).toMatchObject({
    kind: 'sign_in_way',
    actor_id: person.id,
    details: { way: 'passkey', on: true },
  });
  for (let index = 0; index <= FREE_TRIES; index += 1) await begin(person, `wrong-${index}`);
  expect((await begin(person)).options.status).toBe(429);
});

test('passkeys: a session of any age may add one', async () => {
  const person = await dashboard.signUp('longtime');
  await dashboard.database.pool.query(
    `UPDATE "session" SET "createdAt" = now() - interval '20 days' WHERE "userId" = $1`,
    [person.id],
  );
  dashboard.sessions.forget(person.id);
  expect((await add(person)).added.status).toBe(200);
});

test('passkeys: a challenge is answered once, by who asked for it, for what it was made', async () => {
  const person = await withPasskey('once');
  const other = await dashboard.signUp('another');
  const first = await signIn(person.passkey);
  expect((await post('passkey/verify-authentication', first.body, first.owed)).status).toBe(401);
  const made = await add(person);
  expect((await post('passkey/verify-registration', made.body, made.cookie)).status).toBe(400);
  // Another one's, with their session.
  const begun = await begin(person);
  const challenge = begun.cookie.replace(person.cookie, other.cookie);
  const foreign = { name: 'x', response: createPasskey().attest(begun.challenge, HERE) };
  expect((await post('passkey/verify-registration', foreign, challenge)).status).toBe(400);
  // Made to add one, used to sign in.
  const mixed = await begin(person);
  const response = person.passkey.assert(mixed.challenge, HERE);
  expect((await post('passkey/verify-authentication', { response }, mixed.cookie)).status).toBe(401);
  // Without a challenge at all.
  expect((await post('passkey/verify-authentication', { response })).status).toBe(401);
});

test('passkeys: of another site, or without checking who the person is, none is made and none signs in', async () => {
  const person = await withPasskey('strict');
  const wrong: Ceremony[] = [
    { ...HERE, origin: 'https://evil.example' },
    { ...HERE, rpId: 'evil.example' },
    { ...HERE, verifiesUser: false },
  ];
  for (const ceremony of wrong) {
    const { added } = await add(person, { ceremony });
    expect([added.status, added.body.code]).toEqual([400, 'PASSKEY_REFUSED']);
    const { done } = await signIn(person.passkey, { ceremony });
    expect([done.status, done.body.code]).toEqual([401, 'PASSKEY_REFUSED']);
    expect(toCookie(done.headers)).not.toContain('session_token');
  }
  // One that nobody has is refused as one of somebody.
  const unknown = await signIn(createPasskey());
  const forged = await signIn({ ...createPasskey(person.passkey.id) });
  expect([unknown.done.status, unknown.done.body.code]).toEqual([401, 'PASSKEY_REFUSED']);
  expect([forged.done.status, forged.done.body.code]).toEqual([401, 'PASSKEY_REFUSED']);
  expect(dashboard.warnings).toEqual([]);
});

test('passkeys: nobody registers the id of a passkey that somebody has', async () => {
  const person = await withPasskey('holder');
  const thief = await dashboard.signUp('thief');
  const { added } = await add(thief, { passkey: createPasskey(person.passkey.id) });
  expect(added.status).toBe(400);
  expect((await signIn(person.passkey)).done.status).toBe(200);
});

test('passkeys: what is no response of a browser is refused, and is no failure of ours', async () => {
  const person = await dashboard.signUp('fuzzed');
  const { challenge, cookie } = await begin(person);
  const good = createPasskey().attest(challenge, HERE) as { response: object };
  const bodies = [
    {},
    { name: 'x', response: {} },
    { name: '', response: good },
    { name: 'x', response: { ...good, id: 'not base64url!' } },
    { name: 'x', response: { ...good, response: { ...good.response, attestationObject: 'AAAA' } } },
  ];
  for (const body of bodies) expect((await post('passkey/verify-registration', body, cookie)).status).toBe(400);
  expect((await post('passkey/verify-authentication', { response: 'x' })).status).toBe(400);
  expect(dashboard.warnings).toEqual([]);
});

test('passkeys: they are named and removed by their owner alone', async () => {
  const person = await withPasskey('tidy');
  const other = await dashboard.signUp('nosy');
  const [made] = await listPasskeys(person);
  const path = `/api/user/passkeys/${made?.id}`;
  const rename = (as: Person, name: string) => dashboard.send(path, { as, body: { name } });
  const remove = (as: Person) => dashboard.send(path, { as, method: 'DELETE' });
  expect((await rename(other, 'Mine')).status).toBe(404);
  expect((await remove(other)).status).toBe(404);
  expect((await rename(person, 'a\u202Eb')).status).toBe(400);
  expect((await rename(person, 'Desk')).status).toBe(200);
  expect(await listPasskeys(person)).toMatchObject([{ name: 'Desk' }]);
  expect((await remove(person)).status).toBe(200);
  expect((await remove(person)).body.code).toBe('passkey_not_found');
  expect((await signIn(person.passkey)).done.status).toBe(401);
});

test('passkeys: a second factor is not asked for besides', async () => {
  const person = await withPasskey('doubled');
  const begun = await dashboard.send<{ totpURI: string }>('/api/auth/two-factor/enable', {
    as: person,
    body: { password: PASSWORD },
  });
  const secret = new URL(begun.body.totpURI).searchParams.get('secret') ?? '';
  await dashboard.send('/api/auth/two-factor/verify-totp', { as: person, body: { code: totp(secret) } });
  const { done } = await signIn(person.passkey);
  expect(await statusOf(toCookie(done.headers))).toBe(200);
});

test('passkeys: neither a ban nor closing the account is got around by one', async () => {
  const banned = await withPasskey('banned');
  await dashboard.send(`/api/admin/users/${banned.id}/ban`, { as: admin, body: { banned: true, reason: 'Bots' } });
  const refused = (await signIn(banned.passkey)).done;
  expect([refused.status, refused.body.code]).toEqual([403, 'BANNED_USER']);
  expect(toCookie(refused.headers)).not.toContain('session_token');
  const closed = await withPasskey('leaver');
  await dashboard.send('/api/user/close', { as: closed, body: { password: PASSWORD } });
  expect((await signIn(closed.passkey)).done.status).toBe(401);
});

test('passkeys: a confirmed mailbox and an administrator’s password end those that somebody else may have made', async () => {
  const squatted = await withPasskey('squatted');
  await dashboard.send('/api/auth/request-password-reset', { body: { email: squatted.email } });
  const token = await dashboard.readToken('reset', squatted.email);
  await dashboard.send('/api/auth/reset-password', { body: { token, newPassword: 'another-long-password' } });
  expect((await signIn(squatted.passkey)).done.status).toBe(401);
  const locked = await withPasskey('lockedout');
  await dashboard.send(`/api/admin/users/${locked.id}/password`, { as: admin, body: { reason: 'Asked' } });
  expect((await signIn(locked.passkey)).done.status).toBe(401);
});

test('passkeys: one account has a bounded number', async () => {
  const person = await withPasskey('collector');
  for (let index = 1; index < PASSKEYS_MAX; index += 1) expect((await add(person)).added.status).toBe(200);
  expect((await add(person)).added.status).toBe(400);
});

test('passkeys: tries are limited for each address', async () => {
  const headers = { [CLIENT_ADDRESS_HEADER]: nextAddress() };
  const ask = () => dashboard.send('/api/auth/passkey/generate-authenticate-options', { body: {}, headers });
  for (let index = 0; index < LIMITS.passkey.address; index += 1) expect((await ask()).status).toBe(200);
  expect((await ask()).status).toBe(429);
});

test('passkeys: a demo account, which several people use, has none', async () => {
  const player = await dashboard.signIn('player@demo.test', 'only-for-tests');
  expect((await begin(player, 'only-for-tests')).options.status).toBe(403);
});

test('passkeys: with PUBLIC_URL they belong to its host, and to its pages alone', async () => {
  const published = await openTestDashboard({
    environment: { PUBLIC_URL: 'https://panel.example', TRUSTED_ORIGINS: 'https://other.example' },
  });
  try {
    const headers = { origin: 'https://panel.example' };
    const person = await published.signUp('published', { headers });
    const ask = async (origin: string) => {
      const options = await published.send<Answer & { rp: { id: string } }>(
        '/api/auth/passkey/generate-register-options',
        {
          body: { password: PASSWORD },
          headers: { origin, cookie: person.cookie },
        },
      );
      expect(options.body.rp.id).toBe('panel.example');
      const response = createPasskey().attest(options.body.challenge ?? '', { origin, rpId: 'panel.example' });
      return published.send('/api/auth/passkey/verify-registration', {
        body: { name: 'Phone', response },
        headers: { origin, cookie: `${person.cookie}; ${toCookie(options.headers)}` },
      });
    };
    expect((await ask('https://panel.example')).status).toBe(200);
    expect((await ask('https://other.example')).status).toBe(400);
  } finally {
    await published.end();
  }
});
