import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';

/** What administrators, and the operator's commands, did: one row each, which the database lets nobody change. */
export interface Audit {
  /**
   * Records an action, on a client of its transaction. The same operation of the same actor is recorded once.
   *
   * @returns Whether it is new. What takes effect each time that it is asked for has a new operation each time.
   * @throws {CreditsError} `idempotency_key_reused` — the operation was another action, which its row does not tell of.
   */
  record(action: AuditAction, client?: Queryable): Promise<boolean>;
  /** Newest first; of one target only, where it is given. */
  list(page: {
    before: number | null;
    limit: number;
    target?: string;
  }): Promise<{ rows: AuditRow[]; next: number | null }>;
}

export type AuditKind =
  | 'adjust'
  | 'request_adjustment'
  | 'approve_adjustment'
  | 'reject_adjustment'
  | 'void'
  | 'role'
  | 'ban'
  | 'unban'
  | 'password'
  | 'email'
  | 'second_factor'
  | 'sign_in_way'
  | 'username'
  | 'show_link'
  | 'close'
  | 'create_code'
  | 'edit_code'
  | 'replay_event'
  | 'edit_rewards';

/** Who, whom, what, why and from where. */
export interface AuditAction {
  /** A user's id, or {@link OPERATOR}. */
  actor: string;
  kind: AuditKind;
  /** The user whom it is about, or {@link codeTarget}, {@link eventTarget}, {@link REWARDS}. */
  target: string;
  /** Signed credits, of an adjustment; what a code may pay more than before. */
  amount?: number;
  details?: Record<string, unknown>;
  reason: string;
  /** The client's address; empty where there is none. */
  address: string;
  operationId: string;
}

export interface AuditRow extends Omit<AuditAction, 'amount' | 'details'> {
  id: number;
  /** ISO instant. */
  at: string;
  amount: number | null;
  details: Record<string, unknown>;
}

type Queryable = Pick<Pool, 'query'>;

/** The person at the terminal, whose settings and commands are no request. */
export const OPERATOR = 'system:operator';

const CODE = 'code:';

/** How the log names a code. */
export function codeTarget(code: string): string {
  return `${CODE}${code}`;
}

const EVENT = 'event:';

/** How the log names an event of the ledger. */
export function eventTarget(id: string): string {
  return `${EVENT}${id}`;
}

/** How the log names what the daily bonus and referrals pay. */
export const REWARDS = 'rewards:all';

/** `Code SUMMER26`, where a target is no user. */
export function nameTarget(target: string): string | null {
  if (target === REWARDS) return 'Rewards';
  if (target.startsWith(EVENT)) return `Event ${target.slice(EVENT.length, EVENT.length + 8)}`;
  return target.startsWith(CODE) ? `Code ${target.slice(CODE.length)}` : null;
}

interface Raw {
  id: string;
  at: Date | string;
  actor: string;
  kind: AuditKind;
  target: string;
  amount: string | null;
  details: Record<string, unknown>;
  reason: string;
  address: string;
  operation_id: string;
}

export function createAudit(pool: Pool): Audit {
  return Object.freeze({
    async record(action: AuditAction, client: Queryable = pool) {
      const { actor, kind, target, operationId } = action;
      const details = JSON.stringify(action.details ?? {});
      const { rowCount } = await client.query(
        `INSERT INTO dashboard_audit (actor, kind, target, amount, details, reason, address, operation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
        [actor, kind, target, action.amount ?? null, details, action.reason, action.address, operationId],
      );
      if (rowCount === 1) return true;
      const { rows } = await client.query(
        `SELECT 1 FROM dashboard_audit
         WHERE actor = $1 AND kind = $2 AND operation_id = $3 AND target = $4 AND details = $5::jsonb`,
        [actor, kind, operationId, target, details],
      );
      if (rows.length === 0) throw new CreditsError('idempotency_key_reused', 'This key was used for something else.');
      return false;
    },
    async list({ before, limit, target = null }: { before: number | null; limit: number; target?: string | null }) {
      const { rows } = await pool.query<Raw>(
        `SELECT id, at, actor, kind, target, amount, details, reason, address, operation_id FROM dashboard_audit
         WHERE ($1::bigint IS NULL OR id < $1) AND ($3::text IS NULL OR target = $3) ORDER BY id DESC LIMIT $2`,
        [before, limit + 1, target],
      );
      const page = rows.slice(0, limit).map(toAuditRow);
      return { rows: page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  });
}

function toAuditRow({ operation_id: operationId, ...raw }: Raw): AuditRow {
  return {
    ...raw,
    operationId,
    id: Number(raw.id),
    at: new Date(raw.at).toISOString(),
    amount: raw.amount === null ? null : Number(raw.amount),
  };
}
