import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Pool } from 'pg';
import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import { keepAliveOnLostConnections, type Database } from '../postgres/database.ts';
import { codeOf } from '../postgres/sql-error.ts';
import { lockDirectory, type DirectoryLock } from './directory-lock.ts';
import { EmbeddedEngine } from './engine.ts';
import { Maintenance } from './maintenance.ts';
import { EmbeddedSession } from './session.ts';
import { syncPath } from './synced-disk.ts';

export type EmbeddedOptions = (
  | {
      /** Created if it is missing. One process at a time. */
      directory: string;
    }
  | {
      /** In memory, and gone when closed: for tests and trials. */
      memory: true;
    }
) & {
  /** Called for what went wrong in the background. */
  onWarning?: (message: string, cause: unknown) => void;
};

/**
 * Opens an embedded database: Postgres as WebAssembly, in this process.
 *
 * In a directory, a commit is on the disk before it is acknowledged. When the disk is full or fails, changes are refused
 * with `unavailable`, if necessary until the process is restarted, and nothing acknowledged is lost.
 *
 * @throws {CreditsError} `unavailable` — another process has the directory open, or it cannot be used
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Database> {
  const { onWarning = () => undefined } = options;
  const directory = 'directory' in options ? resolve(options.directory) : null;
  const lock = directory === null ? null : await takeDirectory(directory, onWarning);
  let engine: EmbeddedEngine;
  try {
    engine = await EmbeddedEngine.open({ directory, isHeld: () => lock?.isHeld() ?? true, onWarning });
  } catch (error) {
    await lock?.release();
    const message = `The embedded database in ${directory ?? 'memory'} does not open: ${describe(error)}`;
    throw new CreditsError('unavailable', message, { cause: error });
  }
  const session = new EmbeddedSession(engine);
  const pool = new Pool({
    stream: () => session.connect(),
    max: 1,
    // Closing the one connection when it is idle would only mean opening it again.
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
  });
  keepAliveOnLostConnections(pool, onWarning);
  const maintenance = directory === null ? null : new Maintenance(pool, onWarning);
  return Object.freeze({
    kind: 'embedded' as const,
    pool,
    listen: null,
    async close() {
      await maintenance?.stop();
      await pool.end();
      session.close();
      await engine.close();
      await lock?.release();
    },
  });
}

/** Errors of Emscripten are no instances of Error: they carry a number. */
function describe(error: unknown): string {
  return error instanceof Error ? String(error) : `the file system failed (${JSON.stringify(error)})`;
}

/** Creates the directory and locks it, or says why it cannot be used. */
async function takeDirectory(
  path: string,
  onWarning: (message: string, cause: unknown) => void,
): Promise<DirectoryLock> {
  try {
    await createDirectory(path);
    return await lockDirectory(path, { onWait: (message) => onWarning(message, undefined) });
  } catch (error) {
    if (isCreditsError(error)) throw error;
    const code = codeOf(error);
    const reason =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'its disk is full. Make room, then start again'
        : 'this process cannot write there. Make it writable, or choose another directory';
    throw new CreditsError('unavailable', `The data directory ${path} cannot be used (${code}): ${reason}.`, {
      cause: error,
    });
  }
}

/** Creates a directory and its missing parents, and syncs them, so a power cut loses none of them. */
async function createDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let created = path; created !== dirname(first); created = dirname(created)) await syncPath(dirname(created));
}
