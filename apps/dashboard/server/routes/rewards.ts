import { z } from 'zod';
import type { AdminRewardsAnswer } from '../../lib/admin-api.ts';
import { REWARDS, type Audit } from '../administration/audit.ts';
import { readBody } from '../http/body.ts';
import type { Routes } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Names } from '../names.ts';
import { STANDARD_REWARDS, type Rewards, type RewardTerms } from '../payouts/rewards.ts';

export interface RewardRoutesOptions {
  rewards: Rewards;
  audit: Pick<Audit, 'list'>;
  names: Names;
}

const AMOUNT_MAX = 1_000_000;
const CHANGES_SHOWN = 25;

const rewardsSchema = z.strictObject({
  daily: z.array(z.int().min(1).max(AMOUNT_MAX)).length(STANDARD_REWARDS.daily.length),
  signup: z.int().min(0).max(AMOUNT_MAX),
  click: z.int().min(0).max(AMOUNT_MAX),
  /** Of the rewards that were looked at. */
  version: z.int().min(0),
  reason: plainText({ min: 3, max: 200 }),
});

/** `GET` and `POST /api/admin/rewards`: what the daily bonus and referrals pay. */
export function registerRewardRoutes(routes: Routes, { rewards, audit, names }: RewardRoutesOptions): void {
  async function toData({ daily, signup, click, version }: RewardTerms): Promise<AdminRewardsAnswer['data']> {
    const { rows } = await audit.list({ before: null, limit: CHANGES_SHOWN, target: REWARDS });
    const changes = rows.map(async ({ id, at, actor, details, reason }) => ({
      id,
      at,
      actor: (await names.read(actor)) ?? actor,
      details,
      reason,
    }));
    return { rewards: { daily: [...daily], signup, click, version }, changes: await Promise.all(changes) };
  }

  routes.admin('GET', '/api/admin/rewards', async () => ({
    body: { success: true, data: await toData(await rewards.read()) } satisfies AdminRewardsAnswer,
  }));

  routes.admin('POST', '/api/admin/rewards', async ({ request, user, caller, operationId }) => {
    const { reason, ...wanted } = await readBody(request, rewardsSchema);
    const by = { actor: user.id, operationId, address: caller.address ?? '', reason };
    const data = await toData(await rewards.edit(by, wanted));
    return { body: { success: true, message: 'The rewards are saved.', data } satisfies AdminRewardsAnswer };
  });
}
