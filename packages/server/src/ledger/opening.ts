import type { Pool } from 'pg';
import { toInteger } from './rows.ts';

/** What an import reads and writes beside its commands: each a statement for a whole piece of accounts. */

/** Creates accounts with floor 0, or finds them. */
export async function openAccounts(pool: Pool, accounts: readonly string[]): Promise<void> {
  // In the order of ids, so that two imports at once cannot wait for each other.
  await pool.query(
    `INSERT INTO credits_accounts (id, floor, created_at)
     SELECT id, 0, now() FROM unnest($1::text[]) AS u(id) ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING`,
    [accounts],
  );
}

/** What an actor's keys moved: 0 where a key is known and moved nothing; unknown keys are left out. */
export async function readOpenings(pool: Pool, actor: string, keys: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ key: string; amount: string }>(
    // By index for each key, whatever is known of the tables: a piece is nothing beside them.
    `SELECT o.key, coalesce(t.amount, 0)::text AS amount FROM unnest($2::text[]) AS u(key)
     CROSS JOIN LATERAL (SELECT key, transfer FROM credits_operations WHERE actor = $1 AND key = u.key LIMIT 1) o
     LEFT JOIN LATERAL (SELECT amount FROM credits_transfers WHERE id = o.transfer LIMIT 1) t ON true`,
    [actor, keys],
  );
  return new Map(rows.map(({ key, amount }) => [key, toInteger(amount)]));
}
