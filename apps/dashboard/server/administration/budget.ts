import type { Pool } from 'pg';
import type { AuditKind } from './audit.ts';

/** Credits that one administrator may give out or move by themself. */
export interface AdjustmentLimits {
  /** At once, and by each use of a code. */
  each: number;
  /** In any 24 hours, with everything that their codes may still pay. */
  day: number;
}

export interface Budget {
  /** Credits of the last 24 hours. */
  used: number;
  /** Whether this kind of action was counted before under this operation: it is being repeated. */
  isKnown: boolean;
}

/** Reads what an administrator did within 24 hours. Until the transaction ends, nothing else of theirs is decided. */
export async function lockBudget(
  client: Pick<Pool, 'query'>,
  { admin, operationId, kind }: { admin: string; operationId: string; kind: AuditKind },
): Promise<Budget> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`dashboard adjust ${admin}`]);
  const { rows } = await client.query<{ used: string; known: boolean }>(
    `SELECT coalesce(sum(abs(amount)), 0) AS used, coalesce(bool_or(operation_id = $2 AND kind = $3), false) AS known
     FROM dashboard_audit WHERE actor = $1 AND kind IN ('adjust', 'create_code', 'edit_code')
       AND (at > now() - interval '1 day' OR operation_id = $2)`,
    [admin, operationId, kind],
  );
  return { used: Number(rows[0]?.used ?? 0), isKnown: rows[0]?.known === true };
}
