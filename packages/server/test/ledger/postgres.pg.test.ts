import { Client } from 'pg';
import { afterAll, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase, type Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { by, fresh, openAccount, refusal } from '../support/ledger.ts';
import { testLedger } from './ledger-suite.ts';

let url = '';
const bench = testLedger(async () => {
  const created = await createPostgresDatabase();
  url = created.url;
  return { database: await openDatabase({ url }), drop: created.drop };
});

// What only many connections can show: instances with pools of their own, as separate processes would have.

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

async function openInstance(): Promise<{ ledger: Ledger; database: Database }> {
  const database = await openDatabase({ url });
  const ledger = await createLedger({ database, clock: () => bench.time.nowMs, expirySweepMs: 3_600_000 });
  closing.push(async () => {
    await ledger.close();
    await database.close();
  });
  return { ledger, database };
}

test('instances that spend from one account at once never overdraw it', async () => {
  const instances = [await openInstance(), await openInstance(), await openInstance()];
  const account = await openAccount(bench, 500);
  const spends = instances.flatMap(({ ledger }) =>
    Array.from({ length: 100 }, () => ledger.spend({ ...by(account), account, amount: 7 })),
  );
  const outcomes = await Promise.allSettled(spends);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(71);
  expect(await bench.ledger.balance(account)).toMatchObject({ version: 72, balance: { available: 3 } });
  expect((await bench.ledger.verify({ full: true })).differences).toEqual([]);
});

test('instances that transfer between the same accounts in opposite directions do not block each other', async () => {
  const first = await openInstance();
  const second = await openInstance();
  const accounts = await Promise.all(Array.from({ length: 6 }, () => openAccount(bench, 1_000)));
  const transfers = Array.from({ length: 400 }, (_, index) => {
    const source = accounts[index % 6] ?? '';
    const destination = accounts[(index * 5 + 1 + (index % 3)) % 6] ?? '';
    if (source === destination) return Promise.resolve();
    const { ledger } = index % 2 === 0 ? first : second;
    return ledger.transfer({ ...by(source), source, destination, amount: 1 });
  });
  await Promise.all(transfers);
  const balances = await Promise.all(accounts.map((account) => bench.ledger.balance(account)));
  expect(balances.reduce((sum, { balance }) => sum + balance.available, 0)).toBe(6_000);
});

test('L6: the same key through several instances at once has one effect, also for different accounts', async () => {
  const instances = [await openInstance(), await openInstance(), await openInstance(), await openInstance()];
  const accounts = await Promise.all(instances.map(() => openAccount(bench)));
  const idempotencyKey = fresh('code');
  const grants = instances.map(({ ledger }, index) =>
    ledger.grant({ actor: 'system:codes', reason: 'Code', account: accounts[index] ?? '', amount: 9, idempotencyKey }),
  );
  const outcomes = await Promise.allSettled(grants);
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
  expect(refused).toEqual(['idempotency_key_reused', 'idempotency_key_reused', 'idempotency_key_reused']);
});

test('an instance hears of changes that another one made', async () => {
  const writing = await openInstance();
  const listening = await openInstance();
  const account = await openAccount(bench, 100);
  const heard: string[] = [];
  listening.ledger.onChange((accounts) => heard.push(...accounts));
  await vi.waitFor(
    async () => {
      await writing.ledger.spend({ ...by(account), account, amount: 1 });
      expect(heard).toContain(account);
    },
    { timeout: 10_000 },
  );
});

test('an instance whose connection for hints was cut hears again by itself', async () => {
  const writing = await openInstance();
  const listening = await openInstance();
  const account = await openAccount(bench, 100);
  let heard: string[] = [];
  listening.ledger.onChange((accounts) => heard.push(...accounts));
  const spendUntilHeard = async () => {
    await writing.ledger.spend({ ...by(account), account, amount: 1 });
    expect(heard).toContain(account);
  };
  await vi.waitFor(spendUntilHeard, { timeout: 10_000 });
  const { rowCount } = await bench.database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'realtime-credits listener' AND datname = current_database()`,
  );
  expect(rowCount).toBeGreaterThan(0);
  heard = [];
  await vi.waitFor(spendUntilHeard, { timeout: 20_000 });
});

test('commands go on when the server cuts every connection under them', async () => {
  const { ledger } = await openInstance();
  const administrator = new Client({ connectionString: url });
  await administrator.connect();
  const account = await openAccount(bench, 1_000);
  const outcomes: PromiseSettledResult<unknown>[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const spends = Array.from({ length: 20 }, () => ledger.spend({ ...by(account), account, amount: 1 }));
    await administrator.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'realtime-credits' AND datname = current_database()`,
    );
    outcomes.push(...(await Promise.allSettled(spends)));
  }
  await administrator.end();
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
  expect(reasons.filter((code) => code !== 'unavailable')).toEqual([]);
  // An answer may be lost; an answer that was given is true.
  const spent = outcomes.filter(({ status }) => status === 'fulfilled').length;
  const { balance } = await ledger.balance(account);
  expect(spent).toBeGreaterThan(0);
  expect(1_000 - balance.available).toBeGreaterThanOrEqual(spent);
  expect((await ledger.verify(account)).differences).toEqual([]);
});

test('a server that cannot be reached is unavailable, at once and with a sentence', async () => {
  const error = await refusal(openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' }), 'unavailable');
  expect(error.message).toContain('cannot be reached');
});

test('instances that start on an empty database at once make one ledger', async () => {
  const { url: emptyUrl, drop } = await createPostgresDatabase();
  const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url: emptyUrl })));
  const ledgers = await Promise.all(databases.map((database) => createLedger({ database })));
  expect(new Set(ledgers.map(({ epoch }) => epoch)).size).toBe(1);
  for (const ledger of ledgers) await ledger.close();
  for (const database of databases) await database.close();
  await drop();
});
