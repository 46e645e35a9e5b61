import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedEngine } from '../../../src/ledger/embedded/engine.ts';
import { openEmbedded } from '../../../src/embedded.ts';
import { createSyncedDisk, syncTree, type SyncedDisk } from '../../../src/ledger/embedded/synced-disk.ts';

// A power cut cannot be tested here; that each commit asks the disk to sync can.

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

test('once another process has the directory, nothing is acknowledged, wherever the statement was by then', async () => {
  const path = mkdtempSync(join(tmpdir(), 'credits-disk-'));
  let checksPassed = Infinity;
  const open = () =>
    EmbeddedEngine.open({ directory: path, isHeld: () => (checksPassed -= 1) >= 0, onWarning: () => undefined });
  let response = '';
  const run = (engine: EmbeddedEngine, sql: string) =>
    engine.run(toQuery(sql), (bytes) => (response += bytes.toString('latin1')));
  const first = await open();
  expect(run(first, 'CREATE TABLE shelf (id int)')).toBe(true);
  await first.close();
  // Before the statement, before its write of the log, and after its sync.
  for (const checks of [0, 1, 2]) {
    checksPassed = Infinity;
    const engine = await open();
    checksPassed = checks;
    response = '';
    run(engine, 'INSERT INTO shelf VALUES (1)');
    expect(response).not.toContain('INSERT 0 1');
    expect(run(engine, 'SELECT 1')).toBe(false);
    await engine.close();
  }
  checksPassed = Infinity;
  const last = await open();
  expect(run(last, 'INSERT INTO shelf VALUES (1)')).toBe(true);
  expect(response).toContain('INSERT 0 1');
  await last.close();
  rmSync(path, { recursive: true, force: true });
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

/** A statement as the wire protocol's simple query. */
function toQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.from('Q\0\0\0\0', 'latin1');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}
