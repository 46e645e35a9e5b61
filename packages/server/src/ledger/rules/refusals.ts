import { CREDITS_MAX, CreditsError, type Credits } from 'realtime-credits/contract';
import { nameOf } from './journal-views.ts';
import { toClaimId, type AccountState, type BatchState } from './state.ts';
import { SYSTEM_ISSUED, toPublicAccount } from './system-accounts.ts';

/** The refusals that several commands share. */

/** @throws {CreditsError} `insufficient_credits`, or `balance_limit_exceeded` when no more can be issued */
export function assertAvailable(source: AccountState, amount: Credits): void {
  const available = source.posted - source.held;
  if (available - amount >= source.floor) return;
  if (toPublicAccount(source.id) === SYSTEM_ISSUED) {
    throw new CreditsError('balance_limit_exceeded', `No more than ${CREDITS_MAX} credits can be issued.`);
  }
  throw new CreditsError(
    'insufficient_credits',
    `Cannot take ${amount} credits: account ${toPublicAccount(source.id)} has ${available} available.`,
    { details: { requested: amount, available } },
  );
}

/** @throws {CreditsError} `balance_limit_exceeded` — the account could not hold that much */
export function assertRoom(destination: AccountState, amount: Credits): void {
  if (destination.posted <= CREDITS_MAX - amount) return;
  const id = toPublicAccount(destination.id);
  throw new CreditsError(
    'balance_limit_exceeded',
    `Cannot add ${amount} credits: account ${id} has ${destination.posted}, and the largest balance is ${CREDITS_MAX}.`,
  );
}

/** @throws {CreditsError} `already_claimed` */
export function assertUnclaimed(state: BatchState, account: AccountState, claimKey: string | null): void {
  if (claimKey === null) return;
  const row = state.claims.get(toClaimId(account.id, claimKey));
  if (row === undefined) return;
  throw new CreditsError('already_claimed', `Account ${account.id} claimed "${claimKey}" before.`, {
    details: { claimKey, transfer: nameOf(row) },
  });
}
