import { z } from 'zod';
import type { DailyClaimAnswer } from '../../lib/api.ts';
import { UNIT } from '../unit.ts';
import type { DailyBonus } from '../daily/daily-bonus.ts';
import { readBody } from '../http/body.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes } from '../http/route.ts';

export interface DailyRoutesOptions {
  daily: DailyBonus;
  limiter: RateLimiter;
}

const bodySchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('check') }),
  z.strictObject({ action: z.literal('claim') }),
  z.strictObject({
    action: z.literal('history'),
    limit: z.int().min(1).max(100).default(30),
    offset: z.int().min(0).max(100_000).default(0),
  }),
]);

/** `GET /api/user/daily-login` and `POST {action: 'check' | 'claim' | 'history'}`. */
export function registerDailyRoutes(routes: Routes, { daily, limiter }: DailyRoutesOptions): void {
  routes.user('GET', '/api/user/daily-login', async ({ user }) => ({
    body: { success: true, data: await daily.stats(user.id) },
  }));

  routes.user('POST', '/api/user/daily-login', async (context) => {
    const { user, operationId } = context;
    const body = await readBody(context.request, bodySchema);
    if (body.action === 'check') return { body: { success: true, data: await daily.check(user.id) } };
    if (body.action === 'history') return { body: { success: true, data: await daily.history(user.id, body) } };
    await limiter.take('claim', context.caller);
    const facts = await daily.claim(user.id, operationId);
    const snapshot = await context.snapshot();
    return {
      body: {
        success: true,
        message: `You received ${facts.coins_awarded} ${UNIT.many}.`,
        data: { ...facts, new_balance: snapshot.balance.available },
        snapshot,
      } satisfies DailyClaimAnswer,
    };
  });
}
