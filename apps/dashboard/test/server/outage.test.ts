import { openEmbedded } from 'realtime-credits-server/embedded';
import type { Database } from 'realtime-credits-server';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTestDashboard, PASSWORD, type Person, type TestDashboard } from './support/dashboard.ts';
import { createFailingDatabase, type FailingDatabase } from './support/failing-pool.ts';

// What the dashboard does while its database is away, or takes no changes.

let opened: Database;
let failing: FailingDatabase;
let dashboard: TestDashboard;
let user: Person;
let nowMs = 0;

beforeAll(async () => {
  opened = await openEmbedded({ memory: true });
  failing = createFailingDatabase(opened);
  dashboard = await openTestDashboard({ database: failing.database, monotonicNow: () => nowMs });
  user = await dashboard.signUp('somebody');
  await dashboard.send('/api/user/me', { as: user }); // makes the profile
});
afterEach(() => {
  failing.fail(null);
  nowMs += 1_000; // readiness holds for a second
});
afterAll(async () => {
  await dashboard.end();
  await opened.close();
});

const SIGN_IN = { email: 'somebody@example.test', password: PASSWORD };

/** Routes that read, and one that changes something. */
const ROUTES: [method: string, path: string, body?: unknown][] = [
  ['GET', '/api/health/ready'],
  ['GET', '/api/user/me'],
  ['GET', '/api/credits'],
  ['GET', '/api/credits/history'],
  ['GET', '/api/credits/stream'],
  ['GET', '/api/servers'],
  ['GET', '/api/referrals'],
  ['GET', '/api/user/daily-login'],
  ['GET', '/api/admin/users'],
  ['GET', '/api/auth/get-session'],
  ['POST', '/api/auth/sign-in/email', SIGN_IN],
  ['POST', '/api/auth/sign-up/email', { ...SIGN_IN, email: 'new@example.test', name: 'New' }],
  ['POST', '/api/auth/sign-out', {}],
  ['POST', '/api/user/daily-login', { action: 'claim' }],
  ['POST', '/api/transfers', { to_username: 'somebody', amount: 1 }],
];

test('A9: while the database is away every route is 503 with Retry-After and an id, and the log has one line', async () => {
  const { warnings } = dashboard;
  failing.fail('everything');
  dashboard.sessions.forget(user.id);
  warnings.length = 0;
  for (let round = 0; round < 3; round += 1) {
    for (const [method, path, body] of ROUTES) {
      const reply = await dashboard.send(path, { as: user, method, body });
      expect([path, reply.status]).toEqual([path, 503]);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(reply.body).toMatchObject({ code: 'unavailable', requestId: reply.headers.get('x-request-id') });
      expect(JSON.stringify(reply.body)).not.toContain('10.0.0.5');
    }
  }
  // Each warning is a message and its cause.
  expect(warnings).toHaveLength(2);
  expect(warnings[1]).toMatchObject({ code: 'unavailable', cause: { code: 'ECONNREFUSED' } });
  expect((await dashboard.send<{ status: string }>('/api/health/live')).body.status).toBe('live');
});

test('A9: a database that takes no changes is not ready, and is still read', async () => {
  expect((await dashboard.send('/api/health/ready')).status).toBe(200);
  nowMs += 1_000;
  failing.fail('changes');
  const ready = await dashboard.send('/api/health/ready');
  expect(ready.status).toBe(503);
  expect(ready.headers.get('retry-after')).toBe('5');
  expect(ready.body.message).toContain('accepts no changes');
  expect((await dashboard.send('/api/health/live')).status).toBe(200);
  expect((await dashboard.send('/api/user/me', { as: user })).status).toBe(200);
  const claim = await dashboard.send('/api/user/daily-login', { as: user, body: { action: 'claim' } });
  expect([claim.status, claim.headers.get('retry-after')]).toEqual([503, '5']);
  const signIn = await dashboard.send('/api/auth/sign-in/email', { body: SIGN_IN });
  expect([signIn.status, signIn.headers.get('retry-after')]).toEqual([503, '5']);
});

test('A9: readiness asks the database once a second, however often it is asked itself', async () => {
  const replies = await Promise.all(Array.from({ length: 20 }, () => dashboard.send('/api/health/ready')));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  failing.fail('everything');
  expect((await dashboard.send('/api/health/ready')).status).toBe(200);
});

test('a bug of better-auth’s is coded and carries the id of its request', async () => {
  await opened.pool.query('ALTER TABLE "session" RENAME TO away');
  try {
    dashboard.warnings.length = 0;
    const reply = await dashboard.send('/api/auth/sign-in/email', { body: SIGN_IN });
    expect(reply.status).toBe(500);
    expect(reply.body).toMatchObject({ code: 'internal', requestId: reply.headers.get('x-request-id') });
    expect(reply.body.message).toContain(reply.body.requestId);
    expect(JSON.stringify(reply.body)).not.toContain('relation');
    expect(String(dashboard.warnings)).toContain(reply.body.requestId);
  } finally {
    await opened.pool.query('ALTER TABLE away RENAME TO "session"');
  }
});

test('every response names its request: an error by the same id in what a person reads', async () => {
  const replies = [
    await dashboard.send('/api/user/me', { as: user }),
    await dashboard.send('/api/nothing'),
    await dashboard.send('/api/auth/get-session', { as: user }),
    await dashboard.send('/api/auth/sign-in/email', { body: { ...SIGN_IN, password: 'wrong-password' } }),
    await dashboard.send('/api/credits', { as: user }),
  ];
  const ids = replies.map(({ headers }) => headers.get('x-request-id'));
  expect(new Set(ids).size).toBe(replies.length);
  expect(ids).not.toContain(null);
  const known = await dashboard.send('/api/user/me', { headers: { 'x-request-id': 'from-the-server-1' } });
  expect([known.headers.get('x-request-id'), known.body.requestId]).toEqual(['from-the-server-1', 'from-the-server-1']);
});

test('what a page could not read is named by the id of its request', async () => {
  failing.fail('everything');
  dashboard.sessions.forget(user.id);
  const headers = new Headers({ cookie: user.cookie });
  const failure = await dashboard.runtime.readMe(headers).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'unavailable', digest: expect.stringMatching(/^[\w-]{36}$/) });
});
