import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { administer } from './administer.ts';
import { createPostgresDatabase } from './database.ts';

export const ROLE = `hostile_${randomBytes(6).toString('hex')}`;

const SETTINGS: Record<string, string> = {
  array_nulls: 'off',
  bytea_output: 'escape',
  client_encoding: 'latin1',
  datestyle: `'German', 'DMY'`,
  default_transaction_deferrable: 'on',
  default_transaction_isolation: `'serializable'`,
  default_transaction_read_only: 'on',
  extra_float_digits: '-15',
  idle_in_transaction_session_timeout: `'20s'`,
  intervalstyle: `'sql_standard'`,
  lock_timeout: `'20s'`,
  plan_cache_mode: `'force_generic_plan'`,
  quote_all_identifiers: 'on',
  search_path: `'nowhere'`,
  standard_conforming_strings: 'off',
  statement_timeout: `'20s'`,
  timezone: `'Asia/Kathmandu'`,
};

/** Parses what a database answers as a host might, in this whole process. */
export function replaceParsers(): void {
  const { BOOL, BYTEA, INT8, TEXT, JSON, TIMESTAMPTZ, UUID } = pg.types.builtins;
  for (const type of [BOOL, BYTEA, INT8, TEXT, JSON, TIMESTAMPTZ, UUID]) {
    pg.types.setTypeParser(type, () => 'parsed by the host');
  }
}

/** A pool on a new database, as the role. */
export async function createHostilePool(): Promise<{ pool: pg.Pool; drop(): Promise<void> }> {
  const created = await createPostgresDatabase();
  const name = new URL(created.url).pathname.slice(1);
  await administer(
    created.url,
    `CREATE ROLE ${ROLE} LOGIN PASSWORD '${ROLE}'`,
    `GRANT ALL ON DATABASE ${name} TO ${ROLE}`,
    ...Object.entries(SETTINGS).map(([setting, value]) => `ALTER ROLE ${ROLE} SET ${setting} = ${value}`),
  );
  const url = new URL(created.url);
  url.username = ROLE;
  url.password = ROLE;
  return {
    pool: new pg.Pool({ connectionString: url.href }),
    async drop() {
      await created.drop();
      await administer(inject('postgresUrl'), `DROP ROLE ${ROLE}`);
    },
  };
}

/** A bench closes what it opened; the ledger is given the pool itself. */
export function toDatabase(pool: pg.Pool): Database {
  return Object.assign(pool, { close: () => pool.end() }) as unknown as Database;
}
