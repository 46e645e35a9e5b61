import { expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { createReadStatements } from '../../src/ledger/postgres/batch-read.ts';
import type { SqlQuery } from '../../src/ledger/postgres/database.ts';
import { by, openAccount, type DatabaseBench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';
import { recordQueries } from '../support/record-queries.ts';

/** What only a database can show of rates: what they cost, and that changed rows are found. */
export function testRatesInDatabase(bench: DatabaseBench): void {
  /** An account with 1,000 credits and a rate of 60 per hour that has charged 10. */
  async function openWithRate(): Promise<{ account: string; rate: string }> {
    const account = await openAccount(bench, 1_000);
    const command = { ...by('system:panel'), account, resource: 'server', amount: 60, per: 'hour' as const };
    const { rate } = await bench.ledger.startRate(command);
    bench.time.nowMs += 10 * 60_000;
    await bench.ledger.balance(account);
    return { account, rate: rate.id };
  }

  test('accounts without rates send no statement more, and store nothing more', async () => {
    const sent: SqlQuery[] = [];
    const { database } = bench;
    const ledger = await createLedger({
      database: { ...database, pool: recordQueries(database.pool, (query) => sent.push(query)) },
      expirySweepMs: HOUR_MS,
      clock: { wallMs: () => bench.time.nowMs, setTimer: () => () => undefined },
    });
    const { rates } = createReadStatements('"credits"', 'NULL');
    /** How many statements a command sends, and how many of them are about rates. */
    const count = async (account: string): Promise<[all: number, ofRates: number]> => {
      sent.length = 0;
      await ledger.grant({ ...by('system:test'), account, amount: 1 });
      return [sent.length, sent.filter(({ text }) => text === rates.text).length];
    };
    const plain = await openAccount(bench, 100);
    const [statements, ofRates] = await count(plain);
    expect(ofRates).toBe(0);
    const { account } = await openWithRate();
    // Nothing has accrued: the spent account is not locked.
    expect(await count(account)).toEqual([statements + 2, 1]);
    // The process knows the account now: it looks no more.
    expect(await count(account)).toEqual([statements + 1, 1]);
    bench.time.nowMs += HOUR_MS;
    // What has accrued is charged: the batch begins again with the spent account.
    const beginnings = () => sent.filter(({ text }) => text.startsWith('BEGIN')).length;
    const [more] = await count(account);
    expect([more > statements + 1, beginnings()]).toEqual([true, 2]);
    bench.time.nowMs += HOUR_MS;
    sent.length = 0;
    await ledger.balance(account);
    expect(beginnings()).toBe(1);
    await ledger.close();
  });

  test('the database refuses rates and rows of rates that are not in their form', async () => {
    const { rate } = await openWithRate();
    const refused = async (statement: string, constraint: string) =>
      expect(bench.database.pool.query(statement)).rejects.toMatchObject({ code: '23514', constraint });
    const update = (change: string) => `UPDATE credits.rates SET ${change} WHERE id = '${rate}'`;
    await refused(update('amount = 0'), 'rates_amount');
    await refused(update('remainder = -1'), 'rates_remainder');
    await refused(update('prepaid = charged + 1'), 'rates_charged');
    await refused(update("settled_until = started_at - interval '1 second'"), 'rates_settled');
    await refused(update("per = 'year'"), 'rates_per');
    await refused(update("state = 'stopped'"), 'rates_state');
    const rows = (change: string) => `UPDATE credits.journal SET ${change} WHERE rate->>0 = '${rate}'`;
    await refused(rows(`rate = '[]'`), 'journal_rate');
    await refused(`${rows('rate = NULL')} AND kind = 'charge'`, 'journal_shape');
    await refused(`${rows('amount = 0')} AND kind = 'charge'`, 'journal_shape');
    await refused(`${rows('debit = credit')} AND kind = 'charge'`, 'journal_values');
  });

  test('a charge that does not follow from the terms of its rate is found', async () => {
    const { account, rate } = await openWithRate();
    const verify = async () => (await bench.ledger.verify({ account })).differences.map(({ message }) => message);
    const { pool } = bench.database;
    await pool.query(`UPDATE credits.rates SET amount = 61 WHERE id = '${rate}'`);
    expect(await verify()).toEqual([
      `Account ${account} version 3: what rate ${rate} was charged does not follow from its terms.`,
      `Account ${account}: rate ${rate} does not match its entries.`,
    ]);
    await pool.query(`UPDATE credits.rates SET amount = 60 WHERE id = '${rate}'`);
    expect(await verify()).toEqual([]);
    await pool.query(`CREATE TABLE removed_rate AS SELECT * FROM credits.rates WHERE id = '${rate}'`);
    await pool.query(`DELETE FROM credits.rates WHERE id = '${rate}'`);
    expect(await verify()).toEqual([
      `Account ${account} version 2: the rate that it starts does not exist, or is of another account.`,
    ]);
    await pool.query('INSERT INTO credits.rates SELECT * FROM removed_rate');
    await pool.query('DROP TABLE removed_rate');
    expect(await verify()).toEqual([]);
  });

  test('charges of all periods, minimums, suspensions and resumptions follow from their terms', async () => {
    const account = await openAccount(bench, 500);
    for (const per of ['hour', 'day', 'week', 'month'] as const) {
      const command = { ...by('system:panel'), account, resource: per, amount: 61, per, minimum: 7 };
      await bench.ledger.startRate(command);
    }
    for (let step = 0; step < 12; step += 1) {
      bench.time.nowMs += 9 * DAY_MS + step * 12_345_678;
      if (step % 3 === 2) await bench.ledger.grant({ ...by('system:test'), account, amount: 333 });
      await bench.ledger.balance(account);
    }
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  });
}
