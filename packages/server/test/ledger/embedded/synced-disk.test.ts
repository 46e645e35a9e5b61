import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbedded } from '../../../src/embedded.ts';
import { createSyncedDisk, syncTree, type SyncedDisk } from '../../../src/ledger/embedded/synced-disk.ts';

// A power cut cannot be tested here; that each commit asks the disk to sync can.

const directory = mkdtempSync(join(tmpdir(), 'credits-disk-'));
let isHeld = true;
let disk: SyncedDisk;
let pglite: PGlite;
beforeAll(async () => {
  disk = createSyncedDisk(join(directory, 'postgres'), () => isHeld);
  pglite = await PGlite.create({ fs: disk.fs, startParams: disk.startParams });
  await pglite.exec('CREATE TABLE shelf (id int)');
});
afterAll(async () => {
  await pglite.close().catch(() => undefined); // it stopped in the last test
  rmSync(directory, { recursive: true, force: true });
});

test('every commit syncs once, and a read does not', async () => {
  for (let count = 0; count < 5; count += 1) {
    const before = disk.count();
    await pglite.exec('INSERT INTO shelf VALUES (1)');
    expect(disk.count()).toBe(before + 1);
    await pglite.query('SELECT * FROM shelf');
    expect(disk.count()).toBe(before + 1);
  }
});

test('a checkpoint syncs the files that it wrote, folders included', async () => {
  await pglite.exec('CREATE TABLE more AS SELECT 1');
  const before = disk.count();
  await pglite.exec('CHECKPOINT');
  expect(disk.count()).toBeGreaterThan(before + 2);
});

test('a whole folder can be synced', async () => {
  await expect(syncTree(directory)).resolves.toBe(undefined);
});

test('a directory that is opened normally syncs its commits, without a warning', async () => {
  const path = mkdtempSync(join(tmpdir(), 'credits-disk-'));
  const warnings: string[] = [];
  const database = await openEmbedded({ directory: path, onWarning: (message) => warnings.push(message) });
  const { rows } = await database.pool.query('SHOW fsync');
  await database.close();
  rmSync(path, { recursive: true, force: true });
  expect({ rows, warnings }).toEqual({ rows: [{ fsync: 'on' }], warnings: [] });
});

test('nothing is written or synced for a directory that another process took over', async () => {
  isHeld = false;
  await expect(pglite.exec('INSERT INTO shelf VALUES (2)')).rejects.toThrow('could not');
  isHeld = true;
});
