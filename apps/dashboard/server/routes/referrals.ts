import { z } from 'zod';
import type { ReferralClaimAnswer } from '../../lib/api.ts';
import { UNIT } from '../unit.ts';
import { readBody } from '../http/body.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes } from '../http/route.ts';
import type { ReferralClaims } from '../referrals/claim.ts';
import type { Referrals } from '../referrals/referrals.ts';

export interface ReferralRoutesOptions {
  referrals: Referrals;
  referralClaims: ReferralClaims;
  limiter: RateLimiter;
}

const claimSchema = z.strictObject({ claim_type: z.enum(['all', 'clicks', 'signups']).default('all') });

/** `GET /api/referrals` and `POST /api/referrals/claim`. */
export function registerReferralRoutes(routes: Routes, options: ReferralRoutesOptions): void {
  const { referrals, referralClaims, limiter } = options;

  routes.user('GET', '/api/referrals', async ({ user }) => ({
    body: { success: true, data: await referrals.read(user.id) },
  }));

  routes.user('POST', '/api/referrals/claim', async (context) => {
    const { user, operationId } = context;
    const { claim_type: type } = await readBody(context.request, claimSchema);
    await limiter.take('claim', context.caller);
    const facts = await referralClaims.claim(user.id, operationId, type);
    const snapshot = await context.snapshot();
    return {
      body: {
        success: true,
        message:
          facts.total_claimed === 0 ? 'Nothing to claim yet.' : `You received ${facts.total_claimed} ${UNIT.many}.`,
        data: { ...facts, new_balance: snapshot.balance.available },
        snapshot,
      } satisfies ReferralClaimAnswer,
    };
  });
}
