import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ActivityAnswer, MeAnswer, ServersAnswer } from '../../lib/api.ts';
import { openTestDashboard, type TestDashboard } from './support/dashboard.ts';

const PASSWORD = 'only-for-tests';
const environment = { DEMO: '1', DEMO_PASSWORD: PASSWORD };

test('demo users can sign in, pages are alive, and a second start adds nothing', async () => {
  const first = await openTestDashboard({ environment });
  const player = await first.signIn('player@demo.test', PASSWORD);
  const me = await first.send<MeAnswer>('/api/user/me', { as: player });
  expect(me.body.user).toMatchObject({ username: 'mara', role: 1, coins: me.body.snapshot.balance.available });
  expect(me.body.user.coins).toBeGreaterThan(200);
  const servers = await first.send<ServersAnswer>('/api/servers', { as: player });
  expect(servers.body.data.servers.map((server) => server.status)).toEqual(['failed', 'running', 'running']);
  expect(servers.body.data.burn).toMatchObject({ per_hour: 2 });
  const activity = await first.send<ActivityAnswer>('/api/activity?type=hosting', { as: player });
  const hosting = activity.body.data.items;
  expect(hosting.reduce((sum, { amount }) => sum + amount, 0)).toBeGreaterThan(30);
  expect(hosting.length).toBeLessThanOrEqual(3);
  const history = await first.ledger.history(player.id, { limit: 50 });
  expect(new Set(history.entries.map((entry) => entry.verb))).toEqual(
    new Set(['grant', 'transfer', 'spend', 'hold', 'post', 'void', 'start', 'charge', 'stop']),
  );
  const circulation = await first.ledger.circulation();

  const second = await openTestDashboard({ environment, database: first.database });
  expect(await second.ledger.circulation()).toEqual(circulation);
  const admin = await second.signIn('admin@demo.test', PASSWORD);
  expect((await second.send('/api/admin/circulation', { as: admin })).status).toBe(200);
  expect(second.runtime.facts.demo?.users.map((user) => user.email)).toEqual([
    'player@demo.test',
    'friend@demo.test',
    'admin@demo.test',
  ]);
  expect((await second.ledger.verify()).ok).toBe(true);
  await second.end();

  // A seed that died half way is completed, and pays nothing twice.
  await first.database.pool.query(`DELETE FROM dashboard_settings WHERE key = 'demo_seeded'`);
  const third = await openTestDashboard({ environment, database: first.database });
  expect(await third.ledger.circulation()).toEqual(circulation);
  await third.end();
  await first.end();
});

test('without demo mode there are no demo users, and no route to practise', async () => {
  const plain = await openTestDashboard({ environment: { DEMO: '0' } });
  try {
    await expect(plain.signIn('player@demo.test', PASSWORD)).rejects.toThrow('401');
    const person = await plain.signUp('serious');
    const reply = await plain.send('/api/examples/credits', {
      as: person,
      body: { effect: 'grant', amount: 1, reason: 'x' },
    });
    expect(reply.status).toBe(404);
    expect(plain.runtime.facts.demo).toBeNull();
  } finally {
    await plain.end();
  }
});

const DEMO_EMAILS = ['player@demo.test', 'friend@demo.test', 'admin@demo.test'];

async function canSignIn(dashboard: TestDashboard, email: string, password: string): Promise<boolean> {
  return dashboard.signIn(email, password).then(
    () => true,
    () => false,
  );
}

test('C1: without a password of the operator’s the demo generates one, keeps it, and no page says it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'demo-password-'));
  const first = await openTestDashboard({ environment: { DEMO: '1', DATA_DIR: directory } });
  const password = first.demoPassword ?? '';
  expect(password).toMatch(/^([2-9a-z]{6}-){2}[2-9a-z]{6}$/);
  expect(JSON.stringify(first.runtime.facts)).not.toContain(password);
  expect((await stat(join(directory, 'demo-password'))).mode & 0o777).toBe(0o600);
  expect(await canSignIn(first, 'admin@demo.test', password)).toBe(true);
  expect(await canSignIn(first, 'admin@demo.test', 'demo-credits')).toBe(false);
  const { rows } = await first.database.pool.query<{ password: string }>(`SELECT password FROM "account"`);
  expect(JSON.stringify(rows)).not.toContain(password);

  const second = await openTestDashboard({ environment: { DEMO: '1', DATA_DIR: directory }, database: first.database });
  expect(second.demoPassword).toBe(password);
  expect(await canSignIn(second, 'player@demo.test', password)).toBe(true);
  await second.end();
  await first.end();
  await rm(directory, { recursive: true, force: true });
});

test.each<[string, Record<string, string>]>([
  ['DEMO=0', { DEMO: '0' }],
  ['a public address', { DEMO: '', PUBLIC_URL: 'https://credits.example' }],
  ['a proxy in front', { DEMO: '', TRUST_PROXY: '1' }],
])('C2: %s on the next start ends demo users, their sessions and their password', async (_what, later) => {
  const before = await openTestDashboard({ environment });
  const admin = await before.signIn('admin@demo.test', PASSWORD);
  expect((await before.send('/api/admin/users', { as: admin })).status).toBe(200);

  const after = await openTestDashboard({ environment: later, database: before.database });
  for (const email of DEMO_EMAILS) expect(await canSignIn(after, email, PASSWORD)).toBe(false);
  expect((await after.send('/api/user/me', { as: admin })).status).toBe(401);
  const left = await after.database.pool.query(
    `SELECT 1 FROM "user" u WHERE email LIKE '%@demo.test' AND (role = 'admin' OR banned IS NOT TRUE
       OR EXISTS (SELECT 1 FROM "account" a WHERE a."userId" = u.id)
       OR EXISTS (SELECT 1 FROM "session" s WHERE s."userId" = u.id))`,
  );
  expect(left.rows).toEqual([]);
  await after.end();

  const again = await openTestDashboard({ environment, database: before.database });
  const back = await again.signIn('admin@demo.test', PASSWORD);
  expect((await again.send('/api/admin/users', { as: back })).status).toBe(200);
  await again.end();
  await before.end();
});

test('C2: another DEMO_PASSWORD takes effect on the next start, and ends the sessions of the one before', async () => {
  const before = await openTestDashboard({ environment });
  const admin = await before.signIn('admin@demo.test', PASSWORD);
  const after = await openTestDashboard({
    environment: { DEMO: '1', DEMO_PASSWORD: 'another-for-tests' },
    database: before.database,
  });
  for (const email of DEMO_EMAILS) {
    expect(await canSignIn(after, email, PASSWORD)).toBe(false);
    expect(await canSignIn(after, email, 'another-for-tests')).toBe(true);
  }
  expect((await after.send('/api/user/me', { as: admin })).status).toBe(401);
  await after.end();
  await before.end();
});
