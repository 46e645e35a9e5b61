import { createHash } from 'node:crypto';
import { CreditsError } from 'realtime-credits/contract';
import { checkOut, type Checkout } from './checkout.ts';
import type { SqlClient, SqlPool } from './database.ts';
import { codeOf, toCreditsError } from './sql-error.ts';
import { createStatement, sendUnnamed } from './statements.ts';

/** One step of a schema. Released steps never change: a change is a new migration. */
export interface Migration {
  /** Unique within its namespace, such as `001-accounts`. */
  name: string;
  /** SQL without parameters. Runs inside a transaction. One statement, if it is to run on a distributed schema. */
  sql: string;
}

export interface MigrateOptions {
  /** Lower-case identifier. Applied migrations are recorded in the table `<namespace>_migrations`. */
  namespace: string;
  /** In the order in which they are applied. */
  migrations: readonly Migration[];
  /** Where that table is; created if it is missing. @default the first schema of the connection's search path */
  schema?: string;
  /** Tables that the migrations create in `schema`. If one exists without the record of migrations, it is not ours. */
  tables?: readonly string[];
}

const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = 0;
  SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0`;

/**
 * Brings the tables of one namespace to the newest schema. Returns the names of the migrations that it applied.
 *
 * All or nothing, under an advisory lock: instances that start together wait for the first, then find nothing to do.
 * Hosts use it for their own tables, with their own namespace, on the same pool.
 *
 * @throws {CreditsError} `unavailable` — an applied migration was edited, reordered or is unknown to this program
 * @throws {CreditsError} `invalid_request` — the namespace is no identifier, or the tables belong to somebody else
 */
export async function migrate(pool: SqlPool, options: MigrateOptions): Promise<string[]> {
  const { namespace } = options;
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(namespace)) {
    throw new CreditsError('invalid_request', `namespace must be a lower-case identifier: got "${namespace}".`);
  }
  let checkout: Checkout | null = null;
  let isEnded = true;
  try {
    checkout = await checkOut(pool);
    const { client } = checkout;
    // Read first: a standby that needs no change must be able to start.
    if ((await readPending(client, options)).length === 0) return [];
    isEnded = false;
    await run(client, BEGIN);
    const applied = await applyPending(client, options);
    await run(client, 'COMMIT');
    isEnded = true;
    return applied;
  } catch (error) {
    throw toCreditsError(error);
  } finally {
    await checkout?.release(isEnded);
  }
}

/**
 * Reads which migrations a database lacks, without changing it.
 * @throws {CreditsError} as {@link migrate}
 */
export async function readPending(client: SqlClient, options: MigrateOptions): Promise<Migration[]> {
  const { namespace, migrations } = options;
  const applied = await readApplied(client, options);
  for (const [position, row] of applied.entries()) {
    const migration = migrations[position];
    if (migration?.name !== row.name) {
      throw new CreditsError(
        'unavailable',
        `The database has the ${namespace} migration "${row.name}" at position ${position}, this program has ` +
          `"${migration?.name ?? 'none'}" there. Was the database used by a newer program?`,
      );
    }
    if (checksumOf(migration) !== row.checksum) {
      throw new CreditsError(
        'unavailable',
        `The ${namespace} migration "${row.name}" was changed after it was applied. Add a new migration instead.`,
      );
    }
  }
  return migrations.slice(applied.length);
}

async function applyPending(client: SqlClient, options: MigrateOptions): Promise<string[]> {
  const { namespace, migrations, schema } = options;
  // Locked before the schema is created: two CREATE SCHEMA at once fail, also with IF NOT EXISTS.
  const lock = `realtime-credits:migrate:${schema ?? ''}`;
  await run(client, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock]);
  const pending = await readPending(client, options);
  const table = tableOf(options);
  if (pending.length === migrations.length) {
    if (schema !== undefined) await createSchema(client, schema);
    await run(
      client,
      `CREATE TABLE IF NOT EXISTS ${table} (
        position integer NOT NULL, name text NOT NULL, checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT ${namespace}_migrations_pkey PRIMARY KEY (position),
        CONSTRAINT ${namespace}_migrations_name_key UNIQUE (name))`,
    );
  }
  for (const migration of pending) {
    await run(client, migration.sql);
    await run(client, `INSERT INTO ${table} (position, name, checksum) VALUES ($1::integer, $2, $3)`, [
      String(migrations.indexOf(migration)),
      migration.name,
      checksumOf(migration),
    ]);
  }
  return pending.map(({ name }) => name);
}

/** Creates a schema unless it exists. Looked up first: a role may use a schema without the right to create one. */
async function createSchema(client: SqlClient, schema: string): Promise<void> {
  const { rows } = await run(client, 'SELECT 1 AS found FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rows.length === 0) await run(client, `CREATE SCHEMA "${schema}"`);
}

/** The applied migrations in order; none if nothing was ever applied. */
async function readApplied(client: SqlClient, options: MigrateOptions): Promise<{ name: string; checksum: string }[]> {
  const { schema, tables = [] } = options;
  const table = tableOf(options);
  const { rows } = await run(
    client,
    `SELECT to_regclass($1) IS NOT NULL AS known, array_to_string(ARRAY(SELECT tablename FROM pg_tables
       WHERE schemaname = $2 AND tablename = ANY($3::text[]) ORDER BY tablename), ', ') AS found`,
    [table, schema ?? null, `{${tables.join(',')}}`],
  );
  const { known, found } = rows[0] as { known: string; found: string };
  if (known !== 't') {
    if (found !== '') throw foreignTables(schema, found, null);
    return [];
  }
  try {
    const applied = await run(client, `SELECT name, checksum FROM ${table} ORDER BY position`);
    return applied.rows as { name: string; checksum: string }[];
  } catch (error) {
    if (codeOf(error) === '42703') throw foreignTables(schema, `${options.namespace}_migrations`, error);
    throw error;
  }
}

function foreignTables(schema: string | undefined, found: string, cause: unknown): CreditsError {
  return new CreditsError(
    'invalid_request',
    `The schema "${schema ?? 'public'}" already contains tables of another program (${found}): choose another schema.`,
    { details: { field: 'schema' }, cause },
  );
}

function tableOf({ schema, namespace }: MigrateOptions): string {
  return schema === undefined ? `${namespace}_migrations` : `"${schema}".${namespace}_migrations`;
}

function run(client: SqlClient, text: string, values: readonly (string | null)[] = []) {
  return sendUnnamed(client, createStatement(text), values);
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
