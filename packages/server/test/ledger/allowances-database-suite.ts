import { expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { createReadStatements } from '../../src/ledger/postgres/batch-read.ts';
import type { SqlQuery } from '../../src/ledger/postgres/database.ts';
import { by, openAccount, type DatabaseBench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';
import { recordQueries } from '../support/record-queries.ts';

/** What only a database can show of allowances: what they cost, and that changed rows are found. */
export function testAllowancesInDatabase(bench: DatabaseBench): void {
  /** An account with 20 credits per day, of which 3 are carried over, that was refilled once. */
  async function openWithAllowance(): Promise<{ account: string; allowance: string }> {
    const account = await openAccount(bench, 10);
    const anchor = new Date(bench.time.nowMs).toISOString();
    const terms = { amount: 20, per: 'day' as const, timeZone: 'UTC', carryOver: 3, anchor };
    const { allowance } = await bench.ledger.startAllowance({ ...by('system:plans'), account, ...terms });
    bench.time.nowMs += DAY_MS;
    await bench.ledger.balance(account);
    return { account, allowance: allowance.id };
  }

  test('accounts without allowances send no statement more, and store nothing more', async () => {
    const sent: SqlQuery[] = [];
    const { database } = bench;
    const ledger = await createLedger({
      database: { ...database, pool: recordQueries(database.pool, (query) => sent.push(query)) },
      expirySweepMs: HOUR_MS,
      clock: { wallMs: () => bench.time.nowMs, setTimer: () => () => undefined },
    });
    const { allowances } = createReadStatements('"credits"', 'NULL');
    const beginnings = () => sent.filter(({ text }) => text.startsWith('BEGIN')).length;
    /** How many statements a command sends, and how many of them are about allowances. */
    const count = async (account: string): Promise<[all: number, ofAllowances: number]> => {
      sent.length = 0;
      await ledger.spend({ ...by('system:test'), account, amount: 1 });
      return [sent.length, sent.filter(({ text }) => text === allowances.text).length];
    };
    const plain = await openAccount(bench, 100);
    const [statements, ofAllowances] = await count(plain);
    expect([ofAllowances, beginnings()]).toEqual([0, 1]);
    const { account } = await openWithAllowance();
    // Nothing is due: the allowances are read.
    expect(await count(account)).toEqual([statements + 2, 1]);
    // The process knows the account now: it looks no more.
    expect(await count(account)).toEqual([statements + 1, 1]);
    expect(beginnings()).toBe(1);
    bench.time.nowMs += DAY_MS;
    await count(account); // creates the account for what expires
    bench.time.nowMs += DAY_MS;
    // A refill is due: the batch begins again with the accounts that it needs.
    await count(account);
    expect(beginnings()).toBe(2);
    await ledger.close();
  });

  test('the database refuses allowances and rows of allowances that are not in their form', async () => {
    const { allowance } = await openWithAllowance();
    const { pool } = bench.database;
    const refused = async (statement: string, constraint: string, code = '23514') =>
      expect(pool.query(statement)).rejects.toMatchObject({ code, constraint });
    const update = (change: string) => `UPDATE credits.allowances SET ${change} WHERE id = '${allowance}'`;
    await refused(update('amount = 0'), 'allowances_amount');
    await refused(update('carry_over = amount + 1'), 'allowances_carry_over');
    await refused(update('period = -2'), 'allowances_period');
    await refused(update('granted = -1'), 'allowances_granted');
    await refused(update("per = 'hour'"), 'allowances_per');
    const rows = (change: string) => `UPDATE credits.journal SET ${change} WHERE allowance->>0 = '${allowance}'`;
    await refused(rows(`allowance = '[]'`), 'journal_allowance');
    await refused(`${rows('allowance = NULL')} AND kind = 'refill'`, 'journal_shape');
    await refused(`${rows('amount = 0')} AND kind = 'refill'`, 'journal_shape');
    await refused(`${rows("key = 'x'")} AND kind = 'refill'`, 'journal_shape');
  });

  test('T7 the database refuses a second refill of a period', async () => {
    const { account, allowance } = await openWithAllowance();
    bench.time.nowMs += DAY_MS;
    await bench.ledger.balance(account);
    const { pool } = bench.database;
    const again = `UPDATE credits.journal SET allowance = (SELECT allowance FROM credits.journal
        WHERE allowance->>0 = '${allowance}' AND allowance->>1 = '1')
      WHERE allowance->>0 = '${allowance}' AND allowance->>1 = '2'`;
    await expect(pool.query(again)).rejects.toMatchObject({ code: '23505', constraint: 'journal_allowance' });
  });

  test('a grant that does not follow from the terms of its allowance is found', async () => {
    const { account, allowance } = await openWithAllowance();
    const verify = async () => (await bench.ledger.verify({ account })).differences.map(({ message }) => message);
    const { pool } = bench.database;
    const change = async (what: string) =>
      pool.query(`UPDATE credits.allowances SET ${what} WHERE id = '${allowance}'`);
    await change('amount = 21');
    expect(await verify()).toEqual([`Account ${account}: allowance ${allowance} does not match its entries.`]);
    await change('amount = 20, granted = granted + 1');
    expect(await verify()).toHaveLength(1);
    await change("granted = granted - 1, next_at = next_at - interval '1 day', period = period - 1");
    expect(await verify()).toHaveLength(1);
    await change("next_at = next_at + interval '1 day', period = period + 1");
    expect(await verify()).toEqual([]);
    await pool.query(`CREATE TABLE removed_allowance AS SELECT * FROM credits.allowances WHERE id = '${allowance}'`);
    await pool.query(`DELETE FROM credits.allowances WHERE id = '${allowance}'`);
    expect(await verify()).toEqual([
      `Account ${account} version 2: the allowance that it names does not exist, or is of another account.`,
    ]);
    await pool.query('INSERT INTO credits.allowances SELECT * FROM removed_allowance');
    await pool.query('DROP TABLE removed_allowance');
    const refill = (json: string) =>
      pool.query(
        `UPDATE credits.journal SET allowance = '${json}' WHERE allowance->>0 = '${allowance}' AND kind = 'refill'`,
      );
    const { rows } = await pool.query<{ text: string }>(
      `SELECT allowance::text AS text FROM credits.journal WHERE allowance->>0 = '${allowance}' AND kind = 'refill'`,
    );
    const text = rows[0]?.text ?? '';
    await refill(text.replace(/,40]$/, ',41]'));
    expect(await verify()).toContain(
      `Account ${account} version 4: what allowance ${allowance} granted does not follow from its terms.`,
    );
    await refill(text);
    expect(await verify()).toEqual([]);
  });
}
