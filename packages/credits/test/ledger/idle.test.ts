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
