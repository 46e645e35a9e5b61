import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MeAnswer } from '../../lib/api.ts';
import { LIMITS } from '../../server/http/rate-limit.ts';
import { openTestDashboard, ORIGIN, type Either, type Person, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
let user: Person;
let other: Person;
let admin: Person;

beforeAll(async () => {
  dashboard = await openTestDashboard({ environment: { DEMO: '1', DEMO_PASSWORD: 'only-for-tests' } });
  user = await dashboard.signUp('somebody');
  other = await dashboard.signUp('otherone');
  admin = await dashboard.signUp('boss');
  await dashboard.promote(admin);
  await dashboard.grant(user, 500);
  await dashboard.grant(other, 500);
  await dashboard.grant(admin, 500);
});
afterAll(() => dashboard.end());

type Access = 'anyone' | 'user' | 'admin';

/** Every route, with a body that it accepts, and who may call it. */
const ROUTES: [method: string, path: string, body: unknown, access: Access, status: number][] = [
  ['GET', '/api/health/live', undefined, 'anyone', 200],
  ['GET', '/api/health/ready', undefined, 'anyone', 200],
  ['GET', '/api/user/me', undefined, 'user', 200],
  ['POST', '/api/user/update-profile', { first_name: 'Some' }, 'user', 200],
  ['GET', '/api/user/daily-login', undefined, 'user', 200],
  ['POST', '/api/user/daily-login', { action: 'check' }, 'user', 200],
  ['POST', '/api/user/daily-login', { action: 'history' }, 'user', 200],
  ['GET', '/api/servers', undefined, 'user', 200],
  ['GET', '/api/servers/catalogue', undefined, 'user', 200],
  ['DELETE', '/api/servers/999999', undefined, 'user', 404],
  ['GET', '/api/referrals', undefined, 'user', 200],
  ['POST', '/api/referrals/claim', { claim_type: 'all' }, 'user', 200],
  ['POST', '/api/transfers', { to_username: 'otherone', amount: 1 }, 'user', 200],
  ['POST', '/api/examples/credits', { effect: 'spend', amount: 1, reason: 'Practice' }, 'user', 200],
  ['GET', '/api/credits', undefined, 'user', 200],
  ['GET', '/api/credits/history', undefined, 'user', 200],
  ['GET', '/api/admin/users', undefined, 'admin', 200],
  ['GET', '/api/admin/users/nobody/coins', undefined, 'admin', 404],
  ['POST', '/api/admin/users/nobody/coins', { amount: 5, reason: 'Because' }, 'admin', 404],
  ['GET', '/api/admin/circulation', undefined, 'admin', 200],
  ['POST', '/api/admin/verify', {}, 'admin', 200],
  ['GET', '/api/admin/provisioning', undefined, 'admin', 200],
  ['POST', '/api/admin/provisioning', { delay_ms: 0, failure: 'none' }, 'admin', 200],
];

test.each(ROUTES)(
  '%s %s %j is decided for a stranger, a user and an administrator',
  async (method, path, body, access, status) => {
    const send = (as: Person | null) => dashboard.send(path, { as, method, body });
    const [stranger, somebody, boss] = [await send(null), await send(user), await send(admin)];
    expect(stranger.status).toBe(access === 'anyone' ? status : 401);
    expect(somebody.status).toBe(access === 'admin' ? 404 : status);
    expect(boss.status).toBe(status);
    // What is hidden answers like what is not there at all.
    expect(somebody.body.code === 'not_found').toBe(access === 'admin');
    for (const reply of [stranger, somebody, boss]) {
      expect(reply.headers.get('cache-control')).toContain('no-store');
      expect(reply.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    }
  },
);

test('L7: a forged identity is nobody: headers, unsigned cookies, and a role in the body change nothing', async () => {
  const forged = encodeURIComponent(
    JSON.stringify({ id: other.id, username: 'otherone', email: other.email, role: 0 }),
  );
  const byHeader = await dashboard.send('/api/user/me', { headers: { 'x-user-data': forged, 'x-user-id': other.id } });
  expect(byHeader.status).toBe(401);
  const [name = '', value = ''] = user.cookie.split('=');
  for (const cookie of [
    `${name}=${value.slice(0, -6)}AAAAAA`,
    `${name}=${other.id}`,
    'session_token=1',
    `x_user_data=${forged}`,
  ]) {
    expect((await dashboard.send('/api/user/me', { headers: { cookie } })).status).toBe(401);
  }
  const asUser = await dashboard.send<MeAnswer>('/api/user/me', { as: user, headers: { 'x-user-data': forged } });
  expect(asUser.body.user.id).toBe(user.id);
  const promoted = await dashboard.send('/api/user/update-profile', { as: user, body: { role: 'admin' } });
  expect(promoted.status).toBe(400);
  expect((await dashboard.send('/api/admin/users', { as: user })).status).toBe(404);
});

test('L7: another user’s id reads nothing and moves nothing', async () => {
  const before = await dashboard.ledger.balance(other.id);
  const attempts: [string, unknown][] = [
    [`/api/admin/users/${other.id}/coins`, { amount: 100, reason: 'Mine now' }],
    ['/api/transfers', { to_username: 'somebody', amount: 5, source: other.id }],
    ['/api/transfers', { to_username: { $ne: null }, amount: 5 }],
    ['/api/user/update-profile', { user_id: other.id, first_name: 'Stolen' }],
    ['/api/user/daily-login', { action: 'claim', user_id: other.id }],
    ['/api/examples/credits', { effect: 'grant', amount: 5, reason: 'x', account: other.id }],
    ['/api/referrals/claim', { claim_type: { $gt: '' } }],
  ];
  for (const [path, body] of attempts) {
    const reply = await dashboard.send(path, { as: user, body });
    expect([400, 404], `${path} ${JSON.stringify(body)}`).toContain(reply.status);
  }
  expect((await dashboard.send(`/api/admin/users/${other.id}/coins`, { as: user })).status).toBe(404);
  const snapshot = await dashboard.send(`/api/credits?account=${other.id}`, { as: user });
  expect(snapshot.status).toBe(400);
  expect(await dashboard.ledger.balance(other.id)).toEqual(before);
});

test('L7: SQL in a name or an id is a name or an id', async () => {
  const evil = `x'; DROP TABLE "user"; --`;
  const transfer = await dashboard.send('/api/transfers', { as: user, body: { to_username: evil, amount: 5 } });
  expect(transfer.status).toBe(404);
  const search = await dashboard.send(`/api/admin/users?query=${encodeURIComponent(evil)}`, { as: admin });
  expect(search.status).toBe(200);
  const byId = await dashboard.send(`/api/admin/users/${encodeURIComponent(evil)}/coins`, { as: admin });
  expect(byId.status).toBe(404);
  expect((await dashboard.send('/api/user/me', { as: user })).status).toBe(200);
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['the origin of a sandboxed frame', { origin: 'null' }],
  ['no origin, and a browser that says cross-site', { origin: null, 'sec-fetch-site': 'cross-site' }],
  ['no origin, and a browser that says same-site', { origin: null, 'sec-fetch-site': 'same-site' }],
])('a mutation from %s is refused, whatever its content type', async (_what, headers) => {
  const before = await dashboard.ledger.balance(user.id);
  for (const type of ['application/json', 'text/plain']) {
    const reply = await dashboard.send('/api/examples/credits', {
      as: user,
      body: { effect: 'spend', amount: 1, reason: 'x' },
      headers: { ...headers, 'content-type': type },
    });
    expect(reply.status).toBe(403);
    expect(reply.body.code).toBe('forbidden');
  }
  const signIn = await dashboard.send('/api/auth/sign-in/email', {
    body: { email: user.email, password: 'x' },
    headers: { ...headers, 'content-type': 'application/json' },
  });
  expect(signIn.status).toBe(403);
  expect(await dashboard.ledger.balance(user.id)).toEqual(before);
});

test('a mutation that no browser sent needs no origin, since nobody’s cookies were lent to it', async () => {
  const reply = await dashboard.send('/api/user/daily-login', {
    as: user,
    body: { action: 'check' },
    headers: { origin: null },
  });
  expect(reply.status).toBe(200);
});

test.each([
  ['malformed JSON', '{"effect":', 400, 'invalid_request'],
  ['a list', '[]', 400, 'invalid_request'],
  ['nothing', undefined, 400, 'invalid_request'],
  ['a string as an amount', { effect: 'spend', amount: '5', reason: 'x' }, 400, 'invalid_request'],
  ['a negative amount', { effect: 'spend', amount: -5, reason: 'x' }, 400, 'invalid_request'],
  ['a fraction', { effect: 'spend', amount: 0.5, reason: 'x' }, 400, 'invalid_request'],
  ['nothing to spend', { effect: 'spend', amount: 0, reason: 'x' }, 400, 'invalid_request'],
  ['more than a safe integer', '{"effect":"spend","amount":9007199254740993,"reason":"x"}', 400, 'invalid_request'],
  ['an exponent beyond everything', '{"effect":"spend","amount":1e400,"reason":"x"}', 400, 'invalid_request'],
  ['a field that does not exist', { effect: 'spend', amount: 5, reason: 'x', to: 'me' }, 400, 'invalid_request'],
  ['a body that is too large', { effect: 'spend', amount: 5, reason: 'x'.repeat(70_000) }, 413, 'body_too_large'],
  ['more than there is', { effect: 'spend', amount: 1_000_000, reason: 'x' }, 402, 'insufficient_credits'],
])('%s is refused with a coded answer, and nothing changes', async (_what, body, status, code) => {
  const before = await dashboard.ledger.balance(user.id);
  const reply = await dashboard.send('/api/examples/credits', { as: user, method: 'POST', body });
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({ success: false, code, status, requestId: expect.any(String) });
  expect(reply.body.snapshot?.balance).toEqual(before.balance);
  expect(await dashboard.ledger.balance(user.id)).toEqual(before);
});

test.each([['a,b'], [''.padEnd(129, 'x')], ['with space']])('the key %j is refused', async (key) => {
  const reply = await dashboard.send('/api/user/daily-login', {
    as: user,
    body: { action: 'claim' },
    headers: { 'idempotency-key': key },
  });
  expect(reply.status).toBe(400);
  expect(reply.body.code).toBe('invalid_request');
});

test('other methods and other paths are told apart', async () => {
  const method = await dashboard.send('/api/user/me', { as: user, method: 'PUT' });
  expect(method.status).toBe(405);
  expect(method.headers.get('allow')).toBe('GET');
  expect((await dashboard.send('/api/user/you', { as: user })).body.code).toBe('not_found');
  expect((await dashboard.send('/api', { as: user })).status).toBe(404);
});

test('claims have a limit per user, and a refused one says when to come back', async () => {
  const eager = await dashboard.signUp('eager');
  for (let index = 0; index < LIMITS.claim.max; index += 1) {
    await dashboard.send('/api/referrals/claim', { as: eager, body: {} });
  }
  const refused = await dashboard.send('/api/referrals/claim', { as: eager, body: {} });
  expect(refused.status).toBe(429);
  expect(refused.body.code).toBe('rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await dashboard.send('/api/referrals/claim', { as: user, body: {} })).status).toBe(200);
});

test('a bug is answered without a word of what it was, under an id that is in the log', async () => {
  await dashboard.database.pool.query('ALTER TABLE dashboard_profiles RENAME TO away');
  try {
    const reply = await dashboard.send<Either<MeAnswer>>('/api/user/me', { as: user });
    expect(reply.status).toBe(500);
    expect(reply.body.code).toBe('internal');
    expect(JSON.stringify(reply.body)).not.toMatch(/relation|dashboard_profiles|SELECT/);
    expect(dashboard.warnings.join(' ')).toContain(reply.body.requestId);
    expect(reply.headers.get('x-request-id')).toBe(reply.body.requestId);
  } finally {
    await dashboard.database.pool.query('ALTER TABLE away RENAME TO dashboard_profiles');
  }
});

test('what a person reads of themselves says nothing of the session, the password or the server', async () => {
  const reply = await dashboard.send<MeAnswer>('/api/user/me', { as: user });
  expect(Object.keys(reply.body).toSorted()).toEqual(['snapshot', 'success', 'user']);
  expect(JSON.stringify(reply.body)).not.toMatch(/password|token|secret|banned|ipAddress/i);
  expect(reply.body.user.coins).toBe(reply.body.snapshot.balance.available);
});

test('origins that the operator trusts may send mutations', async () => {
  const trusting = await openTestDashboard({ environment: { TRUSTED_ORIGINS: 'https://panel.example' } });
  try {
    const person = await trusting.signUp('partner');
    const send = (origin: string) =>
      trusting.send('/api/user/daily-login', { as: person, body: { action: 'check' }, headers: { origin } });
    expect((await send('https://panel.example')).status).toBe(200);
    expect((await send(ORIGIN)).status).toBe(200);
    expect((await send('https://panel.example.evil.example')).status).toBe(403);
  } finally {
    await trusting.end();
  }
});
