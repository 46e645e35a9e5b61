import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreditsError } from 'realtime-credits/contract';
import { createLedger } from '../ledger/create-ledger.ts';
import { openDatabase, type Database, type DatabaseOptions } from '../ledger/database.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readPendingMigrations } from '../ledger/pending-migrations.ts';
import { usageError, type CommandContext } from './command.ts';

/** Where the ledger is, and who said so. */
export interface Place {
  options: { url: string } | { directory: string };
  /** Fit to be printed: without the password. */
  name: string;
  /** The option or variable. */
  from: string;
}

/**
 * Finds the database: what the call says, else `DATABASE_URL`, else `DATA_DIR`. Opens nothing.
 *
 * A directory may be the database itself or what it lies in, as `DATA_DIR` of the dashboard is.
 *
 * @throws {CreditsError} `invalid_request` — nobody says where it is
 */
export function findPlace({ values, environment }: Pick<CommandContext, 'values' | 'environment'>): Place {
  const said = [
    ['--database', values['database']],
    ['DATABASE_URL', environment['DATABASE_URL']],
    ['DATA_DIR', environment['DATA_DIR']],
  ] as const;
  const [from, where] = said.find(([, value]) => typeof value === 'string' && value !== '') ?? [];
  if (from === undefined || typeof where !== 'string') {
    throw usageError('Say which database: --database <url or directory>, or DATABASE_URL, or DATA_DIR.');
  }
  if (/^[a-z]+:\/\//i.test(where)) return { options: { url: where }, name: withoutPassword(where), from };
  if (from === 'DATABASE_URL') throw usageError('DATABASE_URL must begin with postgres://');
  const inside = join(where, 'database');
  const isParent = !isDatabase(where) && (from === 'DATA_DIR' || isDatabase(inside));
  const directory = resolve(isParent ? inside : where);
  return { options: { directory }, name: directory, from };
}

/** Whether an embedded database lies in a directory. */
export function isDatabase(directory: string): boolean {
  return existsSync(join(directory, 'postgres', 'PG_VERSION'));
}

function withoutPassword(text: string): string {
  try {
    const url = new URL(text);
    if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Error('another protocol');
    return `${url.protocol}//${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
  } catch {
    throw usageError('The URL of a database must look like postgres://user:password@host/name.');
  }
}

export interface Opened {
  database: Database;
  ledger: Ledger;
}

/**
 * Opens the ledger for a piece of work, and closes it again, however that ends.
 *
 * @param options.creates - Whether a ledger may be made where there is none, and its tables brought up to date. Without
 *   it, what is missing is refused: a directory that was mistyped must not become a second, empty ledger.
 * @throws {CreditsError} `unavailable` — no such database, in use elsewhere, or of another version
 */
export async function withLedger<T>(
  context: CommandContext,
  { creates }: { creates: boolean },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  return withDatabase(context, { creates }, async (database) => {
    const pending = creates ? [] : await readPendingMigrations(database.pool);
    if (pending.length > 0) {
      throw new CreditsError(
        'unavailable',
        `The database lacks ${pending.join(', ')}: run "realtime-credits migrate" first, or name another database.`,
      );
    }
    const onWarning = (message: string): void => context.terminal.say(message);
    const ledger = await createLedger({ database, onWarning });
    try {
      return await work({ database, ledger });
    } finally {
      await ledger.close();
    }
  });
}

/** The same for the database alone. */
export async function withDatabase<T>(
  context: CommandContext,
  { creates }: { creates: boolean },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const place = findPlace(context);
  const options: DatabaseOptions = place.options;
  if ('directory' in options && !isDatabase(options.directory)) {
    if (!creates) {
      const what = `There is no database in ${place.name} (${place.from}): name one that exists, or make one with "migrate".`;
      throw new CreditsError('unavailable', what);
    }
    context.terminal.say(`There is no database in ${place.name} yet: it is made.`);
  }
  const database = await openDatabase(options, { onWarning: (message) => context.terminal.say(message) });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
