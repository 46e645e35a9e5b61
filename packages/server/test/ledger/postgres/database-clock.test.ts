import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import type { Database, SqlPool } from '../../../src/ledger/postgres/database.ts';
import { DatabaseClock } from '../../../src/ledger/postgres/database-clock.ts';
import { openEmbeddedDatabase } from '../../support/database.ts';
import { by, openAccount } from '../../support/ledger.ts';
import { recordQueries } from '../../support/record-queries.ts';

const HOUR_MS = 3_600_000;

function createClock() {
  const machine = { nowMs: 1_000 };
  return { machine, clock: new DatabaseClock({ monotonicMs: () => machine.nowMs }) };
}

test('T22 the clock is the middle of the first round trip, and goes on by the monotonic clock', () => {
  const { machine, clock } = createClock();
  machine.nowMs = 1_010;
  clock.observe(5_000_000, 1_000);
  expect(clock.wallMs()).toBe(5_000_005);
  machine.nowMs += 60_000;
  expect(clock.wallMs()).toBe(5_060_005);
});

test('T22 a statement that waited for a lock moves the clock only as far as it must', () => {
  const { machine, clock } = createClock();
  clock.observe(5_000_000, 1_000);
  machine.nowMs = 4_000;
  clock.observe(5_000_100, 1_000); // read early in a round trip of 3 s: 100 ms had passed, or more of the wait
  expect(clock.wallMs()).toBe(5_003_000);
  machine.nowMs = 4_010;
  clock.observe(5_002_000, 4_000); // cannot be: the clock of the database went back
  expect(clock.wallMs()).toBe(5_002_010);
  clock.observe(5_009_000, 4_000);
  expect(clock.wallMs()).toBe(5_009_000);
});

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedDatabase();
});
afterAll(() => database.close());

/** A database whose clock is ahead of this machine's. */
function putAhead({ pool, ...rest }: Database, aheadMs: () => number): Database<SqlPool> {
  const adjusted = recordQueries(pool, (query) => {
    const text = query.text.replaceAll('clock_timestamp()', `(clock_timestamp() + interval '${aheadMs()} ms')`);
    Object.assign(query, { text, name: undefined });
  });
  return { ...rest, pool: adjusted };
}

test('T22 instants are those of the database, from the first command on and after it was set', async () => {
  let aheadMs = HOUR_MS;
  const ledger = await createLedger({ database: putAhead(database, () => aheadMs), expirySweepMs: HOUR_MS });
  const account = await openAccount({ ledger }, 100);
  const hold = async () => {
    const { hold: made } = await ledger.hold({ ...by(account), account, amount: 1, expiresAfterMs: 60_000 });
    return Date.parse(made.createdAt) - Date.now();
  };
  expect(Math.abs((await hold()) - HOUR_MS)).toBeLessThan(60_000);
  aheadMs = 0;
  await hold(); // reads the clock
  expect(Math.abs(await hold())).toBeLessThan(60_000);
  await ledger.close();
});
