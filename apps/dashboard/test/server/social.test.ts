import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeAnswer, ReferralsAnswer, SignInWaysAnswer } from '../../lib/api.ts';
import { SOCIAL_PROVIDERS, type SocialProvider } from '../../server/auth/social.ts';
import { referralCookie } from '../../server/referrals/visit.ts';
import { totp } from '../support/totp.ts';
import { openTestDashboard, ORIGIN, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';
import { startFakeProviders, type FakeProviders, type SocialPerson } from './support/social-providers.ts';

let dashboard: TestDashboard;
let providers: FakeProviders;

beforeAll(async () => {
  providers = await startFakeProviders();
  const secrets = SOCIAL_PROVIDERS.flatMap((name) => [
    [`${name.toUpperCase()}_CLIENT_ID`, 'id'],
    [`${name.toUpperCase()}_CLIENT_SECRET`, 'secret'],
  ]);
  dashboard = await openTestDashboard({ environment: Object.fromEntries(secrets) as Record<string, string> });
});
afterAll(async () => {
  await dashboard.end();
  await providers.close();
});

const toCookie = (headers: Headers): string =>
  headers
    .getSetCookie()
    .filter((line) => !/Max-Age=0/i.test(line))
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');

interface Visit {
  next?: string;
  cookie?: string;
  query?: Record<string, string>;
}

/** Goes to a provider and comes back as this person. */
async function visit(provider: SocialProvider, person: SocialPerson, { next, cookie = '', query }: Visit = {}) {
  providers.person = person;
  const sent = await dashboard.send<{ url: string }>('/api/auth/sign-in/social', {
    body: { provider, ...(next === undefined ? {} : { next }) },
  });
  expect(sent.status).toBe(200);
  const to = new URL(sent.body.url);
  expect(to.searchParams.get('redirect_uri')).toBe(`${ORIGIN}/api/auth/callback/${provider}`);
  const back = new URLSearchParams(query ?? { code: 'code', scope: 'ignored' });
  back.set('state', to.searchParams.get('state') ?? '');
  const returned = await dashboard.send(`/api/auth/callback/${provider}?${back}`, {
    headers: { cookie: [toCookie(sent.headers), cookie].filter((part) => part !== '').join('; ') },
  });
  expect(returned.status).toBe(302);
  return { location: returned.headers.get('location'), cookie: toCookie(returned.headers) };
}

async function readMe(cookie: string): Promise<MeAnswer['user'] | null> {
  const { status, body } = await dashboard.send<MeAnswer>('/api/user/me', { headers: { cookie } });
  return status === 200 ? body.user : null;
}

async function verify(person: Person): Promise<void> {
  const token = await dashboard.readToken('verify', person.email);
  expect((await dashboard.send('/api/auth/verify-email', { body: { token } })).status).toBe(200);
}

const REFUSED = '/sign-in?social=refused';

test.each(SOCIAL_PROVIDERS)(
  'social: who comes by %s for the first time has an account, and the same one later',
  async (provider) => {
    const person = { id: '100', name: 'Ada  Lovelace', email: `ada.${provider}@example.test`, verified: true };
    const first = await visit(provider, person, { next: '/earn' });
    expect(first.location).toBe('/earn');
    const me = await readMe(first.cookie);
    expect(me).toMatchObject({ email: person.email, display_name: 'Ada Lovelace', verified: true, avatar_url: null });
    expect(me?.username).toMatch(/^adalovelace_[0-9a-f]{6}$/);
    const again = await visit(provider, { ...person, name: 'Another', email: 'changed@example.test' });
    expect(await readMe(again.cookie)).toMatchObject({ id: me?.id, email: person.email, display_name: 'Ada Lovelace' });
    const { rows } = await dashboard.database.pool.query(`SELECT * FROM "account" WHERE "userId" = $1`, [me?.id]);
    expect(rows).toMatchObject([{ providerId: provider, accessToken: null, refreshToken: null, idToken: null }]);
  },
);

test('social: names of providers follow the rule of signing up', async () => {
  const names = [
    ['Admin', 'New player'],
    ['a\u202Eb', 'New player'],
    // GitHub's own name for somebody who says none.
    ['', 'login'],
    ['x'.repeat(200), 'x'.repeat(60)],
  ] as const;
  for (const [index, [name, shown]] of names.entries()) {
    const { cookie } = await visit('github', {
      id: `20${index}`,
      name,
      email: `named${index}@example.test`,
      verified: true,
    });
    const me = await readMe(cookie);
    expect(me?.display_name).toBe(shown);
    expect(me?.username).not.toMatch(/admin/i);
  }
});

test('social: a referral counts, by whichever way somebody signs up', async () => {
  const referrer = await dashboard.signUp('referrer');
  const { referral_code: code } = (await readMe(referrer.cookie)) ?? { referral_code: '' };
  const [cookie = ''] = referralCookie(code, false).split(';');
  await visit('discord', { id: '300', name: 'Friend', email: 'friend@example.test', verified: true }, { cookie });
  const { body } = await dashboard.send<ReferralsAnswer>('/api/referrals', { as: referrer });
  expect(JSON.stringify(body.data)).toContain('friend_');
});

test('social: an account is linked where both sides verified the address, and is told of nowhere else', async () => {
  const person = await dashboard.signUp('linked');
  const there = { id: '400', name: 'Linked', email: person.email, verified: true };
  expect((await visit('github', there)).location).toBe(REFUSED);
  await verify(person);
  expect((await visit('github', { ...there, verified: false })).location).toBe(REFUSED);
  // What is refused for somebody who has an account is refused as for somebody who has none.
  const nobody = { id: '401', name: 'Nobody', email: 'nobody@example.test', verified: false };
  expect((await visit('github', nobody)).location).toBe(REFUSED);
  const linked = await visit('github', there);
  expect(await readMe(linked.cookie)).toMatchObject({ id: person.id });
  // The password is what it was.
  await dashboard.signIn(person.email);
  const ways = await dashboard.send<SignInWaysAnswer>('/api/user/sign-in', { as: person });
  expect(ways.body.data).toEqual({ has_password: true, second_factor: false, passkeys: [], providers: ['github'] });
  const unlink = (provider: string, cookie: string) =>
    dashboard.send(`/api/user/sign-in/${provider}`, { method: 'DELETE', headers: { cookie } });
  expect((await unlink('credential', person.cookie)).status).toBe(404);
  expect((await unlink('github', person.cookie)).status).toBe(200);
  expect((await unlink('github', person.cookie)).status).toBe(404);
  const only = await visit('github', { id: '402', name: 'Only', email: 'only@example.test', verified: true });
  expect((await unlink('github', only.cookie)).body.code).toBe('last_way_in');
});

/** Links an account from the settings, and comes back as this person. */
async function link(as: Person, provider: SocialProvider, there: SocialPerson, password = PASSWORD) {
  providers.person = there;
  const sent = await dashboard.send<{ url?: string; code?: string }>('/api/auth/link-social', {
    as,
    body: { provider, password },
  });
  const comeBack = async (): Promise<string | null> => {
    const state = new URL(sent.body.url ?? '').searchParams.get('state');
    const returned = await dashboard.send(`/api/auth/callback/${provider}?code=code&state=${state}`, {
      headers: { cookie: `${toCookie(sent.headers)}; ${as.cookie}` },
    });
    return returned.headers.get('location');
  };
  return { status: sent.status, code: sent.body.code, comeBack };
}

async function readProviders(as: Person): Promise<string[]> {
  return (await dashboard.send<SignInWaysAnswer>('/api/user/sign-in', { as })).body.data.providers;
}

test('social: who is signed in links one with the password, whatever its address, and it signs them in', async () => {
  const person = await dashboard.signUp('linker');
  const there = { id: '800', name: 'Elsewhere', email: 'elsewhere@example.test', verified: true };
  expect(await link(person, 'discord', there, 'wrong')).toMatchObject({ status: 400, code: 'INVALID_PASSWORD' });
  const linking = await link(person, 'discord', there);
  expect(linking.status).toBe(200);
  expect(await linking.comeBack()).toBe('/settings');
  expect(await readProviders(person)).toEqual(['discord']);
  expect(await readMe((await visit('discord', there)).cookie)).toMatchObject({ id: person.id, email: person.email });
  // Linked once more, nothing of the provider's is kept either.
  expect(await (await link(person, 'discord', there)).comeBack()).toBe('/settings');
  const { rows } = await dashboard.database.pool.query(
    `SELECT "providerId", "accessToken", "idToken" FROM "account" WHERE "userId" = $1 AND "providerId" <> 'credential'`,
    [person.id],
  );
  expect(rows).toEqual([{ providerId: 'discord', accessToken: null, idToken: null }]);
  const { rows: recorded } = await dashboard.database.pool.query(
    `SELECT details FROM dashboard_audit WHERE target = $1 AND kind = 'sign_in_way'`,
    [person.id],
  );
  expect(recorded).toEqual([{ details: { way: 'discord', on: true } }]);
});

test('social: one that signs somebody else in, or has no verified address, is not linked, and why is not said', async () => {
  const person = await dashboard.signUp('taker');
  const there = { id: '810', name: 'Taken', email: 'taken@example.test', verified: true };
  await visit('google', there);
  expect(await (await link(person, 'google', there)).comeBack()).toBe('/settings?social=refused');
  const unverified = { id: '811', name: 'Unverified', email: 'unverified@example.test', verified: false };
  expect(await (await link(person, 'google', unverified)).comeBack()).toBe('/settings?social=refused');
  expect(await readProviders(person)).toEqual([]);
  expect(dashboard.warnings).toEqual([]);
});

test('social: a link that was begun before the session ended links nothing', async () => {
  const person = await dashboard.signUp('evicted');
  const there = { id: '820', name: 'Thief', email: 'thief@example.test', verified: true };
  const { comeBack } = await link(person, 'github', there);
  const owner = await dashboard.signIn(person.email);
  await dashboard.send('/api/auth/change-password', {
    as: owner,
    body: { currentPassword: PASSWORD, newPassword: 'another-long-password' },
  });
  expect(await comeBack()).toBe('/settings?social=refused');
  expect(await readProviders(await dashboard.signIn(person.email, 'another-long-password'))).toEqual([]);
});

test('social: the last way to sign in stays, also of two that are unlinked at once', async () => {
  const there = { id: '830', name: 'Both', email: 'both@example.test', verified: true };
  const { cookie } = await visit('discord', there);
  await visit('google', { ...there, id: '831' });
  const unlink = (provider: string) =>
    dashboard.send(`/api/user/sign-in/${provider}`, { method: 'DELETE', headers: { cookie } });
  const statuses = await Promise.all([unlink('discord'), unlink('google')]);
  expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
});

test('social: one whose provider is not configured any more is no way to sign in', async () => {
  const partly = await openTestDashboard({ environment: { GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' } });
  try {
    const person = await partly.signUp('stranded');
    await partly.database.pool.query(`UPDATE "account" SET "providerId" = 'discord' WHERE "userId" = $1`, [person.id]);
    await partly.database.pool.query(
      `INSERT INTO "account" (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
       VALUES ('second', '1', 'github', $1, now(), now())`,
      [person.id],
    );
    const unlink = (provider: string) => partly.send(`/api/user/sign-in/${provider}`, { as: person, method: 'DELETE' });
    expect((await unlink('github')).body.code).toBe('last_way_in');
    expect((await unlink('discord')).status).toBe(200);
  } finally {
    await partly.end();
  }
});

test('social: no account links itself to one with a second factor', async () => {
  const person = await dashboard.signUp('doubled');
  await verify(person);
  const begun = await dashboard.send<{ totpURI: string }>('/api/auth/two-factor/enable', {
    as: person,
    body: { password: PASSWORD },
  });
  const secret = new URL(begun.body.totpURI).searchParams.get('secret') ?? '';
  const on = await dashboard.send('/api/auth/two-factor/verify-totp', { as: person, body: { code: totp(secret) } });
  const confirmed = toCookie(on.headers);
  const back = await visit('google', { id: '500', name: 'D', email: person.email, verified: true });
  expect([back.location, await readMe(back.cookie)]).toEqual([REFUSED, null]);
  const there = { id: '501', name: 'D', email: person.email, verified: true };
  expect((await link(await dashboard.signUp('undoubled'), 'google', there)).status).toBe(200);
  expect((await link({ ...person, cookie: confirmed }, 'google', there)).status).toBe(403);
});

test('social: a ban and a closed account hold here as well', async () => {
  const admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
  const there = { id: '600', name: 'Rascal', email: 'rascal@example.test', verified: true };
  const me = await readMe((await visit('discord', there)).cookie);
  await dashboard.send(`/api/admin/users/${me?.id}/ban`, { as: admin, body: { banned: true, reason: 'Bots' } });
  const banned = await visit('discord', there);
  expect([banned.location?.startsWith('/sign-in'), await readMe(banned.cookie)]).toEqual([true, null]);
  const close = await dashboard.send(`/api/admin/users/${me?.id}/close`, { as: admin, body: { reason: 'Asked' } });
  expect(close.status).toBe(200);
  const { rows } = await dashboard.database.pool.query(`SELECT 1 FROM "account" WHERE "userId" = $1`, [me?.id]);
  expect(rows).toEqual([]);
});

test('C7: who made no state comes in by none, and nobody is sent elsewhere', async () => {
  const there = { id: '700', name: 'Sneak', email: 'sneak@example.test', verified: true };
  for (const next of ['https://evil.example', '//evil.example', String.raw`/\evil.example`]) {
    expect((await visit('github', there, { next })).location).toBe('/');
  }
  expect((await visit('github', there, { query: { error: 'access_denied' } })).location).toBe(
    '/sign-in?social=cancelled',
  );
  // Of another browser: the cookie of the state is missing.
  const sent = await dashboard.send<{ url: string }>('/api/auth/sign-in/social', { body: { provider: 'github' } });
  const state = new URL(sent.body.url).searchParams.get('state');
  const planted = await dashboard.send(`/api/auth/callback/github?code=code&state=${state}`);
  expect(planted.headers.get('location')).toMatch(/\/sign-in\?social=refused$/);
  expect(planted.headers.getSetCookie().join()).not.toContain('session_token=');
  const body = { provider: 'github', idToken: { token: 'x' } };
  expect((await dashboard.send('/api/auth/sign-in/social', { body })).status).toBe(400);
  expect((await dashboard.send('/api/auth/callback/github?code=code')).status).toBe(400);
  expect(dashboard.warnings).toEqual([]);
});

test('social: a provider that is not configured does not exist', async () => {
  const plain = await openTestDashboard();
  try {
    const sent = await plain.send('/api/auth/sign-in/social', { body: { provider: 'github' } });
    expect(sent.status).toBe(404);
    expect(plain.runtime.facts.socialProviders).toEqual([]);
    expect(dashboard.runtime.facts.socialProviders).toEqual(['discord', 'google', 'github']);
  } finally {
    await plain.end();
  }
});
