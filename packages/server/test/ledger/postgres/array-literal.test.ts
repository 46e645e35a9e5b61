import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toArrayLiteral, type ArrayType, type Cell } from '../../../src/ledger/postgres/array-literal.ts';
import type { Database } from '../../../src/ledger/postgres/database.ts';
import { openEmbeddedDatabase } from '../../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedDatabase();
});
afterAll(() => database.close());

/** What Postgres reads from an array, cell by cell, as text. */
async function readBack(type: ArrayType, cells: readonly Cell[]): Promise<(string | null)[]> {
  const { rows } = await database.pool.query<{ cell: string | null }>(
    `SELECT u.cell::text AS cell FROM unnest($1::${type}[]) WITH ORDINALITY AS u(cell, position) ORDER BY position`,
    [toArrayLiteral(type, cells)],
  );
  return rows.map((row) => row.cell);
}

test.each<[ArrayType, Cell[]]>([
  ['text', ['plain', null, '', 'a"b\\c,{d}', 'NULL', ' spaces ', 'größer 👑', 'x'.repeat(49), 'é'.repeat(200)]],
  ['json', ['{}', '{"a": [1, "ü\\""]}', null]],
  ['uuid', ['0198c1de-7cde-7a11-8c1d-3f1a5a2b9c11', null, 'ffffffff-ffff-ffff-ffff-ffffffffffff']],
  ['text', []],
])('an array of %s arrives as it is', async (type, cells) => {
  expect(await readBack(type, cells)).toEqual(cells);
});

test('whole numbers of 53 bits arrive as they are', async () => {
  const cells = [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0, -1, 4_294_967_296, null];
  expect(await readBack('bigint', cells)).toEqual(cells.map((cell) => (cell === null ? null : String(cell))));
});

test('digests arrive as their bytes', async () => {
  const cells = ['', '00', '0123456789abcdef'.repeat(4), null];
  expect(await readBack('bytea', cells)).toEqual(cells.map((cell) => (cell === null ? null : `\\x${cell}`)));
});

test('instants arrive to the millisecond, also those before 2000', async () => {
  const cells = [Date.parse('2026-11-22T21:59:03.207Z'), -1, Date.parse('2000-01-01T00:00:00.000Z')];
  const arrived = await readBack('timestamptz', cells);
  expect(arrived.map((instant) => Date.parse(instant ?? ''))).toEqual(cells);
});

test('any text arrives as it is', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 100 }).filter((value) => !value.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text), { minLength: 1, maxLength: 30 }), async (cells) => {
      expect(await readBack('text', cells)).toEqual(cells);
    }),
    { numRuns: 50 },
  );
});
