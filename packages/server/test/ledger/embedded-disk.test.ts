import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/ledger/database.ts';
import { createSyncedDisk, syncTree, type SyncedDisk } from '../../src/ledger/embedded-disk.ts';
import { openEngine } from '../../src/ledger/embedded-engine.ts';

// A power cut cannot be tested here; that each commit asks the disk to sync can, and so can who would notice otherwise.

const directory = mkdtempSync(join(tmpdir(), 'credits-disk-'));
let disk: SyncedDisk;
let pglite: PGlite;
beforeAll(async () => {
  disk = createSyncedDisk(join(directory, 'postgres'));
  pglite = await PGlite.create({ fs: disk.fs, startParams: disk.startParams });
  await pglite.exec('CREATE TABLE shelf (id int)');
});
afterAll(async () => {
  await pglite.close();
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

test(
  'once another process has the directory, nothing is acknowledged, wherever the statement was by then',
  { timeout: 300_000 },
  async () => {
    const path = mkdtempSync(join(tmpdir(), 'credits-disk-'));
    let checksPassed = Infinity;
    const engine = await openEngine(
      path,
      () => undefined,
      () => (checksPassed -= 1) >= 0,
    );
    let response = '';
    const run = (sql: string) => engine.run(toQuery(sql), (bytes) => (response += bytes.toString('latin1')));
    expect(run('CREATE TABLE shelf (id int)')).toBe(true);
    // Before the statement, before its write of the log, and after its sync.
    for (checksPassed of [0, 1, 2]) {
      response = '';
      run('INSERT INTO shelf VALUES (1)');
      expect(response).not.toContain('INSERT 0 1');
      expect(run('SELECT 1')).toBe(false);
      await expect(engine.revive()).rejects.toThrow('Another process took over');
      checksPassed = Infinity;
      await vi.waitFor(() => engine.revive(), { timeout: 60_000 });
    }
    checksPassed = Infinity;
    expect(run('INSERT INTO shelf VALUES (1)')).toBe(true);
    expect(response).toContain('INSERT 0 1');
    await engine.close();
    rmSync(path, { recursive: true, force: true });
  },
);

test('a whole folder can be synced', async () => {
  await expect(syncTree(directory)).resolves.toBe(undefined);
});

test('a directory that is opened normally syncs its commits, and nobody is warned', async () => {
  const path = mkdtempSync(join(tmpdir(), 'credits-disk-'));
  const warnings: string[] = [];
  const database = await openDatabase({ directory: path }, { onWarning: (message) => warnings.push(message) });
  const { rows } = await database.pool.query('SHOW fsync');
  await database.close();
  rmSync(path, { recursive: true, force: true });
  expect({ rows, warnings }).toEqual({ rows: [{ fsync: 'on' }], warnings: [] });
});

/** A statement as the wire protocol's simple query. */
function toQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.from('Q\0\0\0\0', 'latin1');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}
