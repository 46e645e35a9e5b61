import type { Pool } from 'pg';
import { openDatabase } from 'realtime-credits-server';
import { expect, test, vi } from 'vitest';
import { createPostgresDatabase, type PostgresDatabase } from '../../../../packages/server/test/support/database.ts';
// Declares by what name the run's Postgres server is found.
import '../../../../packages/server/test/support/postgres-server.ts';
import type { ActivityAnswer, ActivityTotalsAnswer, DailyClaimAnswer, ServerCreateAnswer } from '../../lib/api.ts';
import { FREE_TRIES } from '../../server/auth/password-tries.ts';
import { DEMO_USERS, PLAYER } from '../../server/demo/users.ts';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { LIMITS } from '../../server/http/rate-limit.ts';
import {
  nextAddress,
  openTestDashboard,
  ORIGIN,
  PASSWORD,
  type Either,
  type Person,
  type TestDashboard,
} from './support/dashboard.ts';
import { createFakePanel, type FakePanel } from './support/provisioner.ts';
import { SPARK } from './support/order.ts';

const DEMO_PASSWORD = 'a password for the demo users';

interface Instance extends TestDashboard {
  close(): Promise<void>;
}

/** Several instances of the dashboard on one Postgres database, sharing a panel. */
async function openInstances(
  count: number,
  environment: Record<string, string> = {},
): Promise<{ instances: Instance[]; panel: FakePanel; end(): Promise<void> }> {
  const postgres: PostgresDatabase = await createPostgresDatabase();
  const panel = createFakePanel();
  // Together, as several containers do.
  const instances = await Promise.all(
    Array.from({ length: count }, async (): Promise<Instance> => {
      const database = await openDatabase({ url: postgres.url });
      const dashboard = await openTestDashboard({
        database,
        provisioner: panel,
        retryDelaysMs: [],
        limits: { claim: {}, redeem: {}, serverCreate: {} },
        // The instances agree on a secret by the table.
        environment: { BETTER_AUTH_SECRET: '', ...environment },
      });
      return {
        ...dashboard,
        database,
        async close() {
          await dashboard.end();
          await database.close();
        },
      };
    }),
  );
  return {
    instances,
    panel,
    async end() {
      for (const instance of instances) await instance.close();
      await postgres.drop();
    },
  };
}

function claim(instance: Instance, as: Person) {
  return instance.send<Either<DailyClaimAnswer>>('/api/user/daily-login', { as, body: { action: 'claim' } });
}

function order(instance: Instance, as: Person, key: string) {
  return instance.send<Either<ServerCreateAnswer>>('/api/servers/create', {
    as,
    body: SPARK,
    headers: { 'idempotency-key': key },
  });
}

function oneOf(instances: Instance[], index: number): Instance {
  const instance = instances[index % instances.length];
  if (instance === undefined) throw new Error('There is at least one.');
  return instance;
}

test('A8: three instances that start together on an empty Postgres all start, and make and pay each demo user once', async () => {
  const { instances, end } = await openInstances(3, { DEMO: '1', DEMO_PASSWORD });
  try {
    for (const instance of instances) await instance.signIn(PLAYER.email, DEMO_PASSWORD);
    const { database, ledger } = oneOf(instances, 0);
    const users = await database.pool.query('SELECT email FROM "user"');
    expect(users.rows.map(({ email }) => String(email)).toSorted()).toEqual(
      DEMO_USERS.map(({ email }) => email).toSorted(),
    );
    const gifts = await database.pool.query(
      `SELECT count(*)::integer AS given FROM credits.journal WHERE reason = 'Welcome to the demo'`,
    );
    expect(gifts.rows).toEqual([{ given: DEMO_USERS.length }]);
    expect((await ledger.verify()).ok).toBe(true);
  } finally {
    await end();
  }
});

test('two instances on Postgres: one session, one daily claim of many, one server per key', async () => {
  const { instances, panel, end } = await openInstances(2);
  try {
    const first = oneOf(instances, 0);
    const person = await first.signUp('somebody');
    for (const instance of instances) {
      expect((await instance.send('/api/user/me', { as: person })).status).toBe(200);
    }

    const claims = await Promise.all(Array.from({ length: 40 }, (_, index) => claim(oneOf(instances, index), person)));
    expect(claims.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect((await first.ledger.balance(person.id)).balance.available).toBe(25);

    await first.grant(person, 75);
    const orders = await Promise.all([0, 1].map((index) => order(oneOf(instances, index), person, 'the-key')));
    expect(orders.map((reply) => reply.status).toSorted((a, b) => a - b)).toSatisfy(
      // The second instance either waits its turn or asks to come back; it never makes another.
      ([one, two]: number[]) => one === 201 && (two === 201 || two === 503),
    );
    for (const instance of instances) {
      const again = await order(instance, person, 'the-key');
      expect(again.status).toBe(201);
      expect(again.body.data.new_balance).toBe(40);
    }
    expect(panel.servers.size).toBe(1);
    expect((await first.ledger.verify()).ok).toBe(true);
  } finally {
    await end();
  }
});

test('codes: on two instances one user is paid once, and no more users than the code has uses', async () => {
  const { instances, end } = await openInstances(2);
  try {
    const first = oneOf(instances, 0);
    const admin = await first.signUp('boss');
    await first.promote(admin);
    for (const [code, uses] of [
      ['ONCE', 100],
      ['FIVE', 5],
    ] as const) {
      await first.send('/api/admin/codes', { as: admin, body: { code, uses, amount: 10 } });
    }
    const redeem = (index: number, as: Person, code: string) =>
      oneOf(instances, index).send('/api/codes/redeem', { as, body: { code } });

    const person = await first.signUp('eager');
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => redeem(index, person, 'ONCE')));
    expect(many.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(many.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await first.ledger.balance(person.id)).balance.available).toBe(10);

    const people: Person[] = [];
    for (let index = 0; index < 12; index += 1) people.push(await first.signUp(`guest${index}`));
    const guests = await Promise.all(people.map((guest, index) => redeem(index, guest, 'FIVE')));
    expect(guests.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(guests.filter(({ status }) => status === 404)).toHaveLength(7);
    const { rows } = await first.database.pool.query(
      `SELECT code, uses, (SELECT count(*)::int FROM dashboard_redemptions r WHERE r.code = c.code) AS rows
       FROM dashboard_codes c ORDER BY code`,
    );
    expect(rows).toEqual([
      { code: 'FIVE', uses: 5, rows: 5 },
      { code: 'ONCE', uses: 1, rows: 1 },
    ]);
    expect((await first.ledger.verify()).ok).toBe(true);
  } finally {
    await end();
  }
});

/** Locks these users, and lets go once so many requests wait for them. */
async function holdUsers(pool: Pool, ids: readonly string[]) {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query(`SELECT id FROM "user" WHERE id = ANY($1) FOR UPDATE`, [ids]);
  return async (waiting: number, change = 'SELECT 1'): Promise<void> => {
    try {
      const locked = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect((await pool.query(locked)).rows).toHaveLength(waiting), 20_000);
      await client.query(change);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  };
}

test.each([
  ['role', { role: 'user' }],
  ['ban', { banned: true }],
])('C9: of two administrators who end each other at once, on two instances, one stays: %s', async (path, body) => {
  const { instances, end } = await openInstances(2);
  try {
    const first = oneOf(instances, 0);
    const { pool } = first.database;
    const pair = [await first.signUp('ada1'), await first.signUp('bob1')] as const;
    for (const person of pair) await first.promote(person);
    const act = (index: number, as: Person, whom: Person) =>
      oneOf(instances, index).send(`/api/admin/users/${whom.id}/${path}`, { as, body: { reason: 'First', ...body } });
    // Both are let in before either takes effect.
    const release = await holdUsers(
      pool,
      pair.map(({ id }) => id),
    );
    const replies = [act(0, pair[0], pair[1]), act(1, pair[1], pair[0])];
    await release(2);
    const statuses = (await Promise.all(replies)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 404]);
    const { rows } = await pool.query(`SELECT 1 FROM "user" WHERE role = 'admin' AND banned IS NOT TRUE`);
    expect(rows).toHaveLength(1);
  } finally {
    await end();
  }
});

test('C9: an account that becomes an administrator’s while it is being closed stays open', async () => {
  const { instances, end } = await openInstances(1);
  try {
    const first = oneOf(instances, 0);
    const person = await first.signUp('ada1');
    const release = await holdUsers(first.database.pool, [person.id]);
    const closing = first.send('/api/user/close', { as: person, body: { password: PASSWORD } });
    await release(1, `UPDATE "user" SET role = 'admin'`);
    expect((await closing).status).toBe(403);
    first.sessions.forget(person.id);
    expect((await first.send('/api/admin/users', { as: person })).status).toBe(200);
  } finally {
    await end();
  }
});

test('C12: where others may come, a secret that is kept in the database is warned of', async () => {
  const { instances, end } = await openInstances(1, { PUBLIC_URL: 'https://panel.example' });
  try {
    expect(instances.flatMap(({ warnings }) => warnings).join()).toContain('BETTER_AUTH_SECRET is not set');
  } finally {
    await end();
  }
});

test('C13: two instances count tries together', async () => {
  const { instances, end } = await openInstances(2);
  try {
    const first = oneOf(instances, 0);
    const person = await first.signUp('counted');
    const transfer = (index: number) =>
      oneOf(instances, index).send('/api/transfers', { as: person, body: { to_username: 'nobody', amount: 1 } });
    const transfers = await Promise.all(
      Array.from({ length: LIMITS.transfer.account + 6 }, (_, index) => transfer(index)),
    );
    expect(transfers.filter(({ status }) => status === 404)).toHaveLength(LIMITS.transfer.account);
    expect(transfers.filter(({ status }) => status === 429)).toHaveLength(6);
    expect(instances.flatMap((instance) => instance.warnings)).toEqual([]);
  } finally {
    await end();
  }
});

test('C8: two instances count wrong passwords together, of an address and of an account', async () => {
  const { instances, end } = await openInstances(2);
  try {
    const first = oneOf(instances, 0);
    const person = await first.signUp('counted');
    const address = nextAddress();
    const guess = (index: number, from: string) =>
      oneOf(instances, index).send('/api/auth/sign-in/email', {
        body: { email: person.email, password: 'wrong-password' },
        headers: { [CLIENT_ADDRESS_HEADER]: from },
      });
    for (let index = 0; index < LIMITS.signIn.address; index += 1) {
      expect((await guess(index, address)).status).toBe(401);
    }
    expect((await guess(0, address)).status).toBe(429);
    const guesses = await Promise.all(Array.from({ length: 20 }, (_, index) => guess(index, nextAddress())));
    // One more than is free: with it the waiting begins.
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(FREE_TRIES + 1 - LIMITS.signIn.address);
    expect(instances.flatMap((instance) => instance.warnings)).toEqual([]);
  } finally {
    await end();
  }
});

test('social: of two ways to sign in that two instances unlink at once, one stays', async () => {
  const { instances, end } = await openInstances(2, {
    GITHUB_CLIENT_ID: 'id',
    GITHUB_CLIENT_SECRET: 'secret',
    GOOGLE_CLIENT_ID: 'id',
    GOOGLE_CLIENT_SECRET: 'secret',
  });
  try {
    const first = oneOf(instances, 0);
    const person = await first.signUp('both');
    const { pool } = first.database;
    // Discord is not configured: it can always go, and is no way in.
    const setProviders = async (...providers: string[]): Promise<void> => {
      await pool.query(`DELETE FROM "account" WHERE "userId" = $1`, [person.id]);
      for (const provider of providers) {
        await pool.query(
          `INSERT INTO "account" (id, "accountId", "providerId", "userId", "createdAt", "updatedAt")
           VALUES ($1, $1, $2, $3, now(), now())`,
          [crypto.randomUUID(), provider, person.id],
        );
      }
    };
    /** Both begin before either can end. */
    const unlinkAtOnce = async (...providers: string[]): Promise<number[]> => {
      const other = await pool.connect();
      try {
        await other.query('BEGIN');
        await other.query(`SELECT 1 FROM "account" WHERE "userId" = $1 FOR UPDATE`, [person.id]);
        const unlinked = providers.map((provider, index) =>
          oneOf(instances, index).send(`/api/user/sign-in/${provider}`, { as: person, method: 'DELETE' }),
        );
        await vi.waitFor(async () => {
          // Not on the connection of the transaction, which sees one state of the activity until its end.
          const { rows } = await pool.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          expect(rows).toHaveLength(providers.length);
        });
        await other.query('COMMIT');
        return (await Promise.all(unlinked)).map(({ status }) => status).toSorted((a, b) => a - b);
      } finally {
        // Ends its transaction, also after a failure.
        other.release(true);
      }
    };
    const readProviders = async () =>
      (
        await pool.query<{ provider: string }>(
          `SELECT "providerId" AS provider FROM "account" WHERE "userId" = $1 ORDER BY 1`,
          [person.id],
        )
      ).rows.map(({ provider }) => provider);

    await setProviders('google', 'github');
    expect(await unlinkAtOnce('google', 'github')).toEqual([200, 409]);
    expect(await readProviders()).toHaveLength(1);
    await setProviders('credential', 'github');
    expect(await unlinkAtOnce('github', 'github')).toEqual([200, 404]);
    expect(await readProviders()).toEqual(['credential']);
    await setProviders('discord', 'github');
    expect(await unlinkAtOnce('discord', 'github')).toEqual([200, 409]);
    expect(await readProviders()).toEqual(['github']);
  } finally {
    await end();
  }
});

test('L9: orders of a dead process are swept by two instances at once, and each is settled once', async () => {
  const { instances, panel, end } = await openInstances(2);
  try {
    const first = oneOf(instances, 0);
    const people = await Promise.all(Array.from({ length: 6 }, (_, index) => first.signUp(`person${index}`)));
    const long = new Date(Date.now() - 60_000).toISOString();
    for (const [index, person] of people.entries()) {
      await first.grant(person, 100);
      const externalId = `credits-left-${index}`;
      const { hold } = await first.ledger.hold({
        account: person.id,
        amount: 60,
        idempotencyKey: 'left-order',
        actor: person.id,
        reason: 'Server “Harbour Town”',
        expiresAfterMs: 600_000,
      });
      await first.database.pool.query(
        `INSERT INTO dashboard_servers
           (user_id, operation_id, request, external_id, plan_cost, setup_fee, status, hold_id, leased_until, created_at)
         VALUES ($1, 'left-order', $2, $3, 60, 0, 'provisioning', $4, $5, $5)`,
        [person.id, JSON.stringify(SPARK), externalId, hold.id, long],
      );
      // Every other one exists at the panel.
      if (index % 2 === 0) panel.servers.set(externalId, index + 1);
    }
    await Promise.all(instances.map((instance) => instance.startSweeping()));
    for (const [index, person] of people.entries()) {
      const { balance } = await first.ledger.balance(person.id);
      const available = index % 2 === 0 ? 100 - 60 : 100;
      expect(balance).toEqual({ posted: available, held: 0, available });
    }
    expect(instances.flatMap((instance) => instance.warnings)).toEqual([]);
    expect((await first.ledger.verify()).ok).toBe(true);
  } finally {
    await end();
  }
});

test('100,000 lines are read page by page, summed as a whole, and exported in pages', async () => {
  const { instances, end } = await openInstances(1);
  try {
    const dashboard = oneOf(instances, 0);
    const person = await dashboard.signUp('somebody');
    await dashboard.grant(person, 1);
    const get = async <Answer extends { data: object }>(path: string): Promise<Answer['data']> =>
      (await dashboard.send<Answer>(`/api/activity${path}`, { as: person })).body.data;
    const page = (query: string) => get<ActivityAnswer>(`?${query}`);
    const totals = (query: string) => get<ActivityTotalsAnswer>(`/totals?${query}`);
    await dashboard.database.pool.query(
      `WITH me AS (UPDATE credits.accounts SET version = 100001, posted = 100001 WHERE id = $1 RETURNING number),
       system AS (SELECT number FROM credits.accounts WHERE id = 'system:issued#0')
     INSERT INTO credits.journal (debit, debit_version, debit_posted, debit_held, credit, credit_version, credit_posted,
         credit_held, amount, kind, actor, key, key_digest, fingerprint, reason, metadata, created_at, hash)
       SELECT system.number, 1000000 + n, 0, 0, me.number, n + 1, n + 1, 0, 1, 'grant', 'system:test', 'bulk-' || n,
         substr(sha256(convert_to('bulk-' || n, 'UTF8')), 1, 16), sha256('f'), 'Bonus ' || n, '{"category":"earn"}',
         now() - interval '1 day' + n * interval '1 second', sha256('x')
       FROM me, system, generate_series(1, 100000) n`,
      [person.id],
    );
    await dashboard.database.pool.query('ANALYZE');
    expect(await totals('')).toMatchObject({ count: 100_001, in: 100_001, balance: { available: 100_001 } });
    const deep = await page('before=50001&limit=100');
    expect(deep.items.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, index) => 50_000 - index));
    expect(deep.next).toBe('49901');
    expect((await page('q=bonus+7777')).items).toHaveLength(11);
    expect(await totals('q=bonus+7777')).toMatchObject({ count: 11, in: 11 });
    const response = await dashboard.fetch(
      new Request(`${ORIGIN}/api/activity/export?q=bonus+99`, { headers: { cookie: person.cookie } }),
    );
    // Two pages of the export: 1,111 lines, the header, and nothing after the last line end.
    expect((await response.text()).split('\r\n')).toHaveLength(1_113);
  } finally {
    await end();
  }
});
