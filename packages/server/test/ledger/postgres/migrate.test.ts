import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import type { Database } from '../../../src/ledger/postgres/database.ts';
import { migrate, readPending, type Migration } from '../../../src/ledger/postgres/migrate.ts';
import { ledgerMigrations } from '../../../src/ledger/postgres/postgres-storage.ts';
import { openEmbeddedDatabase } from '../../support/database.ts';
import { refusal } from '../../support/ledger.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedDatabase();
});
afterAll(() => database.close());

const first: Migration = { name: '001-first', sql: 'CREATE TABLE shelf (id int); INSERT INTO shelf VALUES (1)' };
const second: Migration = { name: '002-second', sql: 'ALTER TABLE shelf ADD COLUMN label text' };

/** Each test has tables and a namespace of its own. */
function named(namespace: string, ...migrations: Migration[]): { namespace: string; migrations: Migration[] } {
  return {
    namespace,
    migrations: migrations.map(({ name, sql }) => ({ name, sql: sql.replaceAll('shelf', namespace) })),
  };
}

test('migrations are applied in order, once, and later ones when they come', async () => {
  expect(await migrate(database.pool, named('steps', first))).toEqual(['001-first']);
  expect(await migrate(database.pool, named('steps', first))).toEqual([]);
  expect(await readPending(database.pool, named('steps', first, second))).toMatchObject([{ name: '002-second' }]);
  expect(await migrate(database.pool, named('steps', first, second))).toEqual(['002-second']);
  const { rows } = await database.pool.query('SELECT * FROM steps');
  expect(rows).toEqual([{ id: 1, label: null }]);
});

test('a migration that was changed after it was applied is refused', async () => {
  await migrate(database.pool, named('changed', first));
  const edited = { ...first, sql: `${first.sql}; SELECT 1` };
  const error = await refusal(migrate(database.pool, named('changed', edited, second)), 'unavailable');
  expect(error.message).toContain('"001-first" was changed after it was applied');
});

test('a database that a newer program used is refused', async () => {
  await migrate(database.pool, named('newer', first, second));
  const error = await refusal(migrate(database.pool, named('newer', first)), 'unavailable');
  expect(error.message).toContain('"002-second"');
});

test('migrations in another order are refused', async () => {
  await migrate(database.pool, named('ordered', first, second));
  await refusal(migrate(database.pool, named('ordered', second, first)), 'unavailable');
});

test('of migrations that fail nothing is applied, and the connection is as good as before', async () => {
  const broken: Migration = { name: '002-broken', sql: 'CREATE TABLE shelf_more (id int); SELECT 1 / 0' };
  await expect(migrate(database.pool, named('failed', first, broken))).rejects.toMatchObject({ code: '22012' });
  const { rows } = await database.pool.query(
    `SELECT to_regclass('failed') AS first, to_regclass('failed_migrations') AS kept`,
  );
  expect(rows).toEqual([{ first: null, kept: null }]);
  expect(await migrate(database.pool, named('failed', first))).toEqual(['001-first']);
});

test('a namespace that is not an identifier is refused', async () => {
  await refusal(migrate(database.pool, { namespace: 'a; DROP TABLE b', migrations: [] }), 'invalid_request');
});

test("the ledger's own migrations create its schema once, with a row for each slot of the system accounts", async () => {
  const options = ledgerMigrations('own');
  expect(await migrate(database.pool, options)).toEqual(options.migrations.map(({ name }) => name));
  expect(await migrate(database.pool, options)).toEqual([]);
  const { rows } = await database.pool.query(
    `SELECT split_part(id, '#', 1) AS id, count(*)::int AS slots, sum(posted)::int AS posted FROM own.accounts
     GROUP BY 1 ORDER BY 1`,
  );
  expect(rows).toEqual([
    { id: 'system:issued', slots: 32, posted: 0 },
    { id: 'system:spent', slots: 32, posted: 0 },
  ]);
});

test.each(ledgerMigrations('own').migrations)(
  'the migration $name of the ledger is one statement, qualifies what it creates, and names its constraints',
  ({ sql }) => {
    expect(sql).not.toContain(';');
    expect(sql).toMatch(/^(CREATE (UNIQUE )?(TABLE|INDEX|SEQUENCE)|ALTER TABLE|INSERT INTO) [^(]*"own"\./);
    const constraints = sql.match(/\b(PRIMARY KEY|UNIQUE \(|CHECK \()/g) ?? [];
    const withNames = sql.match(/CONSTRAINT \w+ (PRIMARY KEY|UNIQUE \(|CHECK \()/g) ?? [];
    expect(withNames).toHaveLength(constraints.length);
  },
);

test('two ledgers in one database have tables, epochs and balances of their own', async () => {
  const [one, other] = [
    await createLedger({ database, schema: 'ledger_one' }),
    await createLedger({ database, schema: 'ledger_other' }),
  ];
  const command = { account: 'user', amount: 5, actor: 'system:test', reason: 'A test', idempotencyKey: 'key' };
  await one.grant(command);
  expect(other.epoch).not.toBe(one.epoch);
  expect(await other.balance('user')).toMatchObject({ version: 0, balance: { posted: 0 } });
  expect(await other.grant(command)).toMatchObject({ version: 1, replayed: false });
  await one.close();
  await other.close();
});

test.each([['Credits'], ['a"b'], ['pg_credits'], ['information_schema'], [''], ['x'.repeat(64)]])(
  'the schema name %j is refused, and nothing is written',
  async (schema) => {
    const error = await refusal(createLedger({ database, schema }), 'invalid_request');
    expect(error.details).toEqual({ field: 'schema' });
  },
);

test.each([
  ['a table of ours', 'CREATE TABLE taken.accounts (id int)'],
  ['our table of migrations', 'CREATE TABLE taken.ledger_migrations (id int, name text)'],
])('a schema in which another program has %s is refused, and nothing is written', async (_what, statement) => {
  await database.pool.query(`DROP SCHEMA IF EXISTS taken CASCADE`);
  await database.pool.query('CREATE SCHEMA taken');
  await database.pool.query(statement);
  const error = await refusal(createLedger({ database, schema: 'taken' }), 'invalid_request');
  expect(error.message).toContain('choose another schema');
  const { rows } = await database.pool.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'taken'`);
  expect(rows).toHaveLength(1);
});
