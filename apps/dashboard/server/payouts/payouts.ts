import type { Pool } from 'pg';
import { CREDITS_ERRORS, CreditsError, isCreditsError, type CreditsErrorCode } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import type { Accounts } from '../accounts.ts';

/**
 * The outbox of rewards: what is owed is recorded together with why, then paid by an idempotent ledger command. A
 * process that dies in between leaves a recorded row, and whoever sweeps next pays it under the same key.
 *
 * Owns `dashboard_payouts`. A reward is never paid without a row, and never twice: the row's operation id is the key.
 */
export interface Payouts {
  /** What was recorded under an operation of a user; null when nothing was. */
  find(userId: string, operationId: string): Promise<Payout | null>;
  /**
   * Pays a recorded payout, or finds it paid.
   * @throws {CreditsError} as `grant`; a final refusal first undoes what was recorded, so that nothing stays owed.
   */
  pay(payout: Payout): Promise<void>;
  /** Pays what other requests, or dead processes, left recorded. Returns how many were settled. */
  sweep(): Promise<number>;
}

export interface Payout {
  userId: string;
  operationId: string;
  kind: 'daily' | 'referral';
  amount: number;
  /** The business fact that is paid only once. */
  once: string | null;
  reason: string;
  /** What the answer of the request says; kept so that a repeated request gets the same answer. */
  facts: Record<string, unknown>;
  state: 'recorded' | 'paid' | 'refused';
  refusal: string | null;
}

/** A payout this young is still in the hands of the request that recorded it. */
const SWEEP_AFTER_MS = 10_000;
const SWEEP_MAX = 100;

export interface PayoutsOptions {
  pool: Pool;
  ledger: Ledger;
  accounts: Accounts;
  /** Wall-clock milliseconds. */
  now: () => number;
  onWarning: (message: string, cause: unknown) => void;
}

interface PayoutRow {
  user_id: string;
  operation_id: string;
  kind: Payout['kind'];
  amount: string;
  once: string | null;
  reason: string;
  facts: Record<string, unknown>;
  state: Payout['state'];
  refusal: string | null;
}

const COLUMNS = 'user_id, operation_id, kind, amount, once, reason, facts, state, refusal';

export function createPayouts({ pool, ledger, accounts, now, onWarning }: PayoutsOptions): Payouts {
  async function find(userId: string, operationId: string): Promise<Payout | null> {
    const { rows } = await pool.query<PayoutRow>(
      `SELECT ${COLUMNS} FROM dashboard_payouts WHERE user_id = $1 AND operation_id = $2`,
      [userId, operationId],
    );
    return rows[0] === undefined ? null : toPayout(rows[0]);
  }

  async function pay(payout: Payout): Promise<void> {
    if (payout.state === 'paid') return;
    if (payout.state === 'refused') throw toRefusal(payout.refusal);
    await accounts.open(payout.userId);
    try {
      await ledger.grant({
        account: payout.userId,
        amount: payout.amount,
        idempotencyKey: payout.operationId,
        actor: payout.userId,
        reason: payout.reason,
        metadata: { category: 'earn', action: payout.kind },
        ...(payout.once === null ? {} : { once: payout.once }),
      });
    } catch (error) {
      if (isCreditsError(error) && !error.retryable) await refuse(payout, error.code);
      throw error;
    }
    await pool.query(
      `UPDATE dashboard_payouts SET state = 'paid' WHERE user_id = $1 AND operation_id = $2 AND state = 'recorded'`,
      [payout.userId, payout.operationId],
    );
  }

  /** One statement: the refusal, and the return of what was claimed, stand or fall together. */
  async function refuse(payout: Payout, code: CreditsErrorCode): Promise<void> {
    await pool.query(
      `WITH refused AS (
         UPDATE dashboard_payouts SET state = 'refused', refusal = $3
         WHERE user_id = $1 AND operation_id = $2 AND state = 'recorded' RETURNING user_id, operation_id
       ), daily AS (
         DELETE FROM dashboard_daily_claims d USING refused r
         WHERE d.user_id = r.user_id AND d.operation_id = r.operation_id
       ), clicks AS (
         UPDATE dashboard_referral_clicks c SET claimed_by = NULL FROM refused r
         WHERE c.referrer_id = r.user_id AND c.claimed_by = r.operation_id
       )
       UPDATE dashboard_referral_signups s SET claimed_by = NULL FROM refused r
       WHERE s.referrer_id = r.user_id AND s.claimed_by = r.operation_id`,
      [payout.userId, payout.operationId, code],
    );
  }

  async function sweep(): Promise<number> {
    const { rows } = await pool.query<PayoutRow>(
      `SELECT ${COLUMNS} FROM dashboard_payouts WHERE state = 'recorded' AND recorded_at < $1
       ORDER BY recorded_at LIMIT ${SWEEP_MAX}`,
      [new Date(now() - SWEEP_AFTER_MS).toISOString()],
    );
    let settled = 0;
    for (const row of rows) {
      try {
        await pay(toPayout(row));
        settled += 1;
      } catch (error) {
        // Refused for good counts as settled; anything else is tried again at the next sweep.
        if (isCreditsError(error) && !error.retryable) settled += 1;
        else onWarning(`Payout ${row.operation_id} could not be made yet.`, error);
      }
    }
    return settled;
  }

  return Object.freeze({ find, pay, sweep });
}

function toRefusal(code: string | null): CreditsError {
  return new CreditsError(
    code !== null && Object.hasOwn(CREDITS_ERRORS, code) ? (code as CreditsErrorCode) : 'invalid_request',
  );
}

function toPayout(row: PayoutRow): Payout {
  return {
    userId: row.user_id,
    operationId: row.operation_id,
    kind: row.kind,
    amount: Number(row.amount),
    once: row.once,
    reason: row.reason,
    facts: row.facts,
    state: row.state,
    refusal: row.refusal,
  };
}
