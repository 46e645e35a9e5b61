import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/ledger/database.ts';
import { migrate, type Migration } from '../../src/ledger/migrate.ts';
import { LEDGER_MIGRATIONS } from '../../src/ledger/migrations.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { refusal } from '../support/ledger.ts';

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

test("the ledger's own migrations are applied once and leave the house's accounts", async () => {
  const options = { namespace: 'credits', migrations: LEDGER_MIGRATIONS };
  expect(await migrate(database.pool, options)).toEqual(LEDGER_MIGRATIONS.map(({ name }) => name));
  expect(await migrate(database.pool, options)).toEqual([]);
  const { rows } = await database.pool.query('SELECT id FROM credits_accounts ORDER BY id');
  expect(rows).toEqual([{ id: 'house:issued' }, { id: 'house:spent' }]);
});

test.each([[''], ['a b'], ['x'.repeat(129)], ['größer']])(
  'the database itself refuses the account id %j',
  async (id) => {
    await migrate(database.pool, { namespace: 'credits', migrations: LEDGER_MIGRATIONS });
    const insert = database.pool.query('INSERT INTO credits_accounts (id, floor, created_at) VALUES ($1, 0, now())', [
      id,
    ]);
    await expect(insert).rejects.toMatchObject({ code: '23514' });
  },
);
