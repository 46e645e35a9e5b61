import type { Credits } from './amount.ts';
import type { Snapshot } from './snapshot.ts';

/** A calendar period in the time zone of an allowance. Days have 23 to 25 hours where clocks change. */
export type AllowancePeriod = 'day' | 'week' | 'month';

/** `stopped` is final: nothing more is granted. */
export type AllowanceState = 'active' | 'stopped';

/** Credits that are granted again for each calendar period. */
export interface Allowance {
  id: string;
  account: string;
  /** The host's name for it. */
  name: string;
  /** What the next refill grants. */
  amount: Credits;
  per: AllowancePeriod;
  /** ISO instant at which a period begins. The others begin at its local time; a day that a month does not have is its last. */
  anchor: string;
  /** IANA time zone. */
  timeZone: string;
  /** How much of what remains at the end of a period can be spent in the next one too. */
  carryOver: Credits;
  state: AllowanceState;
  /** Since the start, without what would have expired during an outage. */
  granted: Credits;
  /** ISO instant of the next refill; null once it is stopped. */
  nextRefillAt: string | null;
}

/** The allowances of an account that are not stopped, the oldest first, with the account as of the same instant. */
export interface AllowancesPage {
  allowances: Allowance[];
  snapshot: Snapshot;
}
