import { CreditsError } from 'realtime-credits/contract';
import { checkOut } from './checkout.ts';
import type { Row } from './codecs.ts';
import type { Database, SqlPool } from './database.ts';
import { migrate } from './migrate.ts';
import { ledgerMigrations } from './postgres-storage.ts';
import { parseSchema } from './schema.ts';
import { toCreditsError } from './sql-error.ts';
import { createStatement, sendUnnamed } from './statements.ts';

/**
 * Gives a ledger a new epoch, after its database was restored from a backup. Returns the epoch.
 *
 * Clients have seen versions that the backup does not have. They order what they receive by epoch first, so a new epoch
 * makes them start over. Balances, entries and keys stay as they are.
 *
 * Call it once, after restoring and before {@link createLedger}: a ledger that is open continues with its old epoch.
 *
 * @param options.schema - @default 'credits'
 * @throws {CreditsError} `unavailable` — the database cannot be reached, or was used by a newer program
 */
export async function renewEpoch(
  database: Pick<Database<SqlPool>, 'pool'>,
  options: { schema?: string } = {},
): Promise<string> {
  const { pool } = database;
  const schema = parseSchema(options.schema ?? 'credits');
  await migrate(pool, ledgerMigrations(schema));
  const { client, release } = await checkOut(pool).catch((error: unknown) => {
    throw toCreditsError(error);
  });
  let isEnded = false;
  try {
    await sendUnnamed(client, createStatement('BEGIN READ WRITE'));
    const text = `UPDATE "${schema}".ledger SET epoch = gen_random_uuid(), began_at = now() RETURNING epoch`;
    const { rows } = await sendUnnamed(client, createStatement(text));
    const epoch = (rows as Row[])[0]?.['epoch'];
    if (epoch == null) throw new CreditsError('unavailable', 'The ledger has lost its epoch.');
    await sendUnnamed(client, createStatement('COMMIT'));
    isEnded = true;
    return epoch;
  } catch (error) {
    throw toCreditsError(error);
  } finally {
    await release(isEnded);
  }
}
