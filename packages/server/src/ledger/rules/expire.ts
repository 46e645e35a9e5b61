import type { Locks } from './state.ts';

/** Expires the holds and the lots of an account whose instant has come. */
export interface ExpireIntent {
  readonly kind: 'expire';
  readonly account: string;
}

/** Has no work of its own: every batch first expires what is past its end in the accounts that it locks. */
export const expire = {
  locks: ({ account }: ExpireIntent): Locks => ({ accounts: [account] }),
  apply(): void {},
};
