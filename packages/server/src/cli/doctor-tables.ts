import type { Pool } from 'pg';
import { readPendingMigrations } from '../ledger/pending-migrations.ts';
import type { Finding } from './doctor.ts';

/** Looks whether the ledger's tables are there, and when they were last found in order. */
export async function* checkTables(pool: Pool): AsyncGenerator<Finding> {
  const pending = await readPendingMigrations(pool);
  if (pending.length > 0) {
    const message = `the tables lack ${pending.join(', ')}: run "migrate", or start the dashboard.`;
    yield { status: 'warn', about: 'tables', message };
    return;
  }
  yield { status: 'ok', about: 'tables', message: 'they have the newest schema.' };
  const { rows } = await pool.query<{ at: Date | null }>('SELECT max(checked_at) AS at FROM credits_checkpoints');
  const at = rows[0]?.at ?? null;
  if (at !== null)
    yield { status: 'ok', about: 'verification', message: `it last found accounts in order at ${at.toISOString()}.` };
  else yield { status: 'warn', about: 'verification', message: 'it never ran: run "verify" now and then.' };
}
