import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCreditsError } from 'realtime-credits/contract';
import { openDatabase } from '../ledger/database.ts';
import { isDatabase } from './connect.ts';
import type { Finding } from './doctor.ts';
import { checkTables } from './doctor-tables.ts';

/** Bytes below which a disk is worth a warning: the log between two checkpoints, and room to notice in. */
const FREE_BYTES_WARN = 1_000_000_000;

/** Bytes below which the next hours may fill it. */
const FREE_BYTES_FAIL = 100_000_000;

/** Looks at an embedded database: whether it is there, free to open, has room, and syncs what it acknowledges. */
export async function* checkDirectory(directory: string): AsyncGenerator<Finding> {
  const exists = isDatabase(directory);
  yield* checkRoom(exists ? directory : dirname(directory));
  if (!exists) {
    const message = `there is no database in ${directory}: the dashboard makes one when it starts, and so does "migrate".`;
    yield { status: 'warn', about: 'directory', message };
    return;
  }
  const warnings: string[] = [];
  let database;
  try {
    database = await openDatabase({ directory }, { onWarning: (message) => warnings.push(message) });
  } catch (error) {
    if (!isCreditsError(error)) throw error;
    // A dashboard that runs is the usual reason, and no fault: what is inside is then its own to say.
    const isInUse = error.message.includes('is open in');
    const more = isInUse ? ' Its tables were not looked at.' : '';
    yield { status: isInUse ? 'warn' : 'fail', about: 'directory', message: `${error.message}${more}` };
    return;
  }
  try {
    if (warnings.length === 0) {
      yield {
        status: 'ok',
        about: 'directory',
        message: 'it opens, nobody else has it, and a commit reaches the disk.',
      };
    }
    for (const message of warnings) yield { status: 'warn', about: 'directory', message };
    yield* checkTables(database.pool);
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
    yield { status: 'warn', about: 'disk', message: `the room on the disk of ${directory} cannot be told.` };
    return;
  }
  const room = `${(free / 1e9).toFixed(1)} GB are free`;
  const status = free < FREE_BYTES_FAIL ? 'fail' : free < FREE_BYTES_WARN ? 'warn' : 'ok';
  const advice = status === 'ok' ? '.' : ': make room before it is full, when changes are refused.';
  yield { status, about: 'disk', message: `${room}${advice}` };
}
