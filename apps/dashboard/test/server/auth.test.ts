import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeAnswer, OwnSessionsAnswer } from '../../lib/api.ts';
import { makeAdministrator } from '../../server/auth/make-administrator.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { LIMITS } from '../../server/http/rate-limit.ts';
import { openTestDashboard, ORIGIN, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;

beforeAll(async () => {
  dashboard = await openTestDashboard();
});
afterAll(() => dashboard.end());

const JSON_TYPE = { 'content-type': 'application/json' };

async function statusOf(person: Person): Promise<number> {
  return (await dashboard.send('/api/user/me', { as: person })).status;
}

/** Opens the person's event stream and reads on until it ends; resolves to everything that it said. */
async function followUntilEnd(person: Person): Promise<{ opened: Promise<void>; said: Promise<string> }> {
  const response = await dashboard.fetch(
    new Request(`${ORIGIN}/api/credits/stream`, { headers: { cookie: person.cookie } }),
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  async function readAll(): Promise<string> {
    for (let chunk = await reader?.read(); chunk !== undefined && !chunk.done; chunk = await reader?.read()) {
      text += chunk.value;
      if (text.includes('event: snapshot')) open();
    }
    return text;
  }
  return { opened, said: readAll() };
}

test('the session cookie is out of reach for scripts and for other sites', async () => {
  const { email } = await dashboard.signUp('cookie');
  const reply = await dashboard.send('/api/auth/sign-in/email', { body: { email, password: PASSWORD } });
  const [cookie = ''] = reply.headers.getSetCookie();
  expect(cookie).toMatch(/^dashboard\.session_token=/);
  expect(cookie).toContain('HttpOnly');
  expect(cookie).toContain('SameSite=Lax');
  expect(cookie).not.toContain('Secure');
});

test('C3: over https the session cookie is only sent over https', async () => {
  const url = 'https://panel.example';
  const secure = await openTestDashboard({ environment: { PUBLIC_URL: url } });
  try {
    const { email } = await secure.signUp('secure', { headers: { origin: url } });
    const reply = await secure.send('/api/auth/sign-in/email', {
      body: { email, password: PASSWORD },
      headers: { origin: url },
    });
    const [cookie = ''] = reply.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-dashboard\.session_token=/);
    expect(cookie).toContain('Secure');
    const me = await secure.send<MeAnswer>('/api/user/me', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(me.status).toBe(200);
  } finally {
    await secure.end();
  }
});

test('the first one to register is not an administrator, and a role in the request makes nobody one', async () => {
  const fresh = await openTestDashboard();
  try {
    const reply = await fresh.send<{ user: { role: string } }>('/api/auth/sign-up/email', {
      body: { email: 'first@example.test', password: PASSWORD, name: 'First', username: 'first', role: 'admin' },
      headers: JSON_TYPE,
    });
    const { rows } = await fresh.database.pool.query<{ role: string }>(`SELECT role FROM "user"`);
    expect(rows.map((row) => row.role)).not.toContain('admin');
    expect([200, 400]).toContain(reply.status);
  } finally {
    await fresh.end();
  }
});

test('guessing passwords is stopped with the limits as they are, for the guesser’s address alone', async () => {
  const person = await dashboard.signUp('guessed');
  const guess = (address: string, password = 'wrong-password') =>
    dashboard.send('/api/auth/sign-in/email', {
      body: { email: person.email, password },
      headers: { ...JSON_TYPE, [CLIENT_ADDRESS_HEADER]: address },
    });
  for (let index = 0; index < LIMITS.signIn.address; index += 1) {
    expect((await guess('203.0.113.9')).status).toBe(401);
  }
  const stopped = await guess('203.0.113.9', PASSWORD);
  expect(stopped.status).toBe(429);
  expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await guess('203.0.113.10', PASSWORD)).status).toBe(200);
});

test('signing out ends the session at once, and the streams that it had open', async () => {
  const person = await dashboard.signUp('leaving');
  expect(await statusOf(person)).toBe(200);
  const { opened, said } = await followUntilEnd(person);
  await opened;
  const reply = await dashboard.send('/api/auth/sign-out', { as: person, body: {}, headers: JSON_TYPE });
  expect(reply.status).toBe(200);
  expect(await said).toContain('event: signed-out');
  expect(await statusOf(person)).toBe(401);
});

test('signing out in one browser leaves the other one signed in, with its stream', async () => {
  const first = await dashboard.signUp('twobrowsers');
  const second = await dashboard.signIn(first.email);
  const stays = await followUntilEnd(second);
  await stays.opened;
  await dashboard.send('/api/auth/sign-out', { as: first, body: {}, headers: JSON_TYPE });
  expect(await statusOf(first)).toBe(401);
  expect(await statusOf(second)).toBe(200);
  await dashboard.send('/api/auth/sign-out', { as: second, body: {}, headers: JSON_TYPE });
  const said = await stays.said;
  expect(said.match(/event: signed-out/g)).toHaveLength(1);
});

test('a ban ends every session of the banned at once', async () => {
  const admin = await dashboard.signUp('warden');
  await dashboard.promote(admin);
  const person = await dashboard.signUp('rascal');
  expect(await statusOf(person)).toBe(200);
  const { opened, said } = await followUntilEnd(person);
  await opened;
  const banned = await dashboard.send(`/api/admin/users/${person.id}/ban`, {
    as: admin,
    body: { banned: true, reason: 'Bots' },
  });
  expect(banned.status).toBe(200);
  expect(await said).toContain('event: signed-out');
  expect(await statusOf(person)).toBe(401);
  await expect(dashboard.signIn(person.email)).rejects.toThrow('403');
});

test('a new role counts from the next request on', async () => {
  const admin = await dashboard.signUp('crowner');
  await dashboard.promote(admin);
  const person = await dashboard.signUp('crowned');
  expect((await dashboard.send('/api/admin/users', { as: person })).status).toBe(404);
  const setRole = (role: string) =>
    dashboard.send(`/api/admin/users/${person.id}/role`, { as: admin, body: { role, reason: 'Elected' } });
  await setRole('admin');
  expect((await dashboard.send('/api/admin/users', { as: person })).status).toBe(200);
  await setRole('user');
  expect((await dashboard.send('/api/admin/users', { as: person })).status).toBe(404);
});

test('a body of any length is not read for a sign-in, announced or not', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(40_000));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(chunk);
      controller.enqueue(chunk);
      controller.close();
    },
  });
  const request = new Request(`${ORIGIN}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { origin: ORIGIN, ...JSON_TYPE },
    body,
    duplex: 'half',
  } as RequestInit);
  expect((await dashboard.fetch(request)).status).toBe(413);
});

test('C9: better-auth’s own administration, which leaves no trace, does not exist', async () => {
  const person = await dashboard.signUp('curious');
  for (const path of [
    '/api/auth/admin/list-users',
    '/api/auth/admin/impersonate-user',
    '/api/auth/admin/remove-user',
    '/api/auth/delete-user',
  ]) {
    const response = await dashboard.fetch(
      new Request(`${ORIGIN}${path}`, {
        method: 'POST',
        headers: { origin: ORIGIN, cookie: person.cookie, ...JSON_TYPE },
        body: JSON.stringify({ userId: person.id }),
      }),
    );
    expect(response.status).toBe(404);
  }
});

test('a name without a user name gets one', async () => {
  const reply = await dashboard.send<{ user: { username: string } }>('/api/auth/sign-up/email', {
    body: { email: 'nameless@example.test', password: PASSWORD, name: 'Ünal Öz' },
    headers: JSON_TYPE,
  });
  expect(reply.status).toBe(200);
  expect(reply.body.user.username).toMatch(/^[a-z0-9]+_[0-9a-f]{6}$/);
});

test.each(['http://dashboard.localhost', 'https://panel.example'])(
  'C3: a planted cookie never changes whose session is used, in any order or under any name: %s',
  async (url) => {
    const own = await openTestDashboard({ environment: { PUBLIC_URL: url } });
    try {
      const asked = { origin: url };
      const victim = await own.signUp('victim', { headers: asked });
      const stranger = await own.signUp('stranger', { headers: asked });
      const me = async (...cookies: string[]): Promise<string | number> => {
        const cookie = cookies.join('; ');
        const reply = await own.send<Partial<MeAnswer>>('/api/user/me', { headers: { cookie } });
        const session = await own.send<{ user: { id: string } } | null>('/api/auth/get-session', {
          headers: { cookie },
        });
        // The auth library and the dashboard never disagree.
        expect(session.body?.user.id).toBe(reply.body.user?.id);
        return reply.body.user?.id ?? reply.status;
      };
      const valueOf = ({ cookie }: Person): string => cookie.slice(cookie.indexOf('=') + 1);
      const name = victim.cookie.slice(0, victim.cookie.indexOf('='));
      const otherNames = ['dashboard', '__Secure-dashboard', '__Host-dashboard', ' dashboard', 'DASHBOARD']
        .map((prefix) => `${prefix}.session_token`)
        .filter((other) => other !== name && other.trim() !== name);
      // Remembered: a cache with a key of its own choosing would find it.
      expect(await me(victim.cookie)).toBe(victim.id);
      for (const other of otherNames) {
        const planted = `${other}=${valueOf(victim)}`;
        expect(await me(planted, stranger.cookie), `with ${planted}`).toBe(stranger.id);
        expect(await me(stranger.cookie, planted), `with ${planted}`).toBe(stranger.id);
        expect(await me(planted), `with ${planted}`).toBe(401);
      }
      const [token = ''] = decodeURIComponent(valueOf(victim)).split('.');
      for (const forged of [token, `${token}.`, `${valueOf(victim).slice(0, -8)}AAAAAAAA`, '', '%', '"']) {
        expect(await me(`${name}=${forged}`, stranger.cookie), `with ${forged}`).toBe(stranger.id);
        expect(await me(stranger.cookie, `${name}=${forged}`), `with ${forged}`).toBe(stranger.id);
        expect(await me(`${name}=${forged}`), `with ${forged}`).toBe(401);
      }
      // Twice the same is one; two valid ones are nobody's.
      expect(await me(victim.cookie, victim.cookie)).toBe(victim.id);
      expect(await me(victim.cookie, stranger.cookie)).toBe(401);
      expect(await me(stranger.cookie, victim.cookie)).toBe(401);
      const sent = { to_username: 'stranger', amount: 1 };
      const moved = await own.send('/api/transfers', {
        body: sent,
        headers: { ...asked, cookie: `${stranger.cookie}; dashboard.session_token=${valueOf(victim)}x` },
      });
      expect(moved.status).not.toBe(200);
    } finally {
      await own.end();
    }
  },
);

test('C12: changing the password ends every other session, asked or not', async () => {
  for (const wish of [{}, { revokeOtherSessions: false }]) {
    const first = await dashboard.signUp(`careful${Object.keys(wish).length}`);
    const second = await dashboard.signIn(first.email);
    const changed = await dashboard.send('/api/auth/change-password', {
      as: first,
      body: { currentPassword: PASSWORD, newPassword: 'another-long-password', ...wish },
    });
    expect(changed.status).toBe(200);
    expect(await statusOf(second)).toBe(401);
    // The browser that changed it goes on, with a new session.
    const [cookie = ''] = changed.headers.getSetCookie();
    expect(await statusOf({ ...first, cookie: cookie.split(';')[0] ?? '' })).toBe(200);
  }
});

test('C12: signing up tells nobody whether an address has an account', async () => {
  const known = await dashboard.signUp('known');
  const signUp = async (email: string, name: string, username?: string) => {
    const reply = await dashboard.send<{ user: Record<string, unknown> }>('/api/auth/sign-up/email', {
      body: { email, name, password: 'some-other-password', ...(username === undefined ? {} : { username }) },
    });
    const { user, ...rest } = reply.body;
    const { email: _email, username: _username, displayUsername: _display, ...same } = user;
    return {
      status: reply.status,
      cookies: reply.headers.getSetCookie(),
      rest,
      keys: Object.keys(user),
      usernameLength: String(user['username']).length,
      same,
    };
  };
  expect(await signUp(known.email, 'Somebody')).toEqual(await signUp('unknown1@example.test', 'Somebody'));
  expect(await signUp(known.email.toUpperCase(), 'Somebody', 'wanted_1')).toEqual(
    await signUp('unknown2@example.test', 'Somebody', 'wanted_2'),
  );
  // Nothing happened to who has it.
  await expect(dashboard.signIn(known.email, 'some-other-password')).rejects.toThrow('401');
  expect(await statusOf(await dashboard.signIn(known.email))).toBe(200);
});

test.each([
  ['localhost:3000', 200],
  ['panel.localhost', 200],
  ['127.0.0.1:3000', 200],
  ['[::1]:3000', 200],
  ['192.168.1.20:3000', 200],
  ['evil.example', 403],
  ['localhost.evil.example', 403],
  ['127.0.0.1.nip.io', 403],
  ['127.0.0.1@evil.example', 403],
])('C12: without PUBLIC_URL a mutation of a page at %s is answered %i', async (host, status) => {
  const person = await dashboard.signUp(`host${crypto.randomUUID().slice(0, 8)}`);
  for (const [path, body] of [
    ['/api/user/daily-login', { action: 'check' }],
    ['/api/auth/sign-in/email', { email: person.email, password: PASSWORD }],
    ['/api/credits/operations/resolve', { operations: ['one'] }],
  ] as const) {
    const response = await dashboard.fetch(
      new Request(`http://${host.replace(/.*@/, '')}${path}`, {
        method: 'POST',
        headers: { host, origin: `http://${host}`, cookie: person.cookie, ...JSON_TYPE },
        body: JSON.stringify(body),
      }),
    );
    expect(response.status, `at ${path}`).toBe(status);
  }
});

test('C4: ADMIN_EMAILS makes nobody an administrator whose address was not verified, at no start', async () => {
  const address = 'captain@example.test';
  const environment = { ADMIN_EMAILS: address };
  const before = await openTestDashboard({ environment });
  const stranger = await before.signUp('captain', { email: address });
  const after = await openTestDashboard({ environment, database: before.database });
  const again = await after.signIn(address);
  for (const as of [stranger, again]) expect((await after.send('/api/admin/users', { as })).status).toBe(404);
  expect(after.warnings.join()).toContain(`npm run admin -- ${address}`);
  await after.end();

  await before.database.pool.query(`UPDATE "user" SET "emailVerified" = true WHERE id = $1`, [stranger.id]);
  const verified = await openTestDashboard({ environment, database: before.database });
  expect((await verified.send('/api/admin/users', { as: again })).status).toBe(200);
  await verified.end();
  await before.end();
});

test('C4: the operator’s command makes an administrator, and the former holder of the address is signed out', async () => {
  const own = await openTestDashboard();
  const stranger = await own.signUp('squatter', { email: 'first@example.test' });
  const { created, password } = await makeAdministrator(own.database, 'First@Example.test');
  expect(created).toBe(false);
  await expect(own.signIn('first@example.test')).rejects.toThrow('401');
  const administrator = await own.signIn('first@example.test', password);
  expect((await own.send('/api/admin/users', { as: administrator })).status).toBe(200);
  expect((await own.send('/api/user/me', { as: stranger })).status).toBe(401);

  const second = await makeAdministrator(own.database, 'second@example.test');
  expect(second.created).toBe(true);
  expect(second.password).not.toBe(password);
  const other = await own.signIn('second@example.test', second.password);
  expect((await own.send('/api/admin/users', { as: other })).status).toBe(200);
  await own.end();
});

test('sessions: one is ended by its id, with its stream; the others stay, and no token is told', async () => {
  const here = await dashboard.signUp('choosy');
  const there = await dashboard.signIn(here.email);
  const third = await dashboard.signIn(here.email);
  // A day later, the list is still there.
  await dashboard.database.pool.query(
    `UPDATE "session" SET "createdAt" = "createdAt" - interval '2 days' WHERE "userId" = $1`,
    [here.id],
  );
  const list = (as: Person) => dashboard.send<OwnSessionsAnswer>('/api/user/sessions', { as });
  const listed = await list(there);
  expect(listed.body.data).toHaveLength(3);
  const { rows } = await dashboard.database.pool.query<{ token: string }>(`SELECT token FROM "session"`);
  for (const { token } of rows) expect(JSON.stringify(listed.body)).not.toContain(token);
  const [own] = listed.body.data.filter(({ current }) => current);
  const { opened, said } = await followUntilEnd(there);
  await opened;
  const end = (as: Person) => dashboard.send(`/api/user/sessions/${own?.id}`, { as, method: 'DELETE' });
  expect((await end(await dashboard.signUp('meddler'))).status).toBe(404);
  expect(await statusOf(there)).toBe(200);
  expect((await end(here)).status).toBe(200);
  expect(await said).toContain('event: signed-out');
  expect(await statusOf(there)).toBe(401);
  expect((await end(here)).body.code).toBe('session_not_found');
  for (const person of [here, third]) expect(await statusOf(person)).toBe(200);
  expect((await list(here)).body.data).toHaveLength(2);
});

test('no body of a sign-in or of a session has its token', async () => {
  const person = await dashboard.signUp('tokenless');
  const signedIn = await dashboard.send<object>('/api/auth/sign-in/email', {
    body: { email: person.email, password: PASSWORD },
  });
  const session = await dashboard.send<object>('/api/auth/get-session', { as: person });
  for (const { status, body } of [signedIn, session]) {
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain(person.email);
    expect(JSON.stringify(body)).not.toContain('"token"');
  }
});

test('C12: the database has no token that signs anybody in or sets a password, and who is signed in stays so', async () => {
  const here = await dashboard.signUp('hashed');
  const there = await dashboard.signIn(here.email);
  await dashboard.send('/api/auth/request-password-reset', { body: { email: here.email } });
  const link = await dashboard.readToken('reset', here.email);
  const { pool } = dashboard.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = current_schema()`,
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => JSON.stringify((await pool.query(`SELECT * FROM ${name}`)).rows)),
  );
  expect(texts.join()).toContain(here.email);
  for (const { cookie } of [here, there]) {
    const [token = ''] = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)).split('.');
    expect(token).toHaveLength(32);
    expect(texts.join()).not.toContain(token);
  }
  expect(link.length).toBeGreaterThan(16);
  expect(texts.join()).not.toContain(link);

  // What the database has is no token, also where the secret is known.
  const { rows } = await pool.query<{ token: string }>(`SELECT token FROM "session" WHERE "userId" = $1`, [here.id]);
  for (const { token } of rows) {
    const forged = await signCookie(token);
    expect(await statusOf({ ...here, cookie: forged })).toBe(401);
    // Nor does asking for it to be refreshed, ended or replaced turn it into one.
    await dashboard.send('/api/auth/sign-out', { as: { ...here, cookie: forged }, body: {}, headers: JSON_TYPE });
  }
  expect(await statusOf(here)).toBe(200);

  // A day later, the session is prolonged under its own token.
  await pool.query(`UPDATE "session" SET "expiresAt" = now() + interval '2 days' WHERE "userId" = $1`, [here.id]);
  const prolonged = await dashboard.send('/api/auth/get-session', { as: here });
  expect(prolonged.headers.getSetCookie().join()).toContain(here.cookie);
  expect(await statusOf(here)).toBe(200);
  expect((await dashboard.send('/api/auth/revoke-other-sessions', { as: here, body: {} })).status).toBe(200);
  expect([await statusOf(here), await statusOf(there)]).toEqual([200, 401]);
});

test('C12: a database from before tokens were hashed keeps its sessions', async () => {
  const own = await openTestDashboard();
  const person = await own.signUp('before');
  const [token = ''] = decodeURIComponent(person.cookie.slice(person.cookie.indexOf('=') + 1)).split('.');
  await own.database.pool.query(`UPDATE "session" SET token = $1`, [token]);
  await own.database.pool.query(`DELETE FROM dashboard_users_migrations WHERE name = '003-hashed-tokens'`);
  const later = await openTestDashboard({ database: own.database });
  expect((await later.send('/api/user/me', { as: person })).status).toBe(200);
  const { rows } = await own.database.pool.query(`SELECT token FROM "session"`);
  expect(JSON.stringify(rows)).not.toContain(token);
  await later.end();
  await own.end();
});

/** A session cookie as the dashboard signs it, with the secret of tests. */
async function signCookie(token: string): Promise<string> {
  const secret = new TextEncoder().encode('only-for-tests-only-for-tests-only-for-tests');
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(token));
  return `dashboard.session_token=${encodeURIComponent(`${token}.${Buffer.from(signature).toString('base64')}`)}`;
}
