import { CreditsError, isCreditsError } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';

/**
 * Undoes a purchase, wholly and once, whoever of the operators is first. Nothing is deleted: the history shows both.
 *
 * @param purchase - The id of the purchase's transfer, as the history or the receipt of a spend or post names it.
 * @returns false when it was refunded before.
 * @throws {CreditsError} `transfer_not_found`; `invalid_request` — it is no purchase
 */
export async function refundPurchase(
  ledger: Ledger,
  { purchase, operator, reason }: { purchase: string; operator: string; reason: string },
): Promise<boolean> {
  const { kind } = await ledger.findTransfer(purchase);
  if (kind !== 'spend' && kind !== 'post') {
    throw new CreditsError('invalid_request', `Transfer ${purchase} is a ${kind}: only purchases are refunded.`);
  }
  try {
    const refund = { transfer: purchase, actor: operator, reason, idempotencyKey: `refund:${purchase}` };
    return !(await ledger.reverse(refund)).replayed;
  } catch (error) {
    if (
      isCreditsError(error) &&
      (error.code === 'transfer_already_reversed' || error.code === 'idempotency_key_reused')
    )
      return false;
    throw error;
  }
}
