import type { Pool } from 'pg';
import { CreditsError } from 'realtime-credits';
import type { RedeemAnswer } from '../../lib/api.ts';
import { DashboardError } from '../http/failure.ts';
import { assertEligible, type Eligibility } from '../payouts/eligibility.ts';
import { isUniqueViolation, type Payouts } from '../payouts/payouts.ts';
import { parseCode } from './code-text.ts';

/**
 * Uses of codes. The count of the code, the row of the use and the grant are one transaction: a code is used once by each
 * person, and never more often than it may be.
 */
export interface Redemptions {
  /**
   * Redeems a code, as somebody typed it. The same operation id returns its first result again.
   * @throws {DashboardError} `not_eligible`; `code_redeemed` — by this user before; `code_not_valid` — unknown, stopped, used
   *   up or at another time: which of these it is would help to guess
   * @throws {CreditsError} `idempotency_key_reused`, and as `grant`
   */
  redeem(userId: string, operationId: string, typed: string): Promise<RedeemFacts>;
}

/** What a use returns, besides the balance. */
export type RedeemFacts = Omit<RedeemAnswer['data'], 'new_balance'>;

export interface RedemptionsOptions {
  pool: Pool;
  payouts: Payouts;
  eligibility: Pick<Eligibility, 'check'>;
  /** Wall-clock milliseconds. */
  now: () => number;
}

/** One statement. A user's second use waits for the code's row, is not inserted, and the count goes back. */
const USE = `WITH used AS (
    UPDATE dashboard_codes SET uses = uses + 1
    WHERE code = $1 AND NOT stopped AND uses < uses_max AND starts_at <= $3 AND (ends_at IS NULL OR ends_at > $3)
      AND NOT EXISTS (SELECT 1 FROM dashboard_redemptions WHERE code = $1 AND user_id = $2)
    RETURNING code, amount
  )
  INSERT INTO dashboard_redemptions (code, user_id, amount, redeemed_at)
  SELECT code, $2, amount, $3 FROM used RETURNING amount`;

export function createRedemptions({ pool, payouts, eligibility, now }: RedemptionsOptions): Redemptions {
  function pay(userId: string, operationId: string, code: string) {
    return payouts
      .pay(userId, operationId, async (client) => {
        const { rows } = await client.query<{ amount: string }>(USE, [code, userId, new Date(now()).toISOString()]);
        if (rows[0] === undefined) return null;
        const amount = Number(rows[0].amount);
        return { kind: 'code', amount, reason: `Code ${code}`, claimKey: `code:${code}`, facts: { code, amount } };
      })
      .catch((error: unknown) => {
        // The same user redeemed it at the same time, by this request or another one.
        if (isUniqueViolation(error)) return null;
        throw error;
      });
  }

  async function hasRedeemed(userId: string, code: string): Promise<boolean> {
    const { rows } = await pool.query(`SELECT 1 FROM dashboard_redemptions WHERE code = $1 AND user_id = $2`, [
      code,
      userId,
    ]);
    return rows.length > 0;
  }

  return Object.freeze({
    async redeem(userId: string, operationId: string, typed: string): Promise<RedeemFacts> {
      const code = parseCode(typed);
      const repeated = await payouts.find(userId, operationId);
      if (repeated === null) assertEligible(await eligibility.check(userId));
      if (code === null) throw notValid();
      const payout = repeated ?? (await pay(userId, operationId, code)) ?? (await payouts.find(userId, operationId));
      if (payout === null) {
        if (!(await hasRedeemed(userId, code))) throw notValid();
        throw new DashboardError('code_redeemed', 'You have used this code already.');
      }
      if (payout.kind !== 'code' || payout.facts['code'] !== code) {
        throw new CreditsError('idempotency_key_reused', 'This key was used for something other than this code.');
      }
      return payout.facts as unknown as RedeemFacts;
    },
  });
}

function notValid(): DashboardError {
  return new DashboardError('code_not_valid', 'This code is not valid. It may have ended, or be misspelled.');
}
