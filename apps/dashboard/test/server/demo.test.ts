import { expect, test } from 'vitest';
import type { MeAnswer, ServersAnswer } from '../../lib/api.ts';
import { openTestDashboard } from './support/dashboard.ts';

const environment = { DEMO: '1' };
const PASSWORD = 'demo-credits';

test('demo users can sign in, pages are alive, and a second start adds nothing', async () => {
  const first = await openTestDashboard({ environment });
  const player = await first.signIn('player@demo.test', PASSWORD);
  const me = await first.send<MeAnswer>('/api/user/me', { as: player });
  expect(me.body.user).toMatchObject({ username: 'mara', role: 1, coins: me.body.snapshot.balance.available });
  expect(me.body.user.coins).toBeGreaterThan(200);
  const servers = await first.send<ServersAnswer>('/api/servers', { as: player });
  expect(servers.body.data.servers.map((server) => server.status)).toEqual(['failed', 'running']);
  const history = await first.ledger.history(player.id, { limit: 50 });
  expect(new Set(history.entries.map((entry) => entry.verb))).toEqual(
    new Set(['grant', 'transfer', 'spend', 'hold', 'post', 'void']),
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
  expect((await second.ledger.verify({ full: true })).ok).toBe(true);
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
