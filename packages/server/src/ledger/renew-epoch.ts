import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { LEDGER_MIGRATIONS } from './migrations.ts';
import { toCreditsError } from './sql-error.ts';

/**
 * Begins a new life of a ledger whose database was restored from a backup. Returns its epoch.
 *
 * Clients have seen versions that the backup does not have. They order what they hear by epoch first, so that a new one
 * makes each of them start afresh, and what was seen before counts no more. Balances, entries and keys stay as they are.
 *
 * Call it once, after restoring and before {@link createLedger}: a ledger that is open goes on in the life that it began.
 *
 * @throws {CreditsError} `unavailable` — the database cannot be reached, or was used by a newer program.
 */
export async function renewEpoch({ pool }: Database): Promise<string> {
  await migrate(pool, { namespace: 'credits', migrations: LEDGER_MIGRATIONS });
  try {
    const { rows } = await pool.query<{ epoch: string }>(
      'UPDATE credits_lives SET epoch = gen_random_uuid(), began_at = now() RETURNING epoch',
    );
    if (rows[0] === undefined) throw new Error('The ledger has lost its epoch.');
    return rows[0].epoch;
  } catch (error) {
    throw toCreditsError(error);
  }
}
