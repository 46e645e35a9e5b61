import { CreditsError, isCreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';

/**
 * Refunds a purchase in full, at most once at a time, whichever operator is first. A refund that was undone by mistake can be
 * given again: the chain of reversals is followed to its end. Nothing is deleted; the history shows every step.
 *
 * @param purchase - The id of the purchase's transfer, as in the history or in the receipt of a spend or post.
 * @returns false when it is refunded already.
 * @throws {CreditsError} `transfer_not_found`; `invalid_request` — it is no purchase
 */
export async function refundPurchase(
  ledger: Ledger,
  { purchase, operator, reason }: { purchase: string; operator: string; reason: string },
): Promise<boolean> {
  const { kind, reversals } = await ledger.findTransfer(purchase);
  if (kind !== 'spend' && kind !== 'post') {
    throw new CreditsError('invalid_request', `Transfer ${purchase} is a ${kind}: only purchases are refunded.`);
  }
  if (reversals.length % 2 === 1) return false;
  // The refund of a refund that was undone reverses the undoing.
  const transfer = reversals.at(-1) ?? purchase;
  try {
    const refund = { transfer, actor: operator, reason, idempotencyKey: `refund:${transfer}` };
    return !(await ledger.reverse(refund)).replayed;
  } catch (error) {
    // Another operator was first.
    if (isCreditsError(error) && ['transfer_already_reversed', 'idempotency_key_reused'].includes(error.code))
      return false;
    throw error;
  }
}
