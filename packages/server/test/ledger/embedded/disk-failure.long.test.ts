import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../../src/embedded.ts';
import { createLedger } from '../../../src/ledger/create-ledger.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { Database } from '../../../src/ledger/postgres/database.ts';
import { installFaultyDisk, type FaultyDisk } from '../../support/faulty-disk.ts';
import { by, fresh, refusal } from '../../support/ledger.ts';

// What a disk can do to the embedded database: be full, fail to write, fail to sync. A command is either acknowledged or
// refused with a code, and what was acknowledged is there after the next start.

let directory: string;
let disk: FaultyDisk;
let database: Database;
let ledger: Ledger;
const account = 'user';
const warnings: string[] = [];

async function open(): Promise<void> {
  const onWarning = (message: string): unknown => warnings.push(message);
  database = await openEmbedded({ directory, onWarning });
  ledger = await createLedger({ database, expirySweepMs: 3_600_000, onWarning });
}

async function close(): Promise<void> {
  await ledger.close();
  await database.close();
}

beforeEach(async () => {
  warnings.length = 0;
  directory = mkdtempSync(join(tmpdir(), 'credits-disk-failure-'));
  disk = installFaultyDisk(directory);
  await open();
});
afterEach(async () => {
  await close();
  disk.remove();
  rmSync(directory, { recursive: true, force: true });
});

const grant = (idempotencyKey = fresh('key'), metadata = {}) =>
  ledger.grant({ ...by(account), account, amount: 1, idempotencyKey, metadata });

/** Grants until one is refused. Returns how many were acknowledged, and the refusal. */
async function grantUntilRefused(): Promise<{ acknowledged: number; refused: unknown }> {
  let acknowledged = 0;
  for (;;) {
    const grants = Array.from({ length: 50 }, () => grant(fresh('key'), { text: 'x'.repeat(1_500) }));
    const outcomes = await Promise.allSettled(grants);
    acknowledged += outcomes.filter(({ status }) => status === 'fulfilled').length;
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    if (refused !== undefined) return { acknowledged, refused: refused.reason };
    await database.pool.query('CHECKPOINT').catch(() => undefined); // what is only in memory needs no room
  }
}

/** Starts again on a disk that works, and compares with what was acknowledged. */
async function expectAfterRestart(acknowledged: number): Promise<void> {
  await close();
  disk.heal();
  await open();
  const { version, balance } = await ledger.balance(account);
  expect(balance.available).toBe(version);
  expect(version).toBeGreaterThanOrEqual(acknowledged);
  expect((await ledger.verify()).differences).toEqual([]);
  expect((await grant()).version).toBe(version + 1);
}

test('a full disk refuses changes with a sentence, and after a restart with room nothing is lost', async () => {
  await grant();
  disk.fill(1_000_000);
  const { acknowledged, refused } = await grantUntilRefused();
  expect(refused).toMatchObject({ code: 'unavailable' });
  expect(String(refused)).not.toContain(directory);
  // Less may still fit. Whatever is acknowledged counts.
  const later = await Promise.allSettled([grant(), grant()]);
  const fitted = later.filter(({ status }) => status === 'fulfilled').length;
  await expectAfterRestart(acknowledged + 1 + fitted);
});

test.each(['sync', 'write'] as const)(
  'a log that fails to %s is never acknowledged: the database stops, says so once, and is complete after a restart',
  async (what) => {
    await grant();
    const failures = disk.count();
    disk.fail(what, 'pg_wal', 'EIO');
    const key = fresh('key');
    const error = await refusal(grant(key), 'unavailable');
    expect(error.message).not.toContain(directory);
    expect(disk.count()).toBeGreaterThan(failures);
    await refusal(ledger.balance(account), 'unavailable');
    expect(warnings.filter((warning) => warning.includes('Make room, then restart this process'))).toHaveLength(1);
    await expectAfterRestart(1);
    // Whether it took effect is known by its key: at most once.
    await grant(key);
    const { version, balance } = await ledger.balance(account);
    expect(balance.available).toBe(version);
    expect(version).toBe(3);
  },
);

test('a data file that fails to be written delays the checkpoint, and reads continue', async () => {
  await grant();
  disk.fail('write', 'postgres/base', 'EIO');
  await expect(database.pool.query('CHECKPOINT')).rejects.toMatchObject({ code: '58030' });
  expect((await ledger.balance(account)).version).toBe(1);
  disk.heal();
  expect((await grant()).version).toBe(2);
  expect((await ledger.verify()).differences).toEqual([]);
});
