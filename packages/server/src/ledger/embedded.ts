import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Pool } from 'pg';
import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import type { Database } from './database.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { syncPath } from './embedded-disk.ts';
import { openEngine, type EmbeddedEngine } from './embedded-engine.ts';
import { createEmbeddedSession } from './embedded-session.ts';
import { surviveLostConnections } from './lost-connection.ts';
import { startMaintenance } from './maintenance.ts';
import { codeOf } from './sql-error.ts';

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
  const lock = path === null ? null : await takeDirectory(path, onWarning);
  let engine: EmbeddedEngine;
  try {
    engine = await openEngine(path, onWarning, lock?.isHeld);
  } catch (error) {
    await lock?.release();
    const message = `The embedded database in ${path ?? 'memory'} does not open: ${describe(error)}`;
    throw new CreditsError('unavailable', message, { cause: error });
  }
  const session = createEmbeddedSession(engine);
  const pool = new Pool({
    stream: () => session.connect(),
    max: 1,
    // The one connection is the database: ending it when idle would only make it again.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
  });
  surviveLostConnections(pool, onWarning);
  const stopMaintenance = path === null ? async () => undefined : startMaintenance(pool, engine, onWarning);
  return Object.freeze({
    kind: 'embedded' as const,
    pool,
    async close() {
      await stopMaintenance();
      await pool.end();
      session.close();
      await engine.close();
      await lock?.release();
    },
  });
}

/** Emscripten's own errors are no errors: they carry a number, and nothing to read. */
function describe(error: unknown): string {
  return error instanceof Error ? String(error) : `the file system failed (${JSON.stringify(error)})`;
}

/** Makes the directory and locks it, or says why it cannot be used. */
async function takeDirectory(
  path: string,
  onWarning: (message: string, cause: unknown) => void,
): Promise<DirectoryLock> {
  try {
    await makeDirectory(path);
    return await lockDirectory(path, { onWait: (message) => onWarning(message, undefined) });
  } catch (error) {
    if (isCreditsError(error)) throw error;
    const code = codeOf(error);
    const why =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'its disk is full. Make room, then start again'
        : 'this process cannot write there. Make it writable, or name another directory';
    throw new CreditsError('unavailable', `The data directory ${path} cannot be used (${code}): ${why}.`, {
      cause: error,
    });
  }
}

/** Makes a directory and what is missing above it, so that a power cut leaves none of it out. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made !== dirname(first); made = dirname(made)) await syncPath(dirname(made));
}
