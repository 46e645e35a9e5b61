import { CREDITS_MAX } from '../../contract/amount.ts';
import { CreditsError } from '../../contract/error.ts';

/**
 * Checks a predicted change.
 *
 * @throws {CreditsError} `invalid_request` — not a whole number, or beyond what a balance can be.
 */
export function assertChange(amount: unknown, shown: number | null): asserts amount is number {
  if (Number.isSafeInteger(amount) && Math.abs((shown ?? 0) + Number(amount)) <= CREDITS_MAX) return;
  throw new CreditsError('invalid_request', `A change must be a whole number of credits: got ${String(amount)}.`, {
    details: { field: 'amount' },
  });
}
