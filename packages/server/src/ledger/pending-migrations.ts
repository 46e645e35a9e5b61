import type { Pool } from 'pg';
import { LEDGER_MIGRATIONS } from './migrations.ts';
import { toCreditsError } from './sql-error.ts';

/** The steps of the ledger's schema that a database does not have yet: all of them where there is no ledger. */
export async function readPendingMigrations(pool: Pool): Promise<string[]> {
  try {
    const { rows } = await pool.query<{ known: boolean }>(
      `SELECT to_regclass('credits_migrations') IS NOT NULL AS known`,
    );
    const applied =
      rows[0]?.known === true
        ? await pool.query<{ name: string }>('SELECT name FROM credits_migrations')
        : { rows: [] };
    const names = new Set(applied.rows.map(({ name }) => name));
    return LEDGER_MIGRATIONS.map(({ name }) => name).filter((name) => !names.has(name));
  } catch (error) {
    throw toCreditsError(error);
  }
}
