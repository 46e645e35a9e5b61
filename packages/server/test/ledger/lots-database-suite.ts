import { expect, test } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { createReadStatements } from '../../src/ledger/postgres/batch-read.ts';
import type { SqlQuery } from '../../src/ledger/postgres/database.ts';
import { by, openAccount, type DatabaseBench } from '../support/ledger.ts';
import { recordQueries } from '../support/record-queries.ts';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

const DAY_MS = 24 * 3_600_000;

/** What only a database can show of lots: what they cost, and that changed rows are found. */
export function testLotsInDatabase(bench: DatabaseBench): void {
  const inMs = (ms: number): string => new Date(bench.time.nowMs + ms).toISOString();

  async function numberOf(account: string): Promise<number> {
    const { rows } = await bench.database.pool.query<{ number: string }>(
      'SELECT number FROM credits.accounts WHERE id = $1',
      [account],
    );
    return Number(rows[0]?.number);
  }

  /** An account with 30 credits that expire, 10 of them held and 5 spent, and 100 plain ones. */
  async function openWithLots(): Promise<string> {
    const account = await openAccount(bench, 100);
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 30, expiresAt: inMs(DAY_MS) });
    await bench.ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs: 60_000 });
    await bench.ledger.spend({ ...by(account), account, amount: 5 });
    return account;
  }

  test.each([
    ['credits of a lot that were raised', 'free = free + 1', 'free = free - 1', 'has 16 free and 10 held'],
    ['held credits of a lot that were released', 'held = held - 1', 'held = held + 1', 'has 15 free and 9 held'],
    [
      'an instant that was moved',
      `expires_at = expires_at + interval '1 hour'`,
      `expires_at = expires_at - interval '1 hour'`,
      'does not match the entry that opened it',
    ],
    ['a priority that was changed', 'priority = 1', 'priority = 50', 'does not match the entry that opened it'],
    [
      'an amount that was changed',
      'amount = amount + 1',
      'amount = amount - 1',
      'does not match the entry that opened it',
    ],
  ])('%s is found', async (_what, change, undo, message) => {
    const account = await openWithLots();
    const number = await numberOf(account);
    const { pool } = bench.database;
    await pool.query(`UPDATE credits.lots SET ${change} WHERE account = ${number}`);
    const { differences } = await bench.ledger.verify({ account });
    await pool.query(`UPDATE credits.lots SET ${undo} WHERE account = ${number}`);
    expect(differences.map((each) => each.message)).toContainEqual(expect.stringContaining(message));
    expect(await bench.ledger.verify({ account })).toMatchObject({ ok: true });
  });

  test('a lot that was removed or made up is found, and parcels that were changed', async () => {
    const account = await openWithLots();
    const number = await numberOf(account);
    const { pool } = bench.database;
    const verify = async () => (await bench.ledger.verify({ account })).differences.map(({ message }) => message);
    await pool.query(`CREATE TABLE removed_lot AS SELECT * FROM credits.lots WHERE account = ${number}`);
    await pool.query(`DELETE FROM credits.lots WHERE account = ${number}`);
    expect(await verify()).toContain(`Account ${account} version 2: credits that it brought are in no lot.`);
    await pool.query('INSERT INTO credits.lots SELECT * FROM removed_lot');
    expect(await verify()).toEqual([]);
    await pool.query('UPDATE removed_lot SET part = 1, free = 1, held = 0');
    await pool.query('INSERT INTO credits.lots SELECT * FROM removed_lot');
    expect(await verify()).toEqual([expect.stringContaining('lot 1 has 1 free and 0 held')]);
    await pool.query(`DELETE FROM credits.lots WHERE account = ${number} AND part = 1`);
    await pool.query('DROP TABLE removed_lot');
    const change = (from: string, to: string) =>
      pool.query(
        `UPDATE credits.journal SET lots = replace(lots::text, '${from}', '${to}')::json
         WHERE debit = ${number} AND kind = 'spend'`,
      );
    await change('[[5,', '[[4,');
    expect(await verify()).toContainEqual(expect.stringContaining('its hash does not match'));
    await change('[[4,', '[[5,');
    expect(await verify()).toEqual([]);
  });

  test('the database refuses a lot with more than arrived, and parcels that are not in their form', async () => {
    const account = await openWithLots();
    const number = await numberOf(account);
    const refused = async (statement: string, constraint: string) =>
      expect(bench.database.pool.query(statement)).rejects.toMatchObject({ code: '23514', constraint });
    await refused(`UPDATE credits.lots SET free = 31 WHERE account = ${number}`, 'lots_free');
    await refused(`UPDATE credits.lots SET held = 16 WHERE account = ${number}`, 'lots_held');
    await refused(`UPDATE credits.journal SET lots = '{}' WHERE debit = ${number}`, 'journal_lots');
    await refused(`UPDATE credits.journal SET lots = '[["5",50,null,2,0]]' WHERE debit = ${number}`, 'journal_lots');
  });

  test('accounts without lots send no statement more, and store nothing more', async () => {
    const sent: SqlQuery[] = [];
    const { database } = bench;
    const ledger = await createLedger({
      database: { ...database, pool: recordQueries(database.pool, (query) => sent.push(query)) },
      expirySweepMs: 3_600_000,
      clock: { wallMs: () => bench.time.nowMs, setTimer: () => () => undefined },
    });
    const { namedLots } = createReadStatements('"credits"', 'NULL');
    /** How many statements a command sends, and how many of them are about lots. */
    const count = async (command: () => Promise<unknown>): Promise<[all: number, ofLots: number]> => {
      sent.length = 0;
      await command();
      return [sent.length, sent.filter(({ text }) => text === namedLots.text).length];
    };
    const spendOf = (account: string) => () => ledger.spend({ ...by(account), account, amount: 1 });
    const plain = await openAccount(bench, 100);
    const other = await openAccount(bench, 100);
    const [statements, ofLots] = await count(spendOf(plain));
    expect(ofLots).toBe(0);
    const withLots = await openWithLots();
    // A process looks once more where another one opened the lots.
    expect(await count(spendOf(withLots))).toEqual([statements + 1, 0]);
    expect(await count(spendOf(withLots))).toEqual([statements, 0]);
    const { hold } = await ledger.hold({ ...by(plain), account: plain, amount: 5, expiresAfterMs: 60_000 });
    const { transfer } = await ledger.transfer({ ...by(plain), source: plain, destination: other, amount: 5 });
    for (const command of [
      () => ledger.grant({ ...by('system:test'), account: plain, amount: 1 }),
      () => ledger.transfer({ ...by(plain), source: plain, destination: other, amount: 1 }),
      () => ledger.post({ ...by(plain), hold: hold.id, amount: 1 }),
      () => ledger.void({ ...by(plain), hold: hold.id }),
      () => ledger.reverse({ ...by(plain), transfer: transfer.id }),
    ]) {
      expect((await count(command))[1]).toBe(0);
    }
    const number = await numberOf(plain);
    const { rows } = await database.pool.query<{ stored: number }>(
      `SELECT count(*)::int AS stored FROM credits.lots WHERE account = ${number}
       UNION ALL SELECT count(lots)::int FROM credits.journal WHERE ${number} IN (debit, credit)
       UNION ALL SELECT count(lots)::int FROM credits.holds WHERE account = ${number}`,
    );
    expect(rows.map(({ stored }) => stored)).toEqual([0, 0, 0]);
    await ledger.close();
  });

  test('a spend of more lots than were read reads more of them, and begins and locks once', async () => {
    const sent: SqlQuery[] = [];
    const { database, time } = bench;
    const ledger = await createLedger({
      database: { ...database, pool: recordQueries(database.pool, (query) => sent.push(query)) },
      expirySweepMs: 3_600_000,
      clock: { wallMs: () => time.nowMs, setTimer: () => () => undefined },
    });
    const account = await openAccount(bench, 5);
    for (let made = 0; made < 50; made += 1)
      await ledger.grant({ ...by('system:promo'), account, amount: 1, priority: 1 });
    const { expired } = createReadStatements('"credits"', 'NULL');
    /** How often a command reads lots, and how many transactions it takes. */
    const count = async (command: () => Promise<unknown>): Promise<[reads: number, transactions: number]> => {
      sent.length = 0;
      await command();
      const begun = sent.filter(({ text }) => text.startsWith('BEGIN')).length;
      return [sent.filter(({ text }) => text === expired.text).length, begun];
    };
    const spend = (amount: number) => () => ledger.spend({ ...by(account), account, amount });
    expect(await count(spend(2))).toEqual([1, 1]);
    expect(await count(spend(40))).toEqual([3, 1]);
    // Each command of a batch may take some.
    expect(await count(() => Promise.all([1, 1, 1, 1, 1, 1, 1].map((amount) => spend(amount)())))).toEqual([1, 1]);
    expect((await ledger.balance(account)).balance.available).toBe(6);
    expect(await count(spend(6))).toEqual([1, 1]);
    expect(await ledger.verify({ account })).toMatchObject({ ok: true });
    await ledger.close();
  });

  test('T12 of 10,000 lots a spend reads only the first, by index', { timeout: 180_000 }, async () => {
    const account = await openAccount(bench);
    for (let made = 0; made < 10_000; made += 1_000) {
      await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          bench.ledger.grant({
            ...by('system:promo'),
            account,
            amount: 1,
            priority: index % 5,
            expiresAt: inMs(DAY_MS + ((made + index) % 977)),
          }),
        ),
      );
    }
    const { pool } = bench.database;
    const { text } = createReadStatements('"credits"', 'NULL').expired;
    const client = await pool.connect();
    // Others have lots as well, until the end of this transaction.
    await client.query(`BEGIN; INSERT INTO credits.lots (account, version, part, amount, priority, free, held, expires_at)
      SELECT 1000000 + n / 2, n % 2, 0, 1, 50, 1, 0, now() + n * interval '1 minute' FROM generate_series(1, 20000) n;
      ANALYZE credits.lots`);
    const explain = async (): Promise<Plan> => {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE planned('{${account}}', '${inMs(0)}', '4')`,
      );
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      if (plan === undefined) throw new Error('There is no plan.');
      return plan;
    };
    await client.query(`PREPARE planned AS ${text}`);
    for (const mode of ['force_generic_plan', 'force_custom_plan']) {
      await client.query(`SET plan_cache_mode = ${mode}`);
      const plan = await explain();
      const nodes = nodesOf(plan);
      expect(nodes.flatMap((node) => node['Index Name'] ?? [])).toEqual(
        expect.arrayContaining(['lots_order', 'lots_account_expiry']),
      );
      const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
      expect(scanned).not.toContain('lots');
      expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
      // The path through two indexes, and at most a block for each of 4 lots: of more than 100 that 10,000 lots fill.
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(40);
    }
    await client.query('ROLLBACK');
    await client.query('DEALLOCATE planned');
    client.release();
    await bench.ledger.spend({ ...by(account), account, amount: 3 });
    expect((await bench.ledger.balance(account)).balance.available).toBe(9_997);
  });
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
