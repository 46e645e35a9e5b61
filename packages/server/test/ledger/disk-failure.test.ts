import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase, type Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { installFaultyDisk, type FaultyDisk } from '../support/faulty-disk.ts';
import { by, fresh, refusal } from '../support/ledger.ts';

// What a disk can do to the embedded database: be full, fail to write, fail to sync. A command is answered truly or
// refused with a code, reads go on wherever that is possible, and afterwards everything is as it was acknowledged.

let directory: string;
let disk: FaultyDisk;
let database: Database;
let ledger: Ledger;
let account: string;
const warnings: string[] = [];

async function open(): Promise<void> {
  const onWarning = (message: string): unknown => warnings.push(message);
  database = await openDatabase({ directory }, { onWarning });
  ledger = await createLedger({ database, expirySweepMs: 3_600_000, onWarning });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'credits-disk-failure-'));
  disk = installFaultyDisk(directory);
  await open();
});
afterAll(async () => {
  await ledger.close();
  await database.close();
  disk.remove();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  warnings.length = 0;
  account = fresh('user');
  await ledger.openAccount(account);
});
// The next test begins on a disk that works, and with a database that has noticed.
afterEach(async () => {
  disk.heal();
  await vi.waitFor(() => grant(), { timeout: 30_000 });
});

const grant = (idempotencyKey = fresh('key')) => ledger.grant({ ...by(account), account, amount: 1, idempotencyKey });

/** Writes until something is refused, and returns how many were accepted. */
async function grantUntilRefused(): Promise<{ accepted: number; refused: unknown }> {
  for (let accepted = 0; ; accepted += 1) {
    const large = { text: 'x'.repeat(1_500) };
    const outcome = await Promise.allSettled(
      Array.from({ length: 50 }, () => ledger.grant({ ...by(account), account, amount: 1, metadata: large })),
    );
    const refused = outcome.find(({ status }) => status === 'rejected');
    if (refused?.status === 'rejected') return { accepted, refused: refused.reason };
    await database.pool.query('CHECKPOINT'); // what only lies in memory needs no room
  }
}

test('a full disk refuses changes with a sentence, answers reads, and loses nothing; with room again it goes on', async () => {
  await grant();
  disk.fill(1_000_000);
  const { refused } = await grantUntilRefused();
  expect(refused).toMatchObject({ code: 'unavailable', details: { retryAfterMs: expect.any(Number) } });
  expect(String(refused)).toContain('full');
  expect(String(refused)).not.toContain(directory);
  expect(warnings.filter((warning) => warning.includes('full'))).toHaveLength(1);

  const before = await ledger.balance(account);
  await refusal(grant(), 'unavailable');
  expect(await ledger.balance(account)).toEqual(before);
  expect((await ledger.history(account)).entries[0]?.version).toBe(before.version);

  disk.heal();
  await vi.waitFor(grant, { timeout: 30_000 });
  expect((await ledger.verify({ full: true })).differences).toEqual([]);
});

test('a database that is opened on a full disk answers reads and refuses changes', async () => {
  await grant();
  await ledger.close();
  await database.close();
  rmSync(join(directory, 'reserve'));
  disk.fill(20_000_000);
  await open();
  expect((await ledger.balance(account)).version).toBe(1);
  await refusal(grant(), 'unavailable');
});

for (const [what, path] of [
  ['sync', 'pg_wal'],
  ['write', 'pg_wal'],
] as const) {
  test(`a log that fails to ${what} is never acknowledged, and goes on where it was once the disk works`, async () => {
    await grant();
    const failures = disk.count();
    disk.fail(what, path, 'EIO');
    const key = fresh('key');
    const error = await refusal(grant(key), 'unavailable');
    expect(error.message).not.toContain(directory);
    expect(disk.count()).toBeGreaterThan(failures);
    disk.heal();
    const receipt = await vi.waitFor(() => grant(key), { timeout: 30_000 });
    expect(receipt.version).toBe(2);
    expect((await ledger.balance(account)).balance.available).toBe(2);
    expect((await ledger.verify({ full: true })).differences).toEqual([]);
  });
}

test('a log that fails once is repeated from what is on the disk, and the caller does not notice', async () => {
  const failures = disk.count();
  disk.fail('sync', 'pg_wal', 'EIO');
  const granted = grant();
  await vi.waitFor(() => expect(disk.count()).toBeGreaterThan(failures), { interval: 1 });
  disk.heal();
  expect((await granted).version).toBe(1);
  expect(warnings.some((warning) => warning.includes('opened again from its log'))).toBe(true);
});

test('a data file that fails to be written delays the checkpoint, and reads go on', async () => {
  await grant();
  disk.fail('write', 'postgres/base', 'EIO');
  await expect(database.pool.query('CHECKPOINT')).rejects.toMatchObject({ code: '58030' });
  expect((await ledger.balance(account)).version).toBe(1);
  disk.heal();
  await vi.waitFor(() => database.pool.query('CHECKPOINT'), { timeout: 30_000 });
  expect((await grant()).version).toBe(2);
  expect((await ledger.verify({ full: true })).differences).toEqual([]);
});
