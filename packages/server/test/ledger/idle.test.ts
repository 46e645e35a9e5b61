import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Database, Listening, SqlQuery } from '../../src/ledger/postgres/database.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, fresh } from '../support/ledger.ts';

// What a ledger that nobody uses asks its database: nothing.

const SWEEP_MS = 1_000;

let database: Database;
let ledger: Ledger;
let queries: string[] = [];
let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
let fireTimer: () => void = () => undefined;

/** The pool, with a call for each query outside of a transaction. */
function observed(onQuery: (text: string) => void): Database['pool'] {
  const { pool } = database;
  const query = (...args: Parameters<typeof pool.query>): unknown => {
    const [statement] = args as unknown as [SqlQuery];
    onQuery(statement.text);
    return pool.query(...args);
  };
  return Object.assign(Object.create(pool) as typeof pool, { query });
}

beforeAll(async () => {
  database = await openEmbeddedDatabase();
  ledger = await createLedger({
    database: { ...database, pool: observed((text) => queries.push(text)) },
    clock: () => nowMs,
    expirySweepMs: SWEEP_MS,
    setTimer: (callback) => {
      fireTimer = callback;
      return () => undefined;
    },
  });
});
afterAll(async () => {
  await ledger.close();
  await database.close();
});

/** Lets the timer fire until it asks nothing more. */
async function comeToRest(): Promise<void> {
  await vi.waitFor(async () => {
    queries = [];
    fireTimer();
    await database.pool.query('SELECT 1'); // one connection: a sweep's query is answered before this one
    expect(queries).toEqual([]);
  });
}

test('an idle ledger sends its database no query, however often the timer fires', async () => {
  await ledger.grant({ ...by('system:test'), account: fresh('user'), amount: 10 });
  await comeToRest();
  for (let count = 0; count < 100; count += 1) {
    nowMs += SWEEP_MS;
    fireTimer();
  }
  await database.pool.query('SELECT 1');
  expect(queries).toEqual([]);
});

test('an open hold is looked at when it ends, not before', async () => {
  const account = fresh('user');
  await ledger.grant({ ...by('system:test'), account, amount: 10 });
  await ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs: 60_000 });
  await comeToRest();
  nowMs += 59_999;
  fireTimer();
  await database.pool.query('SELECT 1');
  expect(queries).toEqual([]);
  nowMs += 1;
  fireTimer();
  await vi.waitFor(async () => expect((await ledger.versions([account])).get(account)).toBe(3));
});

test('a ledger that shares its database looks for the holds of others every minute, unless it is notified', async () => {
  let onConnected: Listening['onConnected'] = () => undefined;
  let count = 0;
  let fireShared: () => void = () => undefined;
  const shared = await createLedger({
    database: {
      ...database,
      kind: 'postgres',
      pool: observed(() => (count += 1)),
      listen: (listening) => {
        ({ onConnected } = listening);
        return async () => undefined;
      },
    },
    clock: () => nowMs,
    expirySweepMs: SWEEP_MS,
    setTimer: (callback) => {
      fireShared = callback;
      return () => undefined;
    },
  });
  /** How often it swept in ten minutes. */
  const countSweeps = async (): Promise<number> => {
    let sweeps = 0;
    for (let second = 0; second < 600; second += 1) {
      nowMs += SWEEP_MS;
      count = 0;
      fireShared();
      if (count === 0) continue;
      sweeps += 1;
      await vi.waitFor(() => expect(count).toBe(2)); // what has expired, and what ends next
      await database.pool.query('SELECT 1');
    }
    return sweeps;
  };
  shared.onChange(() => undefined);
  count = 0;
  fireShared(); // its first sweep
  await vi.waitFor(() => expect(count).toBe(2));
  await database.pool.query('SELECT 1');
  expect(shared.notificationGeneration).toBeNull();
  expect(await countSweeps()).toBe(10);
  onConnected(true);
  expect(shared.notificationGeneration).toBe(1);
  expect(await countSweeps()).toBe(1);
  expect(await countSweeps()).toBe(0);
  onConnected(false);
  onConnected(true);
  expect(await countSweeps()).toBe(1);
  await shared.close();
});
