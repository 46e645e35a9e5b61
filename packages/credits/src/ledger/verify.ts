import type { Pool } from 'pg';
import type { VerifyReport } from './ledger.ts';
import { toInteger } from './rows.ts';

/**
 * Recomputes what the ledger says from its entries, and names every difference (L-3). It trusts nothing that the writer
 * computed: balances from the sum of entries, versions from their count, holds from what remains of them.
 *
 * Reads the whole history of what it checks: for an administrator's page or a nightly job, not for a request of a user.
 */

/** Differences that one report names; the first ones say enough. */
const DIFFERENCES_MAX = 100;

/** `$1` is the account, or null for all. Every part yields `(account, message)`. */
const DIFFERENCES = `WITH entry AS (
    SELECT e.*, lag(e.posted_after) OVER w AS posted_last, lag(e.held_after) OVER w AS held_last,
      row_number() OVER w AS position
    FROM credits_entries e WHERE $1::text IS NULL OR e.account = $1 WINDOW w AS (PARTITION BY e.account ORDER BY e.version)
  ), total AS (
    SELECT account, count(*) AS entries, max(version) AS version,
      sum(CASE WHEN kind = 'transfer' AND direction = 'credit' THEN amount WHEN kind IN ('transfer', 'post') THEN -amount ELSE 0 END) AS posted,
      sum(CASE kind WHEN 'transfer' THEN 0 WHEN 'hold' THEN amount ELSE -amount END) AS held
    FROM entry GROUP BY account
  )
  SELECT account, 'version ' || version || ' stands at position ' || position || ': a version is missing or repeated' AS message
    FROM entry WHERE version <> position
  UNION ALL SELECT account, 'version ' || version || ' begins with posted ' || posted_before || ' held ' || held_before
      || ', the one before ended with posted ' || coalesce(posted_last, 0) || ' held ' || coalesce(held_last, 0)
    FROM entry WHERE posted_before <> coalesce(posted_last, 0) OR held_before <> coalesce(held_last, 0)
  UNION ALL SELECT a.id, 'version is ' || a.version || ', its entries say ' || coalesce(t.version, 0)
    FROM credits_accounts a LEFT JOIN total t ON t.account = a.id
    WHERE ($1::text IS NULL OR a.id = $1) AND a.version <> coalesce(t.version, 0)
  UNION ALL SELECT a.id, 'balance is posted ' || a.posted || ' held ' || a.held || ', its entries say posted '
      || coalesce(t.posted, 0) || ' held ' || coalesce(t.held, 0)
    FROM credits_accounts a LEFT JOIN total t ON t.account = a.id
    WHERE ($1::text IS NULL OR a.id = $1) AND (a.posted <> coalesce(t.posted, 0) OR a.held <> coalesce(t.held, 0))
  UNION ALL SELECT a.id, 'available is ' || (a.posted - a.held) || ', below the floor of ' || a.floor
    FROM credits_accounts a WHERE ($1::text IS NULL OR a.id = $1) AND a.posted - a.held < a.floor
  UNION ALL SELECT a.id, 'held is ' || a.held || ', its open holds say ' || coalesce(sum(h.remaining), 0)
    FROM credits_accounts a LEFT JOIN credits_holds h ON h.account = a.id AND h.remaining > 0
    WHERE $1::text IS NULL OR a.id = $1 GROUP BY a.id HAVING a.held <> coalesce(sum(h.remaining), 0)
  UNION ALL SELECT DISTINCT e.account, 'has entries but does not exist'
    FROM entry e WHERE NOT EXISTS (SELECT FROM credits_accounts a WHERE a.id = e.account)
  UNION ALL SELECT e.account, 'version ' || e.version || ' does not agree with transfer ' || e.transfer
    FROM entry e LEFT JOIN credits_transfers t ON t.id = e.transfer
    WHERE e.transfer IS NOT NULL AND (t.id IS NULL OR t.amount <> e.amount
      OR e.account <> CASE e.direction WHEN 'debit' THEN t.source ELSE t.destination END)
  UNION ALL SELECT t.source, 'transfer ' || t.id || ' has ' || count(e.account) || ' entries where two belong'
    FROM credits_transfers t LEFT JOIN entry e ON e.transfer = t.id
    WHERE $1::text IS NULL OR t.source = $1 OR t.destination = $1
    GROUP BY t.id, t.source HAVING count(e.account) <> CASE WHEN $1::text IS NULL THEN 2 ELSE 1 END
  UNION ALL SELECT NULL, 'the entries of all accounts sum to ' || sum(posted) || ' where they must sum to 0'
    FROM total WHERE $1::text IS NULL HAVING sum(posted) <> 0
  LIMIT ${DIFFERENCES_MAX}`;

const COUNTS = `SELECT
  (SELECT count(*) FROM credits_accounts WHERE $1::text IS NULL OR id = $1) AS accounts,
  (SELECT count(*) FROM credits_entries WHERE $1::text IS NULL OR account = $1) AS entries,
  (SELECT count(*) FROM credits_transfers WHERE $1::text IS NULL OR source = $1 OR destination = $1) AS transfers`;

/** Compares one account, or all for null. Each of the two statements sees one instant. */
export async function verifyLedger(pool: Pool, account: string | null, checkedAt: string): Promise<VerifyReport> {
  const { rows: counts } = await pool.query<{ accounts: string; entries: string; transfers: string }>(COUNTS, [
    account,
  ]);
  const { rows } = await pool.query<{ account: string | null; message: string }>(DIFFERENCES, [account]);
  const count = counts[0];
  return {
    ok: rows.length === 0,
    accounts: toInteger(count?.accounts ?? 0),
    entries: toInteger(count?.entries ?? 0),
    transfers: toInteger(count?.transfers ?? 0),
    differences: rows.map((row) => ({
      account: row.account,
      message: row.account === null ? `In total ${row.message}.` : `Account ${row.account}: ${row.message}.`,
    })),
    checkedAt,
  };
}
