import { beforeAll, expect, test } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, createBench, openAccount } from '../support/ledger.ts';

// Somebody owns the database: the CHECKs are gone, and any one column of any row is changed by a little. Every column of
// the schema is either found when it changes, or named below as one that is not, with the reason.

const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));

const ENTRIES = 'credits_entries';
const TRANSFERS = 'credits_transfers';
const HOLDS = 'credits_holds';
const ACCOUNTS = 'credits_accounts';
const ANSWERS = 'credits_operations';

const FOUND: Record<string, string> = {
  [ENTRIES]: `account version kind direction amount posted_before held_before posted_after held_after transfer hold
    operation actor reason metadata created_at hash`,
  [TRANSFERS]: `id kind source source_version destination destination_version amount actor reason metadata reverses hold
    created_at`,
  [HOLDS]: 'id account destination amount remaining state actor reason created_at',
  [ACCOUNTS]: 'id floor posted held version hash',
  [ANSWERS]: 'actor key version posted held transfer hold',
};

/** Of which the report names table and column in every row: what they said is written elsewhere too. */
const NAMED: Record<string, string> = {
  [ENTRIES]: `version direction amount posted_before held_before posted_after held_after hold actor reason created_at hash`,
  [TRANSFERS]: 'kind source_version destination_version amount hold created_at',
  [HOLDS]: 'account amount remaining state actor reason created_at',
  [ACCOUNTS]: 'floor posted held version hash',
};

const NOT_FOUND: Record<string, string> = {
  // An extension changes it, and it is no part of any balance.
  [HOLDS]: 'expires_at',
  // The instant at which an empty account was opened: nothing follows from it.
  [ACCOUNTS]: 'created_at',
  // What a repeated command is told, and compared with: copies, from which no balance follows.
  [ANSWERS]: 'account fingerprint once hold_remaining hold_state hold_expires_at created_at',
};

function list(columnsOfTables: Record<string, string>): (readonly [table: string, column: string])[] {
  return Object.entries(columnsOfTables).flatMap(([table, names]) =>
    names.split(/\s+/).map((column) => [table, column] as const),
  );
}

/** Another value of the type, as close as there is one. */
const NUDGES: Record<string, string> = {
  text: `coalesce(%, '') || 'x'`,
  bigint: '% + 100', // by 1, an entry would only get in the way of the next
  uuid: `coalesce(overlay(%::text placing CASE right(%::text, 1) WHEN '0' THEN '1' ELSE '0' END from 36)::uuid, gen_random_uuid())`,
  json: `(coalesce(%::text, '{}') || ' ')::json`,
  bytea: 'set_byte(%, 31, get_byte(%, 31) # 1)',
  'timestamp with time zone': `% + interval '1 microsecond'`,
};

let account = '';
let columns = new Map<string, string>();

beforeAll(async () => {
  const { pool } = bench.database;
  account = await openAccount(bench, 100);
  const other = await openAccount(bench);
  const said = { ...by(account), metadata: { sku: 'x' } };
  const { transfer } = await bench.ledger.transfer({ ...said, source: account, destination: other, amount: 30 });
  const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 60_000 });
  await bench.ledger.post({ ...by(account), hold: hold?.id ?? '', amount: 5 });
  await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer?.id ?? '' });
  const { rows } = await pool.query<{ name: string; type: string }>(
    `SELECT table_name || '.' || column_name AS name, data_type AS type FROM information_schema.columns
     WHERE table_name = ANY($1)`,
    [Object.keys(FOUND)],
  );
  columns = new Map(rows.map(({ name, type }) => [name, type]));
  const { rows: checks } = await pool.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement FROM pg_constraint
     WHERE contype IN ('c', 'n') AND conrelid::regclass::text = ANY($1)`,
    [Object.keys(FOUND)],
  );
  for (const { statement } of checks) await pool.query(statement).catch(() => undefined); // of a primary key: stays
});

/** The rows of the account's history that are changed, one at a time: of each kind of entry one. */
async function findRows(table: string): Promise<string[]> {
  const where: Record<string, string> = {
    [ENTRIES]: 'account = $1',
    [TRANSFERS]: 'source = $1 OR destination = $1',
    [HOLDS]: 'account = $1',
    [ACCOUNTS]: 'id = $1',
    [ANSWERS]: 'actor = $1',
  };
  const order = { [ENTRIES]: 'version', [TRANSFERS]: 'source_version', [ANSWERS]: 'version' }[table] ?? '1';
  const { rows } = await bench.database.pool.query<{ place: string }>(
    `SELECT ctid::text AS place FROM ${table} WHERE ${where[table]} ORDER BY ${order}`,
    [account],
  );
  return rows.map(({ place }) => place);
}

/** Changes a column of a row; returns the undo. */
async function nudge(table: string, column: string, place: string): Promise<() => Promise<unknown>> {
  const { pool } = bench.database;
  const type = columns.get(`${table}.${column}`) ?? '';
  const { rows: before } = await pool.query<{ value: string | null }>(
    `SELECT ${column}::text AS value FROM ${table} WHERE ctid = $1`,
    [place],
  );
  const { rows } = await pool.query<{ place: string }>(
    `UPDATE ${table} SET ${column} = ${(NUDGES[type] ?? '').replaceAll('%', column)} WHERE ctid = $1
     RETURNING ctid::text AS place`,
    [place],
  );
  const now = rows[0]?.place;
  return () =>
    pool.query(`UPDATE ${table} SET ${column} = $2::${type} WHERE ctid = $1`, [now, before[0]?.value ?? null]);
}

function isNamed(table: string, column: string): boolean {
  return list(NAMED).some((place) => place[0] === table && place[1] === column);
}

test('every column of the schema is either found when it changes, or named as one that is not', () => {
  const named = [...list(FOUND), ...list(NOT_FOUND)].map((place) => place.join('.'));
  expect(named.toSorted()).toEqual([...columns.keys()].toSorted());
});

test('the history is in order before anything is changed', async () => {
  expect((await bench.ledger.verify({ full: true })).differences).toEqual([]);
});

test.each(list(FOUND))('a changed %s.%s is found, in any row', async (table, column) => {
  const count = (await findRows(table)).length;
  expect(count).toBeGreaterThan(0);
  for (let index = 0; index < count; index += 1) {
    const place = (await findRows(table))[index] ?? '';
    const undo = await nudge(table, column, place);
    const { differences } = await bench.ledger.verify({ full: true });
    await undo();
    expect(differences, `row ${index}`).not.toEqual([]);
    if (!isNamed(table, column)) continue;
    expect(differences).toContainEqual(expect.objectContaining({ column: `${table}.${column}` }));
  }
  expect((await bench.ledger.verify({ full: true })).differences).toEqual([]);
});

test('history that was written anew, and went on since, is found by every run: the checkpoint stays', async () => {
  const { pool } = bench.database;
  const forged = await openAccount(bench, 100);
  await bench.ledger.verify(forged);
  // As whoever makes a chain of his own: the entry, its hash, and the head.
  await pool.query(`UPDATE credits_entries SET hash = sha256('forged') WHERE account = $1`, [forged]);
  await pool.query(`UPDATE credits_accounts SET hash = sha256('forged') WHERE id = $1`, [forged]);
  await bench.ledger.spend({ ...by(forged), account: forged, amount: 1 });
  for (const options of [{}, {}, { full: true }, {}]) {
    const { differences } = await bench.ledger.verify({ account: forged, ...options });
    const messages = differences.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringMatching(/version 1 had the hash .*: history was written anew/));
  }
});
