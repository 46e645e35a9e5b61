import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLedgerOnStorage } from '../../src/ledger/ledger-on-storage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { LedgerStorage } from '../../src/ledger/storage.ts';
import { MemoryDatabase } from '../simulation/memory-storage.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { by, fresh } from '../support/ledger.ts';

// What a ledger that nobody uses asks of its database: nothing.

const SWEEP_MS = 1_000;
const START_MS = Date.parse('2026-11-22T12:00:00.000Z');

let time: ReturnType<typeof createManualClock>;
let ledger: Ledger;
let queries: string[];
let generation: number | null;
let isFailing: boolean;
let warnings: string[];

beforeEach(() => {
  time = createManualClock();
  queries = [];
  generation = 0;
  isFailing = false;
  warnings = [];
  ledger = createLedgerOnStorage({
    storage: record(new MemoryDatabase(randomUUID()).openStorage()),
    clock: { wallMs: () => START_MS + time.clock.monotonicMs(), setTimer: time.clock.setTimer },
    expirySweepMs: SWEEP_MS,
    onWarning: (message) => warnings.push(message),
  });
});
afterEach(() => ledger.close());

/** Notes every call. */
function record(storage: LedgerStorage): LedgerStorage {
  return new Proxy(storage, {
    get(target, property) {
      if (property === 'notificationGeneration') return generation;
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || property === 'classifyError' || property === 'toCreditsError') return value;
      return (...args: unknown[]): unknown => {
        queries.push(String(property));
        if (isFailing) return Promise.reject(new Error('The database is away.'));
        return value.apply(target, args);
      };
    },
  });
}

/** Advances the clock step by step, and lets everything that starts on the way finish. */
async function advance(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SWEEP_MS) {
    time.advance(Math.min(SWEEP_MS, ms - passed));
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function openHold(expiresAfterMs: number): Promise<string> {
  const account = fresh('user');
  await ledger.grant({ ...by('system:test'), account, amount: 10 });
  await ledger.hold({ ...by(account), account, amount: 10, expiresAfterMs });
  return account;
}

test('an idle ledger sends its database nothing, however often the timer fires', async () => {
  await ledger.grant({ ...by('system:test'), account: fresh('user'), amount: 10 });
  await advance(2 * SWEEP_MS);
  queries = [];
  await advance(100 * SWEEP_MS);
  expect(queries).toEqual([]);
});

test('an open hold is settled when it ends, and not asked about before', async () => {
  const account = await openHold(60_000);
  await advance(2 * SWEEP_MS);
  queries = [];
  await advance(57 * SWEEP_MS);
  expect(queries).toEqual([]);
  await advance(2 * SWEEP_MS);
  expect((await ledger.versions([account])).get(account)).toBe(3);
});

test('a ledger that may have missed changes of others looks for their holds every minute', async () => {
  /** How often it looked in ten minutes. */
  const countSweeps = async (): Promise<number> => {
    queries = [];
    await advance(600 * SWEEP_MS);
    return queries.filter((name) => name === 'readNextExpiry').length;
  };
  await advance(2 * SWEEP_MS);
  generation = null;
  expect(await countSweeps()).toBe(10);
  generation = 1;
  expect(await countSweeps()).toBe(1);
  expect(await countSweeps()).toBe(0);
  generation = 2;
  expect(await countSweeps()).toBe(1);
});

test('a sweep that fails is reported and repeated', async () => {
  const account = await openHold(5_000);
  await advance(2 * SWEEP_MS);
  isFailing = true;
  await advance(6 * SWEEP_MS);
  expect(warnings).toContain('Expired holds could not be settled. The next sweep tries again.');
  isFailing = false;
  await advance(SWEEP_MS);
  expect((await ledger.versions([account])).get(account)).toBe(3);
});

test('a list of all holds expires the holds of more accounts than one sweep takes', async () => {
  const accounts = await Promise.all(Array.from({ length: 250 }, () => openHold(60_000)));
  time.advance(60_000);
  expect((await ledger.allHolds()).holds).toEqual([]);
  expect(new Set((await ledger.versions(accounts)).values())).toEqual(new Set([3]));
});
