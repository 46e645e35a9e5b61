import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { ReferralClaimAnswer } from '../../lib/api.ts';
import type { Payouts } from '../payouts/payouts.ts';

/** What is claimed: visits of the link, people who signed up, or both. */
export type ClaimType = 'all' | 'clicks' | 'signups';

/** What a claim answers, beside the balance. */
export type ReferralClaimFacts = Omit<ReferralClaimAnswer['data'], 'new_balance'>;

export interface ReferralClaims {
  /**
   * Claims everything that is open. The same operation id answers again what it answered first; with nothing open the
   * answer is 0, and nothing is recorded.
   * @throws {CreditsError} `idempotency_key_reused`, and as `grant`
   */
  claim(userId: string, operationId: string, type: ClaimType): Promise<ReferralClaimFacts>;
}

/** @param now - Wall-clock milliseconds. */
export function createReferralClaims({
  pool,
  payouts,
  now,
}: {
  pool: Pool;
  payouts: Payouts;
  now: () => number;
}): ReferralClaims {
  async function claim(userId: string, operationId: string, type: ClaimType): Promise<ReferralClaimFacts> {
    if ((await payouts.find(userId, operationId)) === null) await record(userId, operationId, type);
    const payout = await payouts.find(userId, operationId);
    if (payout === null) return { total_claimed: 0, clicks_claimed: 0, signups_claimed: 0 };
    if (payout.kind !== 'referral') {
      throw new CreditsError('idempotency_key_reused', 'This key was used for something else than a referral claim.');
    }
    await payouts.pay(payout);
    return payout.facts as unknown as ReferralClaimFacts;
  }

  /** One statement: what is marked as claimed is what is owed, also when two claims come at once. */
  async function record(userId: string, operationId: string, type: ClaimType): Promise<void> {
    try {
      await pool.query(
        `WITH clicks AS (
           UPDATE dashboard_referral_clicks SET claimed_by = $2
           WHERE referrer_id = $1 AND claimed_by IS NULL AND reward > 0 AND $3 RETURNING reward
         ), signups AS (
           UPDATE dashboard_referral_signups SET claimed_by = $2
           WHERE referrer_id = $1 AND claimed_by IS NULL AND reward > 0 AND qualified_at IS NOT NULL AND $4
           RETURNING reward
         ), total AS (
           SELECT coalesce((SELECT sum(reward) FROM clicks), 0)::bigint AS clicks,
                  coalesce((SELECT sum(reward) FROM signups), 0)::bigint AS signups
         )
         INSERT INTO dashboard_payouts (user_id, operation_id, kind, amount, reason, facts, recorded_at)
         SELECT $1, $2, 'referral', clicks + signups, 'Referral rewards',
                jsonb_build_object('total_claimed', clicks + signups, 'clicks_claimed', clicks, 'signups_claimed', signups),
                $5::timestamptz
         FROM total WHERE clicks + signups > 0`,
        [userId, operationId, type !== 'signups', type !== 'clicks', new Date(now()).toISOString()],
      );
    } catch (error) {
      // The same request twice at once: the other one recorded it.
      if (!(typeof error === 'object' && error !== null && 'code' in error && error.code === '23505')) throw error;
    }
  }

  return Object.freeze({ claim });
}
