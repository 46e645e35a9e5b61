import { beforeAll, expect, test, vi } from 'vitest';
import { by, fresh, openAccount, refusal, type DatabaseBench } from '../support/ledger.ts';

/** Transactions of a host that the ledger joins: both commit, or neither does. */
export function testWithin(bench: DatabaseBench): void {
  beforeAll(async () => {
    await bench.database.pool.query('CREATE TABLE host_orders (name text PRIMARY KEY, hold uuid)');
  });

  async function countOrders(name: string): Promise<number> {
    const { rows } = await bench.database.pool.query('SELECT FROM host_orders WHERE name = $1', [name]);
    return rows.length;
  }

  const insert = (name: string) => ({ text: 'INSERT INTO host_orders VALUES ($1)', values: [name] });

  test('a row of the host and a hold commit together', async () => {
    const account = await openAccount(bench, 100);
    const order = fresh('order');
    const receipt = await bench.ledger.transaction(async ({ client, ledger }) => {
      const held = await ledger.hold({ ...by(account), account, amount: 60, expiresAfterMs: 60_000 });
      await client.query('INSERT INTO host_orders VALUES ($1, $2)', [order, held.hold.id]);
      return held;
    });
    expect(receipt).toMatchObject({ version: 2, balance: { posted: 100, held: 60, available: 40 }, replayed: false });
    expect(await countOrders(order)).toBe(1);
    expect(await bench.ledger.findHold(receipt.hold.id)).toEqual(receipt.hold);
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  });

  test('a transaction that throws leaves no row, no entry and no key, and throws what it threw', async () => {
    const account = await openAccount(bench, 100);
    const order = fresh('order');
    const command = { ...by(account), account, amount: 60, claimKey: fresh('claim') };
    const cause = new Error('The host changed its mind.');
    const outcome = bench.ledger.transaction(async ({ client, ledger }) => {
      await client.query(insert(order));
      await ledger.spend(command);
      throw cause;
    });
    await expect(outcome).rejects.toBe(cause);
    expect(await countOrders(order)).toBe(0);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 1, balance: { available: 100 } });
    expect(await bench.ledger.spend(command)).toMatchObject({ version: 2, replayed: false });
  });

  test('a refused command undoes only itself, and the transaction continues', async () => {
    const account = await openAccount(bench, 10);
    const order = fresh('order');
    await bench.ledger.transaction(async ({ client, ledger }) => {
      await client.query(insert(order));
      await ledger.spend({ ...by(account), account, amount: 4 });
      const error = await refusal(ledger.spend({ ...by(account), account, amount: 7 }), 'insufficient_credits');
      expect(error.details).toEqual({ requested: 7, available: 6 });
      await refusal(ledger.spend({ ...by(account), account, amount: -1 }), 'invalid_request');
      await refusal(ledger.spend({ ...by(account), account: fresh('nobody'), amount: 1 }), 'insufficient_credits');
      await ledger.spend({ ...by(account), account, amount: 6 });
    });
    expect(await countOrders(order)).toBe(1);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 3, balance: { available: 0 } });
  });

  test('every command can be joined, and each sees what those before it did', async () => {
    const account = await openAccount(bench, 100);
    const other = fresh('user');
    await bench.ledger.transaction(async ({ ledger }) => {
      await ledger.grant({ ...by('system:welcome'), account: other, amount: 5 });
      await ledger.transfer({ ...by(account), source: account, destination: other, amount: 10 });
      const { hold } = await ledger.hold({ ...by(account), account, amount: 50, expiresAfterMs: 5_000 });
      await ledger.extend({ ...by(account), hold: hold.id, expiresAfterMs: 60_000 });
      await ledger.post({ ...by(account), hold: hold.id, amount: 20 });
      const given = await ledger.void({ ...by(account), hold: hold.id });
      expect(given.hold).toMatchObject({
        state: 'voided',
        expiresAt: new Date(bench.time.nowMs + 60_000).toISOString(),
      });
      const spent = await ledger.spend({ ...by(account), account, amount: 30 });
      await ledger.reverse({ ...by('system:admin'), transfer: spent.transfer.id });
      const terms = { resource: 'server', amount: 60, per: 'hour' as const, minimum: 3 };
      const { rate } = await ledger.startRate({ ...by('system:panel'), account, ...terms });
      await ledger.stopRate({ ...by('system:panel'), account, rate: rate.id });
      const anchor = new Date(bench.time.nowMs).toISOString();
      const plan = { amount: 9, per: 'day' as const, timeZone: 'UTC', anchor };
      const { allowance } = await ledger.startAllowance({ ...by('system:plans'), account, ...plan });
      const about = { account, allowance: allowance.id };
      await ledger.changeAllowance({ ...by('system:plans'), ...about, amount: 8 });
      await ledger.stopAllowance({ ...by('system:plans'), ...about });
      const { version } = await ledger.adjust({ ...by('system:admin'), account, available: 1, expectedVersion: 12 });
      expect(version).toBe(13);
    });
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 1, held: 0, available: 1 });
    expect((await bench.ledger.balance(other)).balance.available).toBe(15);
    expect((await bench.ledger.verify()).differences).toEqual([]);
  });

  test('a repeated transaction is charged once', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 60 };
    const buy = () => bench.ledger.transaction(async ({ ledger }) => ledger.spend(command));
    const first = await buy();
    expect(await buy()).toEqual({ ...first, replayed: true });
    await bench.ledger.transaction(async ({ ledger }) => {
      expect(await ledger.spend(command)).toEqual({ ...first, replayed: true });
      await refusal(ledger.spend({ ...command, amount: 1 }), 'idempotency_key_reused');
    });
    expect((await bench.ledger.balance(account)).version).toBe(2);
  });

  test('commands that a transaction sends at once run one after the other', async () => {
    const account = await openAccount(bench, 10);
    const outcomes = await bench.ledger.transaction(({ ledger }) =>
      Promise.allSettled(Array.from({ length: 8 }, () => ledger.spend({ ...by(account), account, amount: 3 }))),
    );
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, ...Array(5).fill(false)]);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 4, balance: { available: 1 } });
  });

  test('a command that its transaction did not await is committed with it', async () => {
    const account = await openAccount(bench, 10);
    await bench.ledger.transaction(async ({ ledger }) => {
      void ledger.spend({ ...by(account), account, amount: 3 });
    });
    expect((await bench.ledger.balance(account)).balance.available).toBe(7);
  });

  test('a transaction expires the holds that are past their end', async () => {
    const account = await openAccount(bench, 100);
    const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 80, expiresAfterMs: 10_000 });
    bench.time.nowMs += 10_000;
    await bench.ledger.transaction(async ({ ledger }) => {
      await refusal(ledger.post({ ...by(account), hold: hold.id }), 'hold_already_resolved');
      await ledger.spend({ ...by(account), account, amount: 100 });
    });
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 4, balance: { posted: 0, held: 0 } });
  });

  test('listeners are notified of a transaction once it is committed, and never of one that is rolled back', async () => {
    const account = await openAccount(bench, 100);
    const notified: string[] = [];
    const stop = bench.ledger.onChange((accounts) => notified.push(...accounts));
    await bench.ledger.transaction(async ({ ledger }) => {
      await ledger.spend({ ...by(account), account, amount: 1 });
      expect(notified).toEqual([]);
    });
    expect(notified).toEqual([account]);
    const undone = bench.ledger.transaction(async ({ ledger }) => {
      await ledger.spend({ ...by(account), account, amount: 1 });
      throw new Error('Undone.');
    });
    await expect(undone).rejects.toThrow('Undone.');
    expect(notified).toHaveLength(1);
    stop();
  });

  test('a transaction that the host begins and ends itself can be joined, and listeners are notified', async () => {
    const account = await openAccount(bench, 100);
    const notified: string[] = [];
    const stop = bench.ledger.onChange((accounts) => notified.push(...accounts));
    // Repeated: notifications are lost until the first listener of a ledger is connected.
    const spendUntilNotified = async (): Promise<void> => {
      const client = await bench.database.pool.connect();
      await client.query('BEGIN');
      await bench.ledger.within(client).spend({ ...by(account), account, amount: 1 });
      expect(notified).toEqual([]);
      await client.query('COMMIT');
      client.release();
      await vi.waitFor(() => expect(notified).toContain(account), { timeout: 1_000 });
    };
    await vi.waitFor(spendUntilNotified, { timeout: 20_000 });
    stop();
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  });

  test('a command that the host rolls back leaves nothing', async () => {
    const account = await openAccount(bench, 100);
    const command = { ...by(account), account, amount: 60 };
    const client = await bench.database.pool.connect();
    await client.query('BEGIN');
    expect((await bench.ledger.within(client).spend(command)).version).toBe(2);
    await client.query('ROLLBACK');
    client.release();
    expect(await bench.ledger.spend(command)).toMatchObject({ version: 2, replayed: false });
  });

  test('an account is created by its first command inside a transaction, and with it undone', async () => {
    const account = fresh('user');
    const grant = { ...by('system:test'), account, amount: 5 };
    const undone = bench.ledger.transaction(async ({ ledger }) => {
      await ledger.grant(grant);
      throw new Error('Undone.');
    });
    await expect(undone).rejects.toThrow('Undone.');
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 0, balance: { posted: 0 } });
    const granted = await bench.ledger.transaction(({ ledger }) => ledger.grant(grant));
    expect(granted).toMatchObject({ version: 1, replayed: false });
  });

  test('a client that is not in a transaction is refused, and nothing happens', async () => {
    const account = await openAccount(bench, 100);
    const client = await bench.database.pool.connect();
    const joined = bench.ledger.within(client);
    const error = await refusal(joined.spend({ ...by(account), account, amount: 60 }), 'invalid_request');
    expect(error.details).toEqual({ field: 'client' });
    client.release();
    expect((await bench.ledger.balance(account)).version).toBe(1);
  });

  test('a command in a failed transaction is refused with what to do', async () => {
    const account = await openAccount(bench, 100);
    const client = await bench.database.pool.connect();
    await client.query('BEGIN');
    await expect(client.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
    const joined = bench.ledger.within(client);
    const error = await refusal(joined.spend({ ...by(account), account, amount: 60 }), 'unavailable');
    expect(error.message).toContain('Roll it back');
    await client.query('ROLLBACK');
    client.release();
  });

  test('a transaction with a failed statement is not reported as committed', async () => {
    const account = await openAccount(bench, 100);
    const outcome = bench.ledger.transaction(async ({ client, ledger }) => {
      await ledger.spend({ ...by(account), account, amount: 60 });
      await client.query('SELECT 1 / 0').catch(() => 'ignored');
    });
    await expect(outcome).rejects.toThrow('rolled back');
    expect((await bench.ledger.balance(account)).version).toBe(1);
  });

  test('inside a transaction the ledger itself refuses at once instead of waiting for itself', async () => {
    const account = await openAccount(bench, 100);
    const spend = { ...by(account), account, amount: 1 };
    await bench.ledger.transaction(async () => {
      await expect(bench.ledger.spend(spend)).rejects.toThrow('the ledger that the transaction gave you');
      await expect(bench.ledger.balance(account)).rejects.toThrow('the ledger that the transaction gave you');
      await expect(bench.ledger.holds(account)).rejects.toThrow('the ledger that the transaction gave you');
      await expect(bench.ledger.transaction(async () => 1)).rejects.toThrow('the ledger that the transaction gave you');
    });
    expect((await bench.ledger.spend(spend)).replayed).toBe(false);
  });

  test('the ledger of a transaction that has ended is refused', async () => {
    const account = await openAccount(bench, 100);
    const kept = await bench.ledger.transaction(async ({ ledger }) => ledger);
    await expect(kept.spend({ ...by(account), account, amount: 1 })).rejects.toThrow('has ended');
    expect((await bench.ledger.balance(account)).version).toBe(1);
  });

  test('the settings of a host transaction stay as they were', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.transaction(async ({ client, ledger }) => {
      await client.query('SET LOCAL enable_hashjoin = off');
      await ledger.spend({ ...by(account), account, amount: 1 });
      await refusal(ledger.spend({ ...by(account), account, amount: 100 }), 'insufficient_credits');
      const { rows } = await client.query(
        `SELECT current_setting('enable_seqscan') AS scans, current_setting('enable_hashjoin') AS joins,
           current_setting('plan_cache_mode') AS plans`,
      );
      expect(rows).toEqual([{ scans: 'on', joins: 'off', plans: 'auto' }]);
    });
  });

  test('a closing ledger waits for its transactions and begins no more', async () => {
    const account = await openAccount(bench, 100);
    const ledger = await bench.openLedger();
    const happened: string[] = [];
    let closing: Promise<unknown> | undefined;
    await ledger.transaction(async (transaction) => {
      closing = ledger.close().then(() => happened.push('closed'));
      for (const amount of [1, 2]) await transaction.ledger.spend({ ...by(account), account, amount });
      happened.push('done');
    });
    await closing;
    expect(happened).toEqual(['done', 'closed']);
    await refusal(
      ledger.transaction(async () => 1),
      'unavailable',
    );
    expect((await bench.ledger.balance(account)).version).toBe(3);
  });
}
