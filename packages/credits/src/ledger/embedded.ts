import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { CreditsError } from '../contract/error.ts';
import type { Database } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { createEmbeddedSession } from './embedded-session.ts';
import { surviveLostConnections } from './lost-connection.ts';
import { startMaintenance } from './maintenance.ts';

/**
 * The embedded database: Postgres as WebAssembly, in this process, behind our own lock and with the upkeep that a server
 * does by itself.
 *
 * What it does not promise: it writes through the operating system's cache and never asks the disk to sync. A process
 * that is killed loses nothing that was acknowledged; a machine that loses power may lose the last seconds. Who needs
 * more uses a Postgres server.
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
    pglite = path === null ? new PGlite() : new PGlite(join(path, 'postgres'));
    await pglite.waitReady;
  } catch (error) {
    await unlock();
    throw new CreditsError(
      'unavailable',
      `The embedded database in ${path ?? 'memory'} does not open: ${String(error)}`,
      {
        cause: error,
      },
    );
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
