import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toArrayParameter, type ArrayType, type Cell } from '../../src/ledger/array-parameter.ts';
import { openDatabase, type Database } from '../../src/ledger/database.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ memory: true });
});
afterAll(() => database.close());

/** What Postgres makes of an array that is sent, cell by cell, as text. */
async function readBack(type: ArrayType, cells: readonly Cell[]): Promise<(string | null)[]> {
  const { rows } = await database.pool.query<{ cell: string | null }>({
    name: `read_back_${type}`,
    text: `SELECT u.cell::text AS cell FROM unnest($1::${type}[], $2::int[]) AS u(cell, position) ORDER BY position`,
    values: [toArrayParameter(type, cells), cells.map((_, index) => index)],
  });
  return rows.map((row) => row.cell);
}

test.each<[ArrayType, Cell[]]>([
  ['text', ['plain', null, '', 'a"b\\c,{d}', 'NULL', 'größer 👑', 'x'.repeat(49), 'é'.repeat(200)]],
  ['json', ['{}', '{"a": [1, "ü"]}', null]],
  ['uuid', ['0198c1de-7cde-7a11-8c1d-3f1a5a2b9c11', null, 'ffffffff-ffff-ffff-ffff-ffffffffffff']],
  ['bytea', ['\\x', '\\x00', `\\x${'0123456789abcdef'.repeat(4)}`, null]],
  ['bigint', ['9007199254740991', '-9007199254740991', '0', '-1', '4294967296', '-4294967296', null]],
  ['text', []],
  ['bigint', [null, null]],
])('an array of %s arrives as it is', async (type, cells) => {
  expect(await readBack(type, cells)).toEqual(cells);
});

test('instants arrive to the millisecond, also those before 2000', async () => {
  const cells = ['2026-11-22T21:59:03.207Z', '1969-12-31T23:59:59.999Z', '2000-01-01T00:00:00.000Z'];
  const arrived = await readBack('timestamptz', cells);
  expect(arrived.map((instant) => new Date(instant ?? '').toISOString())).toEqual(cells);
});

test('an instant that stands in many rows arrives in each of them, and in no other', async () => {
  const [one, other] = ['2026-11-22T21:59:03.207Z', '1969-12-31T23:59:59.999Z'];
  const cells = [null, one, one, one, null, one, other, other, null, null, one];
  const arrived = await readBack('timestamptz', cells);
  expect(arrived.map((instant) => instant && new Date(instant).toISOString())).toEqual(cells);
});

test('any texts and whole numbers arrive as they are', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 100 }).filter((value) => !value.includes('\0'));
  const rows = fc.array(fc.tuple(fc.option(text), fc.option(fc.maxSafeInteger())), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(rows, async (pairs) => {
      const texts = pairs.map(([cell]) => cell);
      const numbers = pairs.map(([, cell]) => cell);
      expect(await readBack('text', texts)).toEqual(texts);
      expect(await readBack('bigint', numbers)).toEqual(numbers.map((cell) => (cell === null ? null : `${cell}`)));
    }),
    { numRuns: 50 },
  );
});
