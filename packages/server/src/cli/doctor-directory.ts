import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCreditsError } from 'realtime-credits/contract';
import { isDatabase, openPlace } from './connect.ts';
import type { Finding } from './doctor.ts';
import { checkTables } from './doctor-tables.ts';

/** Bytes below which a disk is worth a warning: the log between two checkpoints, and room to notice in. */
const FREE_BYTES_WARN = 1_000_000_000;

/** Bytes below which the next hours may fill it. */
const FREE_BYTES_FAIL = 100_000_000;

/** Looks at an embedded database: whether it is there, free to open, has room, and syncs what it acknowledges. */
export async function* checkDirectory(directory: string, schema: string): AsyncGenerator<Finding> {
  const exists = isDatabase(directory);
  yield* checkRoom(exists ? directory : dirname(directory));
  if (!exists) {
    const message = `there is no database in ${directory}: the dashboard creates one when it starts, and so does "migrate".`;
    yield { status: 'warn', about: 'directory', message };
    return;
  }
  const warnings: string[] = [];
  let database;
  try {
    database = await openPlace({ directory }, (message) => warnings.push(message));
  } catch (error) {
    if (!isCreditsError(error)) throw error;
    // Usually a running dashboard, which is no fault.
    const isInUse = error.message.includes('is open in');
    const more = isInUse ? ' Its tables were not checked.' : '';
    yield { status: isInUse ? 'warn' : 'fail', about: 'directory', message: `${error.message}${more}` };
    return;
  }
  try {
    if (warnings.length === 0) {
      yield {
        status: 'ok',
        about: 'directory',
        message: 'it opens, no other process has it open, and a commit reaches the disk.',
      };
    }
    for (const message of warnings) yield { status: 'warn', about: 'directory', message };
    yield* checkTables(database, schema);
  } finally {
    await database.close();
  }
}

async function* checkRoom(directory: string): AsyncGenerator<Finding> {
  let free;
  try {
    const { bavail, bsize } = await statfs(directory);
    free = bavail * bsize;
  } catch {
    yield { status: 'warn', about: 'disk', message: `the free space on the disk of ${directory} is unknown.` };
    return;
  }
  const room = `${(free / 1e9).toFixed(1)} GB are free`;
  const status = free < FREE_BYTES_FAIL ? 'fail' : free < FREE_BYTES_WARN ? 'warn' : 'ok';
  const advice = status === 'ok' ? '.' : ': make room. When it is full, changes are refused.';
  yield { status, about: 'disk', message: `${room}${advice}` };
}
