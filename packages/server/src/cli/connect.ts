import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CreditsError } from 'realtime-credits/contract';
import { createLedger } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openDatabase, type Database } from '../ledger/postgres/database.ts';
import { readPending } from '../ledger/postgres/migrate.ts';
import { ledgerMigrations } from '../ledger/postgres/postgres-storage.ts';
import { parseSchema } from '../ledger/postgres/schema.ts';
import { createLedgers, type Ledgers } from '../ledgers/create-ledgers.ts';
import { checkList } from '../ledgers/list.ts';
import { usageError, type CommandContext } from './command.ts';

/** Where the ledger is, and what named it. */
export interface Place {
  options: { url: string } | { directory: string };
  /** For output: without the password. */
  name: string;
  /** The option or variable. */
  from: string;
}

/**
 * Finds the database: `--database`, otherwise `DATABASE_URL`, otherwise `DATA_DIR`. Opens nothing.
 *
 * A directory may be the database itself or its parent, as `DATA_DIR` of the dashboard is.
 *
 * @throws {CreditsError} `invalid_request` — none of them is given
 */
export function findPlace({ values, environment }: Pick<CommandContext, 'values' | 'environment'>): Place {
  const given = [
    ['--database', values['database']],
    ['DATABASE_URL', environment['DATABASE_URL']],
    ['DATA_DIR', environment['DATA_DIR']],
  ] as const;
  const [from, where] = given.find(([, value]) => typeof value === 'string' && value !== '') ?? [];
  if (from === undefined || typeof where !== 'string') {
    throw usageError('Name the database: --database <url or directory>, DATABASE_URL, or DATA_DIR.');
  }
  if (/^[a-z]+:\/\//i.test(where)) return { options: { url: where }, name: withoutPassword(where), from };
  if (from === 'DATABASE_URL') throw usageError('DATABASE_URL must begin with postgres://');
  const inside = join(where, 'database');
  const isParent = !isDatabase(where) && (from === 'DATA_DIR' || isDatabase(inside));
  const directory = resolve(isParent ? inside : where);
  return { options: { directory }, name: directory, from };
}

/** Whether a directory contains an embedded database. */
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
  schema: string;
  ledger: Ledger;
}

/**
 * Opens the ledger for some work and closes it afterwards.
 *
 * @param options.creates - Whether a missing ledger is created, and its tables brought up to date. Otherwise what is missing
 *   is refused: a mistyped directory must not become a second, empty ledger.
 * @throws {CreditsError} `unavailable` — no such database, in use elsewhere, or of another version
 */
export async function withLedger<T>(
  context: CommandContext,
  { creates }: { creates: boolean },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  return withDatabase(context, { creates }, async (database) => {
    const schema = readSchema(context);
    if (!creates) await assertMigrated(database, schema);
    const onWarning = (message: string): void => context.terminal.report(message);
    const ledger = await createLedger({ database, schema, onWarning });
    try {
      return await work({ database, schema, ledger });
    } finally {
      await ledger.close();
    }
  });
}

/** The same for several ledgers as one. Their list must exist. */
export async function withLedgers<T>(context: CommandContext, work: (ledgers: Ledgers) => Promise<T>): Promise<T> {
  return withDatabase(context, { creates: false }, async (database) => {
    const directory = readSchema(context, 'credits_ledgers');
    for (const schema of await checkList(database.pool, directory, undefined)) await assertMigrated(database, schema);
    const onWarning = (message: string): void => context.terminal.report(message);
    const ledgers = await createLedgers({ database, directory, onWarning, recoverEveryMs: 0 });
    try {
      return await work(ledgers);
    } finally {
      await ledgers.close();
    }
  });
}

/** What exists: with `--ledgers` all of a list, otherwise one. */
export async function withOneOrAll<T>(context: CommandContext, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  if (context.values['ledgers'] === true) return withLedgers(context, work);
  return withLedger(context, { creates: false }, ({ ledger }) => work(ledger));
}

/** The same for the database alone. */
export async function withDatabase<T>(
  context: CommandContext,
  { creates }: { creates: boolean },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const place = findPlace(context);
  const { options } = place;
  if ('directory' in options && !isDatabase(options.directory)) {
    if (!creates) {
      const what = `There is no database in ${place.name} (${place.from}): name an existing one, or create one with "migrate".`;
      throw new CreditsError('unavailable', what);
    }
    context.terminal.report(`Creating a database in ${place.name}.`);
  }
  const database = await openPlace(options, (message) => context.terminal.report(message));
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The schema of the ledger that the command is about. */
export function readSchema({ values }: Pick<CommandContext, 'values'>, fallback = 'credits'): string {
  return parseSchema(values['schema'] ?? fallback);
}

async function assertMigrated(database: Database, schema: string): Promise<void> {
  const pending = await readPendingNames(database, schema);
  if (pending.length === 0) return;
  throw new CreditsError(
    'unavailable',
    `The schema "${schema}" lacks ${pending.join(', ')}: run "realtime-credits migrate" first, or name another database.`,
  );
}

/** Names of the migrations that a schema lacks. */
export async function readPendingNames(database: Pick<Database, 'pool'>, schema: string): Promise<string[]> {
  const client = await database.pool.connect();
  try {
    return (await readPending(client, ledgerMigrations(schema))).map(({ name }) => name);
  } finally {
    client.release();
  }
}

/** Opens either kind of database. PGlite is loaded only when it is used: it is an optional peer of this package. */
export async function openPlace(
  options: Place['options'],
  onWarning: (message: string, cause: unknown) => void,
): Promise<Database> {
  if ('url' in options) return openDatabase({ ...options, onWarning });
  try {
    const { openEmbedded } = await import('../ledger/embedded/open-embedded.ts');
    return await openEmbedded({ ...options, onWarning });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const message = 'A data directory needs PGlite: install @electric-sql/pglite, or name a Postgres server.';
    throw new CreditsError('unavailable', message, { cause: error });
  }
}
