import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Pool } from 'pg';
import type { Database } from './database.ts';

/** Opens an embedded Postgres: in a directory, or in memory for null. */
export async function openEmbedded(
  directory: string | null,
  onWarning: (message: string, cause: unknown) => void,
): Promise<Database> {
  const path = directory === null ? null : resolve(directory);
  if (path !== null) await mkdir(path, { recursive: true });
  const pglite = path === null ? new PGlite() : new PGlite(path);
  await pglite.waitReady;
  const pool = new Pool({
    ...createPgConfig(pglite),
    max: 1,
    // The one connection is the database: ending it when idle would only make it again.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
  } as never);
  pool.on('error', (error) => onWarning('The embedded database reported an error.', error));
  return Object.freeze({
    kind: 'embedded' as const,
    pool,
    async close() {
      await pool.end();
      await pglite.close();
    },
  });
}
