import type { Credits } from './amount.ts';

/** `posted`, `voided` and `expired` are final. */
export type HoldState = 'open' | 'partly_posted' | 'posted' | 'voided' | 'expired';

/** Credits reserved for something that can still fail. Never counted past `expiresAt`. */
export interface Hold {
  id: string;
  account: string;
  /** Where a post moves the credits to. */
  destination: string;
  amount: Credits;
  /** What is still reserved; 0 in a final state. */
  remaining: Credits;
  state: HoldState;
  actor: string;
  reason: string;
  /** ISO instant. */
  expiresAt: string;
  /** ISO instant. */
  createdAt: string;
}
