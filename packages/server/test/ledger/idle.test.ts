import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { by, fresh } from '../support/ledger.ts';

// What a ledger that nobody uses asks of its database: nothing.

const SWEEP_MS = 1_000;

let database: Database;
let ledger: Ledger;
let questions: string[] = [];
let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
let look: () => void = () => undefined;

beforeAll(async () => {
  database = await openEmbeddedDatabase();
  const { pool } = database;
  const query = (...args: Parameters<typeof pool.query>): unknown => {
    const [statement] = args as unknown as [string | { text: string }];
    questions.push(typeof statement === 'string' ? statement : statement.text);
    return pool.query(...args);
  };
  ledger = await createLedger({
    database: { ...database, pool: Object.assign(Object.create(pool) as typeof pool, { query }) },
    clock: () => nowMs,
    expirySweepMs: SWEEP_MS,
    setTimer: (callback) => {
      look = callback;
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
    questions = [];
    look();
    await database.pool.query('SELECT 1'); // one connection: what a look asks is answered before this
    expect(questions).toEqual([]);
  });
}

test('an idle ledger asks its database nothing, however often the timer fires', async () => {
  const account = fresh('user');
  await ledger.openAccount(account);
  await ledger.grant({ ...by('system:test'), account, amount: 10 });
  await comeToRest();
  for (let count = 0; count < 100; count += 1) {
    nowMs += SWEEP_MS;
    look();
  }
  await database.pool.query('SELECT 1');
  expect(questions).toEqual([]);
});

test('an open hold is asked about when it ends, not before', async () => {
  const account = fresh('user');
  await ledger.openAccount(account);
  await ledger.grant({ ...by('system:test'), account, amount: 10 });
  await ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs: 60_000 });
  await comeToRest();
  nowMs += 59_999;
  look();
  await database.pool.query('SELECT 1');
  expect(questions).toEqual([]);
  nowMs += 1;
  look();
  await vi.waitFor(async () => expect((await ledger.versions([account])).get(account)).toBe(3));
});

test('one that shares its database looks for the holds of others every minute, unless it hears of them', async () => {
  let onHearing: ((isHearing: boolean) => void) | undefined;
  const { pool } = database;
  let count = 0;
  const query = (...args: Parameters<typeof pool.query>): unknown => {
    count += 1;
    return pool.query(...args);
  };
  let lookAtShared: () => void = () => undefined;
  const shared = await createLedger({
    database: {
      ...database,
      pool: Object.assign(Object.create(pool) as typeof pool, { query }),
      listen: (_channel, _listener, tell) => {
        onHearing = tell;
        return async () => undefined;
      },
    },
    clock: () => nowMs,
    expirySweepMs: SWEEP_MS,
    setTimer: (callback) => {
      lookAtShared = callback;
      return () => undefined;
    },
  });
  /** How often it asked in ten minutes. */
  const countLooks = async (): Promise<number> => {
    let looks = 0;
    for (let second = 0; second < 600; second += 1) {
      nowMs += SWEEP_MS;
      count = 0;
      lookAtShared();
      if (count === 0) continue;
      looks += 1;
      await vi.waitFor(() => expect(count).toBe(2)); // what has expired, and what ends next
      await pool.query('SELECT 1');
    }
    return looks;
  };
  shared.onChange(() => undefined);
  count = 0;
  lookAtShared(); // its first one
  await vi.waitFor(() => expect(count).toBe(2));
  await pool.query('SELECT 1');
  expect(shared.hearing).toBeNull();
  expect(await countLooks()).toBe(10);
  onHearing?.(true);
  expect(shared.hearing).toBe(1);
  expect(await countLooks()).toBe(1);
  expect(await countLooks()).toBe(0);
  onHearing?.(false);
  onHearing?.(true);
  expect(await countLooks()).toBe(1);
  await shared.close();
});
