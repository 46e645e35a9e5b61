import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../../../src/clock.ts';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import type { Database } from '../../../src/ledger/postgres/database.ts';
import { administer } from '../../support/administer.ts';
import { createPostgresDatabase } from '../../support/database.ts';
import { by, createBench, fresh, openAccount, refusal } from '../../support/ledger.ts';
import { testBehaviour } from '../behaviour-suite.ts';

// The ledger depends on no default: neither of the role nor of the host's process. Everything here runs on a pool of the
// host, without pipelining, as a role whose settings change how values are written, how transactions begin, and what
// names mean, in a process that parses the values of its database differently.

const ROLE = `hostile_${randomBytes(6).toString('hex')}`;

const SETTINGS: Record<string, string> = {
  array_nulls: 'off',
  bytea_output: 'escape',
  client_encoding: 'latin1',
  datestyle: `'German', 'DMY'`,
  default_transaction_deferrable: 'on',
  default_transaction_isolation: `'serializable'`,
  default_transaction_read_only: 'on',
  extra_float_digits: '-15',
  idle_in_transaction_session_timeout: `'20s'`,
  intervalstyle: `'sql_standard'`,
  lock_timeout: `'20s'`,
  plan_cache_mode: `'force_generic_plan'`,
  quote_all_identifiers: 'on',
  search_path: `'nowhere'`,
  standard_conforming_strings: 'off',
  statement_timeout: `'20s'`,
  timezone: `'Asia/Kathmandu'`,
};

const { BOOL, BYTEA, INT8, TEXT, JSON, TIMESTAMPTZ, UUID } = pg.types.builtins;
for (const type of [BOOL, BYTEA, INT8, TEXT, JSON, TIMESTAMPTZ, UUID]) {
  pg.types.setTypeParser(type, () => 'parsed by the host');
}

let pool: pg.Pool;
const bench = createBench(async () => {
  const created = await createPostgresDatabase();
  const name = new URL(created.url).pathname.slice(1);
  await administer(
    created.url,
    `CREATE ROLE ${ROLE} LOGIN PASSWORD '${ROLE}'`,
    `GRANT ALL ON DATABASE ${name} TO ${ROLE}`,
    ...Object.entries(SETTINGS).map(([setting, value]) => `ALTER ROLE ${ROLE} SET ${setting} = ${value}`),
  );
  const url = new URL(created.url);
  url.username = ROLE;
  url.password = ROLE;
  pool = new pg.Pool({ connectionString: url.href });
  return {
    // The bench closes what it opened; the ledger is given the pool itself.
    database: Object.assign(pool, { close: () => pool.end() }) as unknown as Database,
    async drop() {
      await created.drop();
      await administer(inject('postgresUrl'), `DROP ROLE ${ROLE}`);
    },
  };
});

testBehaviour(bench);

test('A3: the settings are those of the session, so the whole behaviour is tested under them', async () => {
  const client = await pool.connect();
  const shown = await client.query({ text: 'SHOW datestyle', types: { getTypeParser: () => (text: unknown) => text } });
  expect(shown.rows).toEqual([{ DateStyle: 'German, DMY' }]);
  expect((await client.query('SELECT now() AS now')).rows).toEqual([{ now: 'parsed by the host' }]);
  await expect(client.query('CREATE TABLE public.t (id int)')).rejects.toMatchObject({ code: '25006' });
  client.release();
});

test('A4: where the process replaced the parsers of pg, transactions, holds that expire, verification and notifications work', async () => {
  const account = await openAccount(bench, 100);
  const other = await bench.openLedger();
  const notified: string[] = [];
  other.onChange((accounts) => notified.push(...accounts));
  await vi.waitFor(() => expect(other.notificationGeneration).not.toBeNull(), { timeout: 20_000 });
  const { hold } = await bench.ledger.transaction(({ ledger }) =>
    ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs: 1_000 }),
  );
  bench.time.nowMs += 1_000;
  expect(await bench.ledger.findHold(hold.id)).toMatchObject({ state: 'expired', remaining: 0 });
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 3, balance: { available: 100 } });
  await vi.waitFor(() => expect(notified).toContain(account), { timeout: 20_000 });
  expect((await bench.ledger.verify()).differences).toEqual([]);
});

test('A3: a command inside a transaction that the host began with its own defaults works or is refused with a code', async () => {
  const account = await openAccount(bench, 100);
  const client = await pool.connect();
  await client.query('BEGIN');
  await refusal(bench.ledger.within(client).spend({ ...by(account), account, amount: 1 }), 'unavailable'); // read only
  await client.query('ROLLBACK');
  await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE');
  const spent = await bench.ledger.within(client).spend({ ...by(account), account, amount: 1 });
  await client.query('COMMIT');
  client.release();
  expect(spent.version).toBe(2);
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 2 });
});

test.each([
  ['lock_timeout', 'kept a lock for too long'],
  ['statement_timeout', 'took longer than its time limit'],
])('A5: a row that stays locked beyond the %s of the role is unavailable, with a sentence', async (limit, sentence) => {
  const account = await openAccount(bench, 100);
  const limited = new pg.Pool({ ...pool.options, password: ROLE, options: `-c ${limit}=300ms` });
  const ledger = await createLedger({ database: limited, clock: { ...SYSTEM_CLOCK, wallMs: () => bench.time.nowMs } });
  const client = await pool.connect();
  try {
    await client.query('BEGIN READ WRITE');
    await client.query(`SELECT 1 FROM credits.accounts WHERE id = '${account}' FOR UPDATE`);
    const error = await refusal(ledger.spend({ ...by(account), account, amount: 1 }), 'unavailable');
    expect(error.message).toContain(sentence);
    expect(error.details).toEqual({ retryAfterMs: 5_000 });
  } finally {
    client.release(true);
    await ledger.close();
    await limited.end();
  }
});

test('a connection of the host that is lost during a command is replaced, and the process continues', async () => {
  const account = await openAccount(bench, 100);
  const spends = Array.from({ length: 20 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 }));
  await bench.ledger
    .transaction(async ({ client, ledger }) => {
      await ledger.hold({ ...by(account), account, amount: 1, expiresAfterMs: 60_000 });
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
    })
    .then(
      () => expect.fail('The connection was not lost.'),
      () => undefined,
    );
  await Promise.all(spends);
  expect(await bench.ledger.balance(account)).toMatchObject({ balance: { posted: 80, held: 0 } });
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a URL', 'postgres://localhost/x'],
  ['a pool of mysql2', { getConnection: () => undefined, query: () => undefined }],
  ['a function, as of postgres.js', Object.assign(() => undefined, { unsafe: () => undefined })],
  ['a pool that answers differently', { connect: async () => null, query: async () => ({ rows: [{ one: 1 }] }) }],
])('%s is refused as a database, in one sentence', async (_what, database) => {
  const error = await refusal(
    createLedger({ database: database as never, schema: fresh('x').replace(':', '_') }),
    'invalid_request',
  );
  expect(error.details).toEqual({ field: 'database' });
});
