import { Client, type ClientBase } from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createCuttingDatabase } from '../support/cutting-database.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { by, createBench, openAccount, refusal } from '../support/ledger.ts';

// What joined transactions and lost connections can only show where there are several connections.

let url = '';
const bench = createBench(async () => {
  const created = await createPostgresDatabase();
  url = created.url;
  return { database: await openDatabase({ url }), drop: created.drop };
});

let administrator: Client | undefined;
afterAll(() => administrator?.end());
async function administer(sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  if (administrator === undefined) {
    administrator = new Client({ connectionString: url, application_name: 'administrator' });
    await administrator.connect();
  }
  return (await administrator.query(sql, values)).rows;
}

/** Resolves once so many connections of the pools wait for a lock. */
async function waitForWaiting(count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const rows = await administer(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        [],
      );
      expect(rows).toHaveLength(count);
    },
    { timeout: 20_000, interval: 10 },
  );
}

/** A transaction that stays open between its first and its second half. */
function openTransaction(
  ledger: Ledger,
  first: (joined: Parameters<Parameters<Ledger['transaction']>[0]>[0]) => Promise<unknown>,
  second: (joined: Parameters<Parameters<Ledger['transaction']>[0]>[0]) => Promise<unknown>,
) {
  let go: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const done = ledger.transaction(async (joined) => {
    await first(joined);
    reach();
    await gone;
    return second(joined);
  });
  return { done, reached, go };
}

test('nobody sees a joined command before its commit', async () => {
  const other = await bench.openLedger();
  const account = await openAccount(bench, 100);
  const { done, reached, go } = openTransaction(
    bench.ledger,
    ({ ledger }) => ledger.hold({ ...by(account), account, amount: 60, expiresAfterMs: 60_000 }),
    async () => undefined,
  );
  await reached;
  expect(await other.balance(account)).toMatchObject({ version: 1, balance: { available: 100 } });
  expect((await other.holds(account)).holds).toEqual([]);
  go();
  await done;
  expect(await other.balance(account)).toMatchObject({ version: 2, balance: { available: 40 } });
});

test('a hold in an open transaction keeps nobody else from spending', async () => {
  const [account, neighbour] = [await openAccount(bench, 100), await openAccount(bench, 100)];
  const { done, reached, go } = openTransaction(
    bench.ledger,
    ({ ledger }) => ledger.hold({ ...by(account), account, amount: 60, expiresAfterMs: 60_000 }),
    async () => undefined,
  );
  await reached;
  const spent = await bench.ledger.spend({ ...by(neighbour), account: neighbour, amount: 1 });
  expect(spent.version).toBe(2);
  go();
  await done;
});

test('whoever meets a joined transaction waits for its end, and decides on what it left', async () => {
  const account = await openAccount(bench, 100);
  const { done, reached, go } = openTransaction(
    bench.ledger,
    ({ ledger }) => ledger.spend({ ...by(account), account, amount: 60 }),
    async () => undefined,
  );
  await reached;
  const spend = refusal(bench.ledger.spend({ ...by(account), account, amount: 41 }), 'insufficient_credits');
  await waitForWaiting(1);
  go();
  await done;
  expect((await spend).details).toEqual({ requested: 41, available: 40 });
});

test('one key in two transactions at once has one effect, and the second gets the first answer', async () => {
  const account = await openAccount(bench, 100);
  const other = await bench.openLedger();
  const command = { ...by(account), account, amount: 60 };
  const { done, reached, go } = openTransaction(
    bench.ledger,
    ({ ledger }) => ledger.spend(command),
    async () => undefined,
  );
  await reached;
  const again = other.transaction(({ ledger }) => ledger.spend(command));
  await waitForWaiting(1);
  go();
  await done;
  expect(await again).toMatchObject({ version: 2, replayed: true });
});

test('one key for two accounts in two transactions at once is refused in the second, which goes on', async () => {
  const [first, second] = [await openAccount(bench, 10), await openAccount(bench, 10)];
  // Holds, because no account is locked by both: it is the key itself that they meet on.
  const command = { ...by('system:orders'), amount: 1, expiresAfterMs: 60_000 };
  const { done, reached, go } = openTransaction(
    bench.ledger,
    ({ ledger }) => ledger.hold({ ...command, account: first }),
    async () => undefined,
  );
  await reached;
  const other = await bench.openLedger();
  const outcome = other.transaction(async ({ ledger }) => {
    await refusal(ledger.hold({ ...command, account: second }), 'idempotency_key_reused');
    return ledger.spend({ ...by(second), account: second, amount: 10 });
  });
  await waitForWaiting(1);
  go();
  await done;
  expect(await outcome).toMatchObject({ version: 2, balance: { available: 0 } });
});

const REFUSED = { code: 'unavailable', retryable: true, message: expect.stringContaining('repeat it whole') };

test.each([
  [
    'the host hears that it met another, and the batch is committed',
    '10ms',
    { status: 'rejected', reason: REFUSED },
    0,
  ],
  ['the batch is decided again after the host, which commits', '1min', { status: 'fulfilled' }, 10],
])('a transaction and a batch that wait for each other: %s', async (_, deadlockTimeout, expected, held) => {
  const accounts = [await openAccount(bench, 100), await openAccount(bench, 100)].toSorted();
  const [first = '', second = ''] = accounts;
  // Commands of one transaction lock in the order of their calls; here against the order of the batches.
  const order = (account: string) => ({ ...by(account), account, amount: 10, expiresAfterMs: 60_000 });
  const { done, reached, go } = openTransaction(
    bench.ledger,
    async ({ client, ledger }) => {
      await client.query(`SET LOCAL deadlock_timeout = '${deadlockTimeout}'`);
      await ledger.hold(order(second));
    },
    ({ ledger }) => ledger.hold(order(first)),
  );
  await reached;
  const transfer = bench.ledger.transfer({ ...by(first), source: first, destination: second, amount: 5 });
  await waitForWaiting(1);
  go();
  const [transaction, moved] = await Promise.allSettled([done, transfer]);
  expect(moved.status).toBe('fulfilled');
  expect(transaction).toMatchObject(expected);
  expect((await bench.ledger.balance(first)).balance).toEqual({ posted: 95, held, available: 95 - held });
  expect((await bench.ledger.balance(second)).balance).toEqual({ posted: 105, held, available: 105 - held });
  expect((await bench.ledger.verify({ full: true })).differences).toEqual([]);
});

test('a transaction that idles is ended by the server, and whoever waited for it goes on', async () => {
  const account = await openAccount(bench, 100);
  const { done, reached, go } = openTransaction(
    bench.ledger,
    async ({ client, ledger }) => {
      await ledger.spend({ ...by(account), account, amount: 60 });
      const { rows } = await client.query('SHOW idle_in_transaction_session_timeout');
      expect(rows).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
      // What the host says itself stays.
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = '300ms'`);
      await ledger.spend({ ...by(account), account, amount: 1 });
    },
    ({ ledger }) => ledger.spend({ ...by(account), account, amount: 1 }),
  );
  const ended = refusal(done, 'unavailable');
  await reached;
  expect((await bench.ledger.spend({ ...by(account), account, amount: 90 })).balance.available).toBe(10);
  go();
  await ended;
  expect((await bench.ledger.balance(account)).version).toBe(2);
});

test('listeners of every instance hear of a transaction that its host ends itself', async () => {
  const account = await openAccount(bench, 100);
  const ledgers = [bench.ledger, await bench.openLedger()];
  const heard = ledgers.map((ledger) => {
    const accounts: string[] = [];
    ledger.onChange((changed) => accounts.push(...changed));
    return accounts;
  });
  const spend = async (client: ClientBase): Promise<void> => {
    await client.query('BEGIN');
    await bench.ledger.within(client).spend({ ...by(account), account, amount: 1 });
    await client.query('COMMIT');
  };
  // A client of the host's own, which the ledger's pool knows nothing of.
  const client = new Client({ connectionString: url });
  await client.connect();
  await vi.waitFor(
    async () => {
      await spend(client);
      for (const accounts of heard) expect(accounts).toContain(account);
    },
    { timeout: 10_000 },
  );
  await client.end();
});

test('a stricter isolation of the host is kept, and what it cannot decide is refused as retryable', async () => {
  const account = await openAccount(bench, 100);
  const client = await bench.database.pool.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT 1 FROM credits_accounts LIMIT 1');
  await bench.ledger.spend({ ...by(account), account, amount: 60 });
  const error = await refusal(
    bench.ledger.within(client).spend({ ...by(account), account, amount: 60 }),
    'unavailable',
  );
  expect(error.retryable).toBe(true);
  await client.query('ROLLBACK');
  client.release();
  expect((await bench.ledger.balance(account)).balance.available).toBe(40);
});

const STEPS = [
  'BEGIN',
  'credits_lock',
  'credits_operations',
  'credits_holds',
  'credits_write',
  'credits_notify',
  'COMMIT',
];

test.each(STEPS.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
  'a writer whose connection is cut at %s, %s it ran, answers each of its callers once and truly',
  async (step, when) => {
    const account = await openAccount(bench, 100);
    const cutting = createCuttingDatabase(bench.database, administer);
    const ledger = await bench.openLedger({ database: cutting.database });
    const happened = cutting.cut(step, when);
    const spends = Array.from({ length: 5 }, () => ({ ...by(account), account, amount: 1 }));
    const receipts = await Promise.all(spends.map((spend) => ledger.spend(spend)));
    await happened;
    expect(receipts.map(({ version }) => version)).toEqual([2, 3, 4, 5, 6]);
    // Only where the commit had happened is the answer one that is given again.
    expect(receipts.every(({ replayed }) => replayed)).toBe(step === 'COMMIT' && when === 'after');
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 6, balance: { available: 95 } });
    expect((await bench.ledger.verify(account)).differences).toEqual([]);
  },
);

test.each(['before', 'after'] as const)(
  'a transaction whose connection is cut %s its commit is made definite by repeating it',
  async (when) => {
    const account = await openAccount(bench, 100);
    const cutting = createCuttingDatabase(bench.database, administer);
    const ledger = await bench.openLedger({ database: cutting.database });
    const command = { ...by(account), account, amount: 60 };
    const spend = () => ledger.transaction((joined) => joined.ledger.spend(command));
    void cutting.cut('COMMIT', when);
    await refusal(spend(), 'unavailable');
    expect(await spend()).toMatchObject({ version: 2, replayed: when === 'after' });
    expect((await bench.ledger.balance(account)).balance.available).toBe(40);
  },
);
