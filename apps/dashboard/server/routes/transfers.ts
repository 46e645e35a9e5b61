import { CreditsError, type Transfer } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';
import { z } from 'zod';
import type { TransferAnswer } from '../../lib/api.ts';
import { UNIT } from '../unit.ts';
import { readBody } from '../http/body.ts';
import { DashboardError } from '../http/failure.ts';
import type { RateLimiter } from '../http/rate-limit.ts';
import type { Routes } from '../http/route.ts';
import { plainText } from '../http/text.ts';
import type { Users } from '../users.ts';

export interface TransferRoutesOptions {
  ledger: Ledger;
  users: Users;
  limiter: RateLimiter;
}

/** Bounds what one mistake, or one stolen session, moves at once. */
export const TRANSFER_AMOUNT_MAX = 10_000;

const bodySchema = z.strictObject({
  to_username: plainText({ min: 1, max: 60 }),
  amount: z.int().min(1).max(TRANSFER_AMOUNT_MAX),
  note: plainText({ max: 100 }).optional(),
});

/** `POST /api/transfers`. Says nothing of the recipient but the name that the sender gave. */
export function registerTransferRoutes(routes: Routes, options: TransferRoutesOptions): void {
  const { ledger, users, limiter } = options;

  routes.user('POST', '/api/transfers', async (context) => {
    const { user, operationId } = context;
    const body = await readBody(context.request, bodySchema);
    await limiter.take('transfer', context.caller);
    const recipient = await users.findActiveByUsername(body.to_username);
    if (recipient === null) throw new DashboardError('user_not_found', `There is no user named ${body.to_username}.`);
    if (recipient.id === user.id)
      throw new CreditsError('invalid_request', `You cannot send ${UNIT.many} to yourself.`);
    const note = body.note === undefined || body.note === '' ? null : body.note;
    const receipt = await ledger.transfer({
      source: user.id,
      destination: recipient.id,
      amount: body.amount,
      idempotencyKey: operationId,
      actor: user.id,
      // Both sides read it in their history, where it stays: names are looked up when it is shown. The quotation marks keep
      // what somebody wrote apart from what the dashboard says.
      reason: note === null ? 'Transfer' : `“${note}”`,
      metadata: { category: 'transfers', action: 'send' },
    });
    const snapshot = await context.snapshot();
    return {
      body: {
        success: true,
        message: `You sent ${body.amount} ${UNIT.many} to ${recipient.username}.`,
        transfer: toTransferAnswer(receipt.transfer, recipient.username, body.amount, note),
        data: { new_balance: snapshot.balance.available },
        snapshot,
      } satisfies TransferAnswer,
    };
  });
}

function toTransferAnswer(
  transfer: Transfer,
  to: string,
  amount: number,
  note: string | null,
): TransferAnswer['transfer'] {
  return { id: transfer.id, to_username: to, amount, note, created_at: transfer.createdAt };
}
