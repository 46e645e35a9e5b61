import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../../../src/clock.ts';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import { createHostilePool, replaceParsers, ROLE, toDatabase } from '../../support/hostile-defaults.ts';
import { by, createBench, fresh, openAccount, refusal } from '../../support/ledger.ts';
import { testCommands } from '../commands-suite.ts';
import { testHolds } from '../holds-suite.ts';
import { testLots } from '../lots-suite.ts';

// The ledger depends on no default: neither of the role nor of the host's process. Everything here runs on a pool of the
// host, without pipelining, as a role whose settings change how values are written, how transactions begin, and what
// names mean, in a process that parses the values of its database differently.

replaceParsers();

let pool: pg.Pool;
const bench = createBench(async () => {
  const created = await createHostilePool();
  pool = created.pool;
  return { database: toDatabase(pool), drop: created.drop };
});

// The rest of the behaviour is in `hostile-defaults.long.pg.test.ts`.
testCommands(bench);
testHolds(bench);
testLots(bench);

test('A3: the settings are those of the session, so the behaviour is tested under them', async () => {
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
