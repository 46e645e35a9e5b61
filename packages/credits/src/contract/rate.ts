import type { Credits } from './amount.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * What the amount of a rate is for. An hour, a day and a week are fixed numbers of seconds. A month is the calendar month
 * in UTC: of a month of 30 days, each day costs a thirtieth of the amount.
 */
export type RatePeriod = 'hour' | 'day' | 'week' | 'month';

/** `suspended`: nothing is available to pay it, and it costs nothing until something is. `stopped` is final. */
export type RateState = 'active' | 'suspended' | 'stopped';

/** Credits per period charged for a resource, from an instant until it is stopped. */
export interface Rate {
  id: string;
  account: string;
  /** The host's name for what is charged. */
  resource: string;
  /** Per period. */
  amount: Credits;
  per: RatePeriod;
  state: RateState;
  /** ISO instant. */
  startedAt: string;
  /** ISO instant up to which it is charged. After it, it accrues `amount` per period while it is active. */
  settledAt: string;
  /** Charged from the start to `settledAt`, the minimum included. */
  charged: Credits;
  /** What is left of the minimum charge: so many of the next credits are paid already. */
  prepaid: Credits;
}

/** The rates of an account that are not stopped, the oldest first, with the account as of the same instant. */
export interface RatesPage {
  rates: Rate[];
  /**
   * ISO instant at which the first rate is suspended if nothing happens but that rates accrue, lots expire and allowances
   * are refilled; null when none is active, or not before the year 9999, or the 100th refill (fewer with several rates).
   */
  exhaustsAt: string | null;
  /** Milliseconds from now until `exhaustsAt`. */
  runwayMs: number | null;
  snapshot: Snapshot;
}
