import type { Locks } from './state.ts';
import { SYSTEM_SPENT, toSlotAccount } from './system-accounts.ts';

/** Expires the holds and the lots of an account whose instant has come, and charges what its rates accrued. */
export interface ExpireIntent {
  readonly kind: 'expire';
  readonly account: string;
}

/** Has no work of its own: every batch first settles what time has done to the accounts that it locks. */
export const expire = {
  // Mostly it charges rates: with the spent account, the batch need not begin again.
  locks: ({ account }: ExpireIntent, slot: number): Locks => ({
    accounts: [account, toSlotAccount(SYSTEM_SPENT, slot)],
  }),
  apply(): void {},
};
