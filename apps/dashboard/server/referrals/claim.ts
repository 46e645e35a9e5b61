import { CreditsError } from 'realtime-credits';
import type { ReferralClaimAnswer } from '../../lib/api.ts';
import { assertEligible, type Eligibility } from '../payouts/eligibility.ts';
import { isUniqueViolation, type Payout, type Payouts } from '../payouts/payouts.ts';

/** What is claimed: visits of the link, people who signed up, or both. */
export type ClaimType = 'all' | 'clicks' | 'signups';

/** What a claim returns, besides the balance. */
export type ReferralClaimFacts = Omit<ReferralClaimAnswer['data'], 'new_balance'>;

export interface ReferralClaims {
  /**
   * Claims everything that is open. The same operation id returns its first result again. When nothing is open the result is
   * 0, and nothing is recorded.
   * @throws {CreditsError} `idempotency_key_reused`, and as `grant`
   * @throws {DashboardError} `not_eligible`
   */
  claim(userId: string, operationId: string, type: ClaimType): Promise<ReferralClaimFacts>;
}

const NOTHING: ReferralClaimFacts = { total_claimed: 0, clicks_claimed: 0, signups_claimed: 0 };

/** One statement, so what is marked as claimed is what is paid, also when two claims run concurrently. */
const CLAIM = `WITH clicks AS (
    UPDATE dashboard_referral_clicks SET claimed_by = $2
    WHERE referrer_id = $1 AND claimed_by IS NULL AND reward > 0 AND $3 RETURNING reward
  ), signups AS (
    UPDATE dashboard_referral_signups SET claimed_by = $2
    WHERE referrer_id = $1 AND claimed_by IS NULL AND reward > 0 AND qualified_at IS NOT NULL AND $4 RETURNING reward
  )
  SELECT coalesce((SELECT sum(reward) FROM clicks), 0)::bigint AS clicks,
    coalesce((SELECT sum(reward) FROM signups), 0)::bigint AS signups`;

export function createReferralClaims({
  payouts,
  eligibility,
}: {
  payouts: Payouts;
  eligibility: Pick<Eligibility, 'check'>;
}): ReferralClaims {
  async function pay(userId: string, operationId: string, type: ClaimType): Promise<Payout | null> {
    try {
      return await payouts.pay(userId, operationId, async (client) => {
        const { rows } = await client.query<{ clicks: string; signups: string }>(CLAIM, [
          userId,
          operationId,
          type !== 'signups',
          type !== 'clicks',
        ]);
        const clicks = Number(rows[0]?.clicks ?? 0);
        const signups = Number(rows[0]?.signups ?? 0);
        const amount = clicks + signups;
        if (amount === 0) return null;
        const facts = { total_claimed: amount, clicks_claimed: clicks, signups_claimed: signups };
        return { kind: 'referral', amount, reason: 'Referral rewards', claimKey: null, facts };
      });
    } catch (error) {
      // The same request ran twice at the same time, and the other one paid.
      if (isUniqueViolation(error)) return payouts.find(userId, operationId);
      throw error;
    }
  }

  return Object.freeze({
    async claim(userId: string, operationId: string, type: ClaimType): Promise<ReferralClaimFacts> {
      const repeated = await payouts.find(userId, operationId);
      if (repeated === null) assertEligible(await eligibility.check(userId));
      const payout = repeated ?? (await pay(userId, operationId, type));
      if (payout === null) return NOTHING;
      if (payout.kind !== 'referral') {
        throw new CreditsError(
          'idempotency_key_reused',
          'This key was used for something other than a referral claim.',
        );
      }
      return payout.facts as unknown as ReferralClaimFacts;
    },
  });
}
