import { expect, test } from 'vitest';
import { openDatabase } from '../../src/ledger/database.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { by, createBench, openAccount } from '../support/ledger.ts';

// Batches of two parts, which only a connection that pipelines is sent.

const MANY = 190;

const bench = createBench(async () => {
  const { url, drop } = await createPostgresDatabase();
  return { database: await openDatabase({ url }), drop };
});

function spendAtOnce(account: string, changes: (index: number) => Record<string, unknown> = () => ({})) {
  return Promise.allSettled(
    Array.from({ length: MANY }, (_, index) =>
      bench.ledger.spend({ ...by(account), account, amount: 1, ...changes(index) }),
    ),
  );
}

const codeOf = (outcome: PromiseSettledResult<unknown> | undefined): unknown =>
  outcome?.status === 'rejected' ? (outcome.reason as { code: unknown }).code : null;

test('a batch that is written in parts is one transaction, in order of arrival', async () => {
  const account = await openAccount(bench, 1_000);
  const outcomes = await spendAtOnce(account);
  const versions = outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value.version);
  expect(versions).toEqual(Array.from({ length: MANY }, (_, index) => index + 2));
  const { rows } = await bench.database.pool.query(
    'SELECT count(DISTINCT xmin::text)::int AS transactions FROM credits_entries WHERE account = $1 AND version > 1',
    [account],
  );
  expect(rows).toEqual([{ transactions: 1 }]);
  expect((await bench.ledger.verify({ full: true })).differences).toEqual([]);
});

test('what the first part of a batch takes, the last one does not have: floor, keys, and facts that are paid once', async () => {
  const account = await openAccount(bench, 150);
  const key = `shared:${account}`;
  const outcomes = await spendAtOnce(account, (index) => {
    if (index === 1 || index === 130) return { idempotencyKey: key };
    return index === 2 || index === 131 ? { once: 'fact' } : {};
  });
  // 190 spends; one is a replay and one a fact that was paid, so that 150 others take all there is.
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(151);
  expect(outcomes[130]).toMatchObject({ status: 'fulfilled', value: { replayed: true, version: 3 } });
  expect(codeOf(outcomes[131])).toBe('already_claimed');
  expect(outcomes.slice(152).every((outcome) => codeOf(outcome) === 'insufficient_credits')).toBe(true);
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 151, balance: { available: 0 } });
});

test.each([3, 100, 185])(
  'a command that the database cannot take, number %i of a batch, fails alone',
  async (refused) => {
    const account = await openAccount(bench, 1_000);
    // A rule of the host's own, which the ledger does not know.
    await bench.database.pool.query(`ALTER TABLE credits_transfers ADD CONSTRAINT no_seven CHECK (amount <> 7)`);
    const outcomes = await spendAtOnce(account, (index) => ({ amount: index === refused ? 7 : 1 }));
    await bench.database.pool.query('ALTER TABLE credits_transfers DROP CONSTRAINT no_seven');
    expect(outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([refused]);
    expect((await bench.ledger.balance(account)).balance.available).toBe(1_000 - MANY + 1);
    expect((await bench.ledger.verify(account)).differences).toEqual([]);
  },
);

test('a batch whose balances cannot be written leaves nothing of its first part', async () => {
  const { pool } = bench.database;
  const account = await openAccount(bench, 1_000);
  const before = await bench.ledger.verify({ full: true });
  await pool.query(`CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`);
  await pool.query(
    `CREATE TRIGGER skip BEFORE UPDATE ON credits_accounts FOR EACH ROW WHEN (OLD.id = 'house:spent') EXECUTE FUNCTION skip()`,
  );
  const outcomes = await spendAtOnce(account);
  await pool.query('DROP TRIGGER skip ON credits_accounts');
  expect(outcomes.every((outcome) => codeOf(outcome) === '22012')).toBe(true);
  expect(await bench.ledger.verify({ full: true })).toEqual(before);
  expect((await spendAtOnce(account)).every(({ status }) => status === 'fulfilled')).toBe(true);
});
