import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { check, checkNew, toKnown } from './check.ts';
import { runLoad } from './load.ts';
import { createRecord, transferOf, type Record } from './record.ts';

// What the kill loop relies on: that its check sees each kind of loss. Each is made by hand here.

let database: Database;
let ledger: Ledger;
let record: Record;

beforeEach(async () => {
  database = await openEmbeddedDatabase();
  ledger = await createLedger({ database });
  record = createRecord();
  let asked = 0;
  await runLoad(ledger, {
    seed: 11,
    prefix: 'p',
    holds: [],
    publish: (word) => record.add(word),
    isOver: () => (asked += 1) > 120,
  });
});
afterEach(async () => {
  await ledger.close();
  await database.close();
});

async function problems(): Promise<string[]> {
  return (await check(ledger, database.pool, record)).problems;
}

/** What the next process of the kill loop finds, of keys that no check has seen. */
async function newProblems(checked: Iterable<string> = []): Promise<string[]> {
  const known = toKnown(record, new Set(checked));
  return (await checkNew(ledger, database.pool, known, (word) => record.add(word))).problems;
}

/** The key of a transfer that was acknowledged. */
function acknowledged(): string {
  for (const [key, { receipt }] of record.attempts) if (receipt !== null && transferOf(receipt) !== null) return key;
  throw new Error('The load moved nothing.');
}

test('a load that nobody disturbed has no problems', async () => {
  expect(await problems()).toEqual([]);
});

test('an acknowledged command that the tables have lost is found', async () => {
  await database.pool.query('DELETE FROM credits.journal WHERE key = $1', [acknowledged()]);
  expect((await problems()).join()).toContain('was acknowledged, lost, and now applied again');
});

test('a key that names another transfer than its receipt is found', async () => {
  await database.pool.query('UPDATE credits.journal SET debit_version = debit_version + 1000000 WHERE key = $1', [
    acknowledged(),
  ]);
  expect((await problems()).join()).toContain('and then');
});

test('an answer that differs from the first is found', async () => {
  await database.pool.query(
    'UPDATE credits.journal SET debit_posted = debit_posted + 1, credit_posted = credit_posted + 1 WHERE key = $1',
    [acknowledged()],
  );
  expect((await problems()).join()).toContain('and then');
});

test('a command that took effect and was never asked is found', async () => {
  await ledger.grant({ account: 'user:0', amount: 1, actor: 'user:0', reason: 'A stray', idempotencyKey: 'stray' });
  expect((await problems()).join()).toContain('stray is in the journal, and was refused or never asked');
});

test('what a process left undisturbed has no problems for the next one, nor for the one after that', async () => {
  expect(await newProblems()).toEqual([]);
  const checked = [...record.attempts.keys()];
  await ledger.grant({ account: 'user:0', amount: 1, actor: 'user:0', reason: 'Unanswered', idempotencyKey: 'lost' });
  const command = { kind: 'grant', account: 'user:0', amount: 1, actor: 'user:0', reason: 'Unanswered' } as const;
  record.add({ word: 'asked', command: { ...command, idempotencyKey: 'lost' }, times: 1 });
  expect(await newProblems(checked)).toEqual([]);
  expect(record.attempts.get('lost')?.receipt).not.toBeNull();
});

test('the next process finds an acknowledged command that is lost', async () => {
  await database.pool.query('DELETE FROM credits.journal WHERE key = $1', [acknowledged()]);
  expect((await newProblems()).join()).toContain('was acknowledged, lost, and now applied again');
});

test('the next process finds that an older command is lost', async () => {
  const checked = [...record.attempts.keys()];
  await database.pool.query('DELETE FROM credits.journal WHERE key = $1', [acknowledged()]);
  expect((await newProblems(checked)).join()).toContain('operations');
});

test('the next process finds that another command took effect unasked', async () => {
  const checked = [...record.attempts.keys()];
  await ledger.grant({ account: 'user:0', amount: 1, actor: 'user:0', reason: 'A stray', idempotencyKey: 'stray' });
  expect((await newProblems(checked)).join()).toContain('transfers');
});

test('the next process finds a balance that no entry explains', async () => {
  await database.pool.query("UPDATE credits.accounts SET posted = posted + 1 WHERE id = 'user:0'");
  expect(await newProblems()).not.toEqual([]);
});
