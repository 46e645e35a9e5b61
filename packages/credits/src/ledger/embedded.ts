import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { CreditsError } from '../contract/error.ts';
import type { Database } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { createSyncedDisk, syncTree } from './embedded-disk.ts';
import { createEmbeddedSession } from './embedded-session.ts';
import { surviveLostConnections } from './lost-connection.ts';
import { startMaintenance } from './maintenance.ts';

/**
 * The embedded database: Postgres as WebAssembly, in this process, behind our own lock and with the upkeep that a server
 * does by itself.
 *
 * In a directory, a commit is on the disk before it is acknowledged. That leans on how the pinned version of PGlite is built,
 * so that opening looks whether a commit syncs, and warns where it does not: then a process that is killed still loses
 * nothing, but a machine that loses power may.
 */

/** Opens the database in a directory, or in memory for null. */
export async function openEmbedded(
  directory: string | null,
  onWarning: (message: string, cause: unknown) => void,
): Promise<Database> {
  const path = directory === null ? null : resolve(directory);
  if (path !== null) await mkdir(path, { recursive: true, mode: 0o700 });
  const unlock = path === null ? async () => undefined : await lockDirectory(path);
  let pglite: PGlite;
  try {
    pglite = path === null ? await PGlite.create() : await openOnDisk(join(path, 'postgres'), onWarning);
  } catch (error) {
    await unlock();
    const message = `The embedded database in ${path ?? 'memory'} does not open: ${String(error)}`;
    throw new CreditsError('unavailable', message, { cause: error });
  }
  const session = createEmbeddedSession(pglite);
  const pool = new Pool({
    stream: () => session.connect(),
    max: 1,
    // The one connection is the database: ending it when idle would only make it again.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
  });
  surviveLostConnections(pool, onWarning);
  const stopMaintenance = path === null ? async () => undefined : startMaintenance(pool, onWarning);
  return Object.freeze({
    kind: 'embedded' as const,
    pool,
    async close() {
      await stopMaintenance();
      await pool.end();
      session.close();
      await pglite.close();
      await unlock();
    },
  });
}

async function openOnDisk(path: string, onWarning: (message: string, cause: unknown) => void): Promise<PGlite> {
  const isNew = !existsSync(join(path, 'PG_VERSION'));
  const disk = createSyncedDisk(path);
  const pglite = await PGlite.create({ fs: disk.fs, startParams: disk.startParams });
  // What initdb wrote was never synced, and Postgres only syncs what it changes.
  if (isNew) await syncTree(path);
  const before = disk.count();
  await pglite.query(`SELECT pg_logical_emit_message(true, 'realtime-credits', 'Does a commit sync?')`);
  if (disk.count() === before) {
    onWarning('Commits of the embedded database do not reach the disk: a power cut may lose them.', undefined);
  }
  return pglite;
}
