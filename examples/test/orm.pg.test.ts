import knex, { type Knex } from 'knex';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createLedger, type Ledger, type TransferReceipt } from 'realtime-credits-server';
import { createPostgresDatabase } from '../../packages/server/test/support/database.ts';
import { buy as buyWithDrizzle } from '../orm/drizzle.ts';
import { buy as buyWithKnex } from '../orm/knex.ts';
import { buy as buyWithKysely } from '../orm/kysely.ts';
import { expectRefusal } from './support/test-ledger.ts';

/** The host's own table, and a trigger that makes a commit fail. */
const TABLES = `
  CREATE TABLE orders (transfer text PRIMARY KEY, account text NOT NULL, product text NOT NULL);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''23514''; END'`;

interface Purchase {
  account: string;
  product: string;
  price: number;
  idempotencyKey: string;
}

/** The host's database, its pools, and a ledger in it. */
let host: { pool: Pool; knex: Knex; ledger: Ledger; drop(): Promise<void> };

beforeAll(async () => {
  const { url, drop } = await createPostgresDatabase();
  const pool = new Pool({ connectionString: url });
  await pool.query(TABLES);
  const ledger = await createLedger({ database: pool });
  host = { pool, knex: knex({ client: 'pg', connection: url }), ledger, drop };
});

afterAll(async () => {
  await host.ledger.close();
  await Promise.all([host.pool.end(), host.knex.destroy()]); // the pool is the host's: still open here
  await host.drop();
});

const LIBRARIES: [string, (purchase: Purchase) => Promise<TransferReceipt>][] = [
  ['Drizzle', (purchase) => buyWithDrizzle(host.ledger, purchase)],
  ['Kysely', (purchase) => buyWithKysely(host.ledger, purchase)],
  ['Knex', (purchase) => buyWithKnex(host.knex, host.ledger, purchase)],
];

describe.each(LIBRARIES)('a purchase in a transaction with %s', (library, buy) => {
  const by = { actor: 'system:test', reason: 'A test' };

  /** A new account of 100 credits. */
  async function openAccount(name: string): Promise<string> {
    const account = `${library}-${name}`;
    await host.ledger.grant({ ...by, account, amount: 100, idempotencyKey: `opening:${account}` });
    return account;
  }

  const readOrders = async (account: string) =>
    (await host.pool.query('SELECT transfer, product FROM orders WHERE account = $1', [account])).rows as object[];
  const readAvailable = async (account: string) => (await host.ledger.balance(account)).balance.available;

  test('stores the order and charges for it together', async () => {
    const account = await openAccount('buyer');
    const { transfer, balance } = await buy({ account, product: 'Server', price: 60, idempotencyKey: 'one' });
    expect([balance.available, await readAvailable(account)]).toEqual([40, 40]);
    expect(await readOrders(account)).toEqual([{ transfer: transfer.id, product: 'Server' }]);
  });

  test('sent twice, is one order and one charge', async () => {
    const account = await openAccount('repeater');
    const purchase = { account, product: 'Server', price: 60, idempotencyKey: 'twice' };
    const receipts = [await buy(purchase), await buy(purchase)];
    expect(receipts.map(({ replayed }) => replayed)).toEqual([false, true]);
    expect([await readAvailable(account), (await readOrders(account)).length]).toEqual([40, 1]);
  });

  test('stores no order that cannot be paid', async () => {
    const account = await openAccount('poor');
    const purchase = { account, product: 'Server', price: 101, idempotencyKey: 'expensive' };
    await expectRefusal(buy(purchase), 'insufficient_credits');
    expect([await readAvailable(account), await readOrders(account)]).toEqual([100, []]);
  });

  // An order outside of the transaction would survive the first failure, a charge outside of it the second.
  test.each(['credits.journal', 'orders'])('whose commit fails because of %s leaves neither', async (table) => {
    const account = await openAccount(`unlucky-${table}`);
    const purchase = { account, product: 'Server', price: 60, idempotencyKey: table };
    await host.pool.query(`CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ${table}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const error: unknown = await buy(purchase).catch((reason: unknown) => reason);
    await host.pool.query(`DROP TRIGGER refuse ON ${table}`);
    expect(error).toMatchObject({ code: '23514' });
    expect([await readAvailable(account), await readOrders(account)]).toEqual([100, []]);
    await buy(purchase); // the key is free
    expect([await readAvailable(account), (await readOrders(account)).length]).toEqual([40, 1]);
  });

  test('is announced to open tabs', async () => {
    const account = await openAccount('follower');
    const changed = new Promise<void>((resolve) => {
      onTestFinished(host.ledger.onChange((accounts) => void (accounts.includes(account) && resolve())));
    });
    await buy({ account, product: 'Server', price: 60, idempotencyKey: 'announced' });
    await changed;
    expect(await readAvailable(account)).toBe(40);
  });
});

test('the ledger verifies after all of them', async () => {
  expect((await host.ledger.verify()).differences).toEqual([]);
});
