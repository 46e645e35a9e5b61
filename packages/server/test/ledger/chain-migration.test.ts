import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { LEDGER_MIGRATIONS } from '../../src/ledger/migrations.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, openAccount } from '../support/ledger.ts';

// A database that was written before there were chains. Its rows are those of a ledger of today without what the later
// migrations add, so that what they add can be compared with what the writer would have written.

const TABLES = ['credits_accounts', 'credits_transfers', 'credits_entries', 'credits_holds', 'credits_operations'];

let today: Database;
let before: Database;
let ledger: Ledger;

async function copy(table: string): Promise<void> {
  const { rows: columns } = await before.pool.query<{ name: string }>(
    'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1',
    [table],
  );
  const names = columns.map(({ name }) => name).join(', ');
  const { rows } = await today.pool.query<{ all: unknown }>(
    `SELECT json_agg(to_json(r)) AS all FROM (SELECT ${names} FROM ${table}) r`,
  );
  await before.pool.query(
    `INSERT INTO ${table} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1)`,
    [JSON.stringify(rows[0]?.all ?? [])],
  );
}

beforeAll(async () => {
  today = await openEmbeddedDatabase();
  before = await openEmbeddedDatabase();
  ledger = await createLedger({ database: today });
  const account = await openAccount({ ledger }, 10_000);
  const other = await openAccount({ ledger });
  await openAccount({ ledger }); // never used: has no entry
  const said = { ...by(account), reason: 'Zoë’s “lunch” \\ 🍜', metadata: { sku: 'ü"\\', nested: [1, { a: null }] } };
  const { transfer } = await ledger.transfer({ ...said, source: account, destination: other, amount: 30 });
  const { hold } = await ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 60_000 });
  await ledger.post({ ...by(account), hold: hold?.id ?? '', amount: 5 });
  await ledger.void({ ...by(account), hold: hold?.id ?? '' });
  await ledger.reverse({ ...by('system:admin'), transfer: transfer?.id ?? '' });
  // More than a piece, so that the chain goes on from one to the next.
  await Promise.all(Array.from({ length: 600 }, () => ledger.spend({ ...by(account), account, amount: 1 })));
  await migrate(before.pool, { namespace: 'credits', migrations: LEDGER_MIGRATIONS.slice(0, 1) });
  await before.pool.query('DELETE FROM credits_accounts');
  for (const table of TABLES) await copy(table);
}, 120_000);

afterAll(async () => {
  await ledger.close();
  await today.close();
  await before.close();
});

test('a ledger that opens a database from before the chain gives every entry the hash that it would have had', async () => {
  const opened = await createLedger({ database: before });
  const heads = await opened.heads();
  expect(heads).toEqual(await ledger.heads());
  expect(heads.heads.map(({ version }) => version)).toContain(606);
  expect(await opened.verify({ full: true, heads: heads.heads })).toMatchObject({ ok: true, differences: [] });
  const account = heads.heads.find(({ version }) => version === 606)?.account ?? '';
  await opened.spend({ ...by(account), account, amount: 1 });
  expect(await opened.verify()).toMatchObject({ ok: true, compared: 4 });
  await opened.close();
});

test('a migration that dies while it makes the chain leaves the database as it was', async () => {
  const database = await openEmbeddedDatabase();
  const [first, ...later] = LEDGER_MIGRATIONS;
  if (first === undefined) throw new Error('There are no migrations.');
  const failing = later.map((migration) => ({
    ...migration,
    ...(migration.fill === undefined ? {} : { fill: () => Promise.reject(new Error('killed')) }),
  }));
  await migrate(database.pool, { namespace: 'credits', migrations: [first] });
  const options = { namespace: 'credits', migrations: [first, ...failing] };
  await expect(migrate(database.pool, options)).rejects.toThrow('killed');
  const { rows } = await database.pool.query(
    `SELECT (SELECT count(*)::int FROM credits_migrations) AS applied, to_regclass('credits_checkpoints') AS later`,
  );
  expect(rows).toEqual([{ applied: 1, later: null }]);
  const names = later.map(({ name }) => name);
  expect(await migrate(database.pool, { namespace: 'credits', migrations: LEDGER_MIGRATIONS })).toEqual(names);
  await database.close();
});
