import { randomBytes } from 'node:crypto';
import { openDatabase } from 'realtime-credits-server';
import { expect, inject, test } from 'vitest';
import { administer } from '../../../../packages/server/test/support/administer.ts';
import { createPostgresDatabase } from '../../../../packages/server/test/support/database.ts';
import { hasPgBouncer, startPgBouncer } from '../../../../packages/server/test/support/pgbouncer.ts';
// Declares by what name the run's Postgres server is found.
import '../../../../packages/server/test/support/postgres-server.ts';
import type { ActivityAnswer, DailyClaimAnswer, MeAnswer } from '../../lib/api.ts';
import { ADMIN, PLAYER } from '../../server/demo/users.ts';
import { openTestDashboard, type Either } from './support/dashboard.ts';

// The dashboard's own tables, on servers that behave otherwise than Postgres as it is installed. What the ledger does there
// is in the package's tests.

const DEMO_PASSWORD = 'a password for the demo users';

/** What a role may have that changes how values are written and how transactions begin. */
const SETTINGS: Record<string, string> = {
  array_nulls: 'off',
  bytea_output: 'escape',
  datestyle: `'German', 'DMY'`,
  default_transaction_deferrable: 'on',
  default_transaction_isolation: `'serializable'`,
  extra_float_digits: '-15',
  intervalstyle: `'sql_standard'`,
  standard_conforming_strings: 'off',
  timezone: `'Asia/Kathmandu'`,
};

/** A start with demo users, and what a person and an administrator do. */
async function expectToWork(url: string): Promise<void> {
  const database = await openDatabase({ url });
  const dashboard = await openTestDashboard({ database, environment: { DEMO: '1', DEMO_PASSWORD } });
  try {
    const player = await dashboard.signIn(PLAYER.email, DEMO_PASSWORD);
    const before = (await dashboard.send<MeAnswer>('/api/user/me', { as: player })).body.user.coins;
    const claim = await dashboard.send<Either<DailyClaimAnswer>>('/api/user/daily-login', {
      as: player,
      body: { action: 'claim' },
    });
    expect(claim.status).toBe(200);
    const after = (await dashboard.send<MeAnswer>('/api/user/me', { as: player })).body.user.coins;
    expect(after).toBeGreaterThan(before);
    const person = await dashboard.signUp('fresh');
    expect((await dashboard.send('/api/user/me', { as: person })).status).toBe(200);

    const since = Date.now() - 3_600_000;
    const activity = await dashboard.send<ActivityAnswer>('/api/activity', { as: player });
    expect(activity.status).toBe(200);
    expect(Date.parse(activity.body.data.items[0]?.created_at ?? '')).toBeGreaterThan(since);
    const admin = await dashboard.signIn(ADMIN.email, DEMO_PASSWORD);
    const paths = ['users', 'audit', 'codes', 'deliveries', 'messages', 'rewards', 'transfers'];
    for (const path of [...paths.map((name) => `/api/admin/${name}`), '/api/referrals', '/api/servers']) {
      const reply = await dashboard.send(path, { as: admin });
      expect([path, reply.status]).toEqual([path, 200]);
      for (const [, instant = ''] of JSON.stringify(reply.body).matchAll(/_at":"([^"]*)"/g)) {
        expect(instant).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      }
    }
    expect((await dashboard.ledger.verify()).ok).toBe(true);
  } finally {
    await dashboard.end();
    await database.close();
  }
}

test('A3: the dashboard works for a role whose settings change how values are written', async () => {
  const created = await createPostgresDatabase();
  const role = `hostile_${randomBytes(6).toString('hex')}`;
  const url = new URL(created.url);
  await administer(
    created.url,
    `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`,
    `ALTER DATABASE ${url.pathname.slice(1)} OWNER TO ${role}`,
    ...Object.entries(SETTINGS).map(([setting, value]) => `ALTER ROLE ${role} SET ${setting} = ${value}`),
  );
  url.username = role;
  url.password = role;
  try {
    await expectToWork(url.href);
  } finally {
    await created.drop();
    await administer(inject('postgresUrl'), `DROP ROLE ${role}`);
  }
});

const note = hasPgBouncer ? '' : ' (skipped: it is not installed, apt-get install pgbouncer)';

test.skipIf(!hasPgBouncer)(
  `A2: the dashboard with demo data works behind PgBouncer in transaction mode${note}`,
  async () => {
    const created = await createPostgresDatabase();
    const bouncer = await startPgBouncer(created.url);
    try {
      await expectToWork(bouncer.url);
    } finally {
      await bouncer.stop();
      await created.drop();
    }
  },
);
