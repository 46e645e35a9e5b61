import { CreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { z } from 'zod';
import type { ExampleAnswer } from '../../lib/api.ts';
import { UNIT } from '../unit.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes } from '../http/route.ts';
import { plainText } from '../http/text.ts';

export interface ExampleRoutesOptions {
  ledger: Ledger;
  limiter: RateLimiter;
}

/** What a practice account starts with: enough to grant from, and paid once. */
const PRACTICE_OPENING = 5_000;

const bodySchema = z.strictObject({
  effect: z.enum(['spend', 'grant', 'set']),
  amount: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  reason: plainText({ min: 1, max: 150 }),
  refuse: z.boolean().default(false),
  delay_ms: z.int().min(0).max(20_000).default(0),
});

/** `POST /api/examples/credits`: for the page that shows every change of a balance. Exists in demo mode only. */
export function registerExampleRoutes(routes: Routes, { ledger, limiter }: ExampleRoutesOptions): void {
  async function openPractice(userId: string): Promise<string> {
    const practice = `sandbox:${userId}`;
    await ledger.grant({
      account: practice,
      amount: PRACTICE_OPENING,
      idempotencyKey: `practice:${userId}`,
      actor: 'system:examples',
      reason: `${UNIT.title} to practise with`,
    });
    return practice;
  }

  routes.user('POST', '/api/examples/credits', async (context) => {
    const { user, operationId } = context;
    const body = await readBody(context.request, bodySchema);
    await limiter.take('example', context.caller);
    if (body.delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, body.delay_ms));
    if (body.refuse) throw new DashboardError('example_refused', 'The server refused, as you asked it to.');
    const practice = await openPractice(user.id);
    const before = await context.snapshot();
    const change = signedChange(body, before.balance.available);
    // Asked again after it was done: the operation is applied, whatever the balance is by now.
    if (change !== 0 && !before.applied.includes(operationId)) {
      await ledger.transfer({
        source: change < 0 ? user.id : practice,
        destination: change < 0 ? practice : user.id,
        amount: Math.abs(change),
        idempotencyKey: operationId,
        actor: user.id,
        reason: body.reason,
        metadata: { category: 'examples', action: body.effect },
      });
    }
    const [snapshot, practised] = await Promise.all([context.snapshot(), ledger.balance(practice)]);
    return {
      body: {
        success: true,
        message: change === 0 ? 'Nothing had to change.' : 'Done.',
        data: { new_balance: snapshot.balance.available, practice_balance: practised.balance.available },
        snapshot,
      } satisfies ExampleAnswer,
    };
  });
}

function signedChange({ effect, amount }: z.output<typeof bodySchema>, available: number): number {
  if (effect === 'set') return amount - available;
  if (amount === 0)
    throw new CreditsError('invalid_request', 'amount must be at least 1.', { details: { field: 'amount' } });
  return effect === 'spend' ? -amount : amount;
}
