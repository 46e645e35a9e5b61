import { expect, test } from 'vitest';
import type { Receipt } from '../../src/ledger/command.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createFaultyDatabase } from '../support/faulty-database.ts';
import { by, createBench, openAccount, refusal } from '../support/ledger.ts';

// What the group commit does when the database does not do what it is told.

const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));

test('commands that arrive together are one transaction', async () => {
  const account = await openAccount(bench, 1_000);
  const spends = Array.from({ length: 150 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 }));
  await Promise.all(spends);
  const { rows } = await bench.database.pool.query(
    'SELECT count(DISTINCT xmin::text)::int AS transactions FROM credits_entries WHERE account = $1 AND version > 1',
    [account],
  );
  expect(rows).toEqual([{ transactions: 1 }]);
});

test('callers are answered a few at a time, and the next batch goes on in between', async () => {
  const account = await openAccount(bench, 1_000);
  const faulty = createFaultyDatabase(bench.database);
  const ledger = await bench.openLedger({ database: faulty.database });
  const versions: number[] = [];
  let heardAtNext = 0;
  const spends = Array.from({ length: 201 }, async () => {
    const { version } = await ledger.spend({ ...by(account), account, amount: 1 });
    versions.push(version);
    if (versions.length > 1) return;
    // The first batch is committed, and the one command of the second is about to be read.
    void faulty.failAfter('credits_lock', '40001').then(() => {
      heardAtNext = versions.length;
    });
  });
  await Promise.all(spends);
  expect(heardAtNext).toBeGreaterThan(0);
  expect(heardAtNext).toBeLessThan(200);
  expect(versions).toEqual(Array.from({ length: 201 }, (_, index) => index + 2));
});

test.each([['40001'], ['40P01'], ['23505']])('a batch that met another one (%s) is decided again', async (code) => {
  const account = await openAccount(bench, 100);
  const faulty = createFaultyDatabase(bench.database);
  const ledger = await bench.openLedger({ database: faulty.database });
  void faulty.failAfter('credits_write', code);
  const spends = Array.from({ length: 5 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
  const receipts = await Promise.all(spends);
  expect(receipts.map(({ version }) => version)).toEqual([2, 3, 4, 5, 6]);
});

test('a command that the database cannot take fails alone', async () => {
  const account = await openAccount(bench, 100);
  // A rule of the host's own, which the ledger does not know.
  await bench.database.pool.query(`ALTER TABLE credits_transfers ADD CONSTRAINT no_seven CHECK (amount <> 7)`);
  const amounts = [1, 2, 7, 3, 4];
  const outcomes = await Promise.allSettled(
    amounts.map((amount) => bench.ledger.spend({ ...by(account), account, amount })),
  );
  await bench.database.pool.query('ALTER TABLE credits_transfers DROP CONSTRAINT no_seven');
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect((await bench.ledger.balance(account)).balance.available).toBe(90);
  expect((await bench.ledger.verify(account)).differences).toEqual([]);
});

test('a write that does not reach every row that it decided leaves nothing behind', async () => {
  const { pool } = bench.database;
  const account = await openAccount(bench, 100);
  const before = await bench.ledger.verify({ full: true });
  await pool.query(`CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`);
  await pool.query(
    `CREATE TRIGGER skip BEFORE UPDATE ON credits_accounts FOR EACH ROW WHEN (OLD.id = 'house:spent') EXECUTE FUNCTION skip()`,
  );
  await expect(bench.ledger.spend({ ...by(account), account, amount: 1 })).rejects.toMatchObject({ code: '22012' });
  await pool.query('DROP TRIGGER skip ON credits_accounts');
  expect(await bench.ledger.verify({ full: true })).toEqual(before);
  expect((await bench.ledger.spend({ ...by(account), account, amount: 1 })).version).toBe(2);
});

test('a ledger whose database is gone says so, and goes on when it is back', async () => {
  const account = await openAccount(bench, 100);
  const faulty = createFaultyDatabase(bench.database);
  const ledger = await bench.openLedger({ database: faulty.database });
  faulty.failAlways('08006');
  await refusal(ledger.spend({ ...by(account), account, amount: 1 }), 'unavailable');
  faulty.heal();
  expect((await ledger.spend({ ...by(account), account, amount: 1 })).balance.available).toBe(99);
});

test(
  'more commands than may wait are refused at once, and the ones before them are done',
  { timeout: 120_000 },
  async () => {
    const account = await openAccount(bench, 20_000);
    const spends = Array.from({ length: 10_050 }, () => bench.ledger.spend({ ...by(account), account, amount: 1 }));
    const outcomes = await Promise.allSettled<Receipt>(spends);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(50);
    expect(refused[0]).toMatchObject({ code: 'unavailable', details: { retryAfterMs: 1_000 } });
    expect((await bench.ledger.balance(account)).balance.available).toBe(20_000 - 10_000);
  },
);
