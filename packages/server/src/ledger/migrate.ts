import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { CreditsError } from 'realtime-credits/contract';
import { toCreditsError } from './sql-error.ts';

/** One step of a schema. Immutable once released: a change is a new migration. */
export interface Migration {
  /** Unique within its namespace, such as `001-accounts`. */
  name: string;
  /** One or more statements without parameters. Runs inside a transaction. */
  sql: string;
  /** Runs after the statements, in the same transaction: what SQL cannot compute. No part of the checksum. */
  fill?: (client: ClientBase) => Promise<void>;
}

export interface MigrateOptions {
  /** Lower-case identifier; what was applied is kept in the table `<namespace>_migrations`. */
  namespace: string;
  /** In the order of their application. */
  migrations: readonly Migration[];
}

/**
 * Brings the tables of one namespace to the newest schema. Returns the names of what it applied now.
 *
 * All or nothing, under an advisory lock: instances that start together wait for the first, then find nothing to do.
 * Hosts use it for their own tables, with their own namespace, on the same pool.
 *
 * @throws {CreditsError} `unavailable` — an applied migration was edited, reordered or is unknown to this program.
 */
export async function migrate(pool: Pool, options: MigrateOptions): Promise<string[]> {
  const { namespace, migrations } = options;
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(namespace)) {
    throw new CreditsError('invalid_request', `namespace must be a lower-case identifier: got "${namespace}".`);
  }
  let client;
  try {
    client = await pool.connect();
  } catch (error) {
    throw toCreditsError(error);
  }
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`realtime-credits:migrate:${namespace}`]);
    // Looked for first: a database that takes no changes, and needs none, is no reason not to start.
    const table = await client.query<{ known: boolean }>('SELECT to_regclass($1) IS NOT NULL AS known', [
      `${namespace}_migrations`,
    ]);
    if (table.rows[0]?.known !== true) {
      await client.query(
        `CREATE TABLE ${namespace}_migrations (
         position integer PRIMARY KEY, name text NOT NULL UNIQUE, checksum text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT now())`,
      );
    }
    const { rows } = await client.query<{ name: string; checksum: string }>(
      `SELECT name, checksum FROM ${namespace}_migrations ORDER BY position`,
    );
    assertUnchanged(namespace, rows, migrations);
    const applied: string[] = [];
    for (const [position, migration] of migrations.entries()) {
      if (position < rows.length) continue;
      await client.query(migration.sql);
      await migration.fill?.(client);
      await client.query(`INSERT INTO ${namespace}_migrations (position, name, checksum) VALUES ($1, $2, $3)`, [
        position,
        migration.name,
        checksumOf(migration),
      ]);
      applied.push(migration.name);
    }
    await client.query('COMMIT');
    client.release();
    return applied;
  } catch (error) {
    const rolledBack = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.release(!rolledBack);
    throw toCreditsError(error);
  }
}

function assertUnchanged(
  namespace: string,
  applied: readonly { name: string; checksum: string }[],
  migrations: readonly Migration[],
): void {
  for (const [position, row] of applied.entries()) {
    const migration = migrations[position];
    if (migration === undefined || migration.name !== row.name) {
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
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
