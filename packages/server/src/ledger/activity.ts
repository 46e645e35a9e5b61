import type { Balance, Credits, Entry, RatePeriod } from 'realtime-credits/contract';

/**
 * What a line of an activity list is, as its account holder sees it. `refunded` and `reversed` are the two sides of a
 * reversal: credits that came back, and credits that were taken back. `released`: a hold that ended without any charge.
 * `used`: what a rate charged. `expired`: what was left of a grant at its end.
 */
export const ACTIVITY_KINDS = [
  'granted',
  'received',
  'refunded',
  'adjusted',
  'spent',
  'used',
  'sent',
  'reversed',
  'reserved',
  'released',
  'expired',
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Which lines. Conditions that are left out do not count; all others must hold. */
export interface ActivityFilter {
  kinds?: readonly ActivityKind[];
  /** `out` includes what is reserved. What was released is neither. */
  direction?: 'in' | 'out';
  /** Values of `metadata.category`. A line without one has the category ''. */
  categories?: readonly string[];
  exceptCategories?: readonly string[];
  /** Ids of rates: what they charged. */
  rates?: readonly string[];
  /** The reason contains this text, in upper or lower case; or the other side is this account. */
  text?: { reason: string; counterparty?: string };
  /** Least and largest amount, both included. */
  amountMin?: Credits;
  amountMax?: Credits;
  /** ISO instants: at or after `from`, and before `until`. */
  from?: string;
  until?: string;
}

/**
 * One event of an account. A hold is one line: `reserved` while it is open, then `spent`, `sent` or `released`. (Charged
 * in parts, it has one line for each charge.)
 */
export interface ActivityLine {
  /** Names the line: the version of the account when it was charged, moved or released; for `reserved`, when it opened. */
  version: number;
  kind: ActivityKind;
  amount: Credits;
  /** Signed effect: 0 for what was released, negative for what is reserved. */
  change: number;
  /**
   * The balance after this line. In list order each line's balance is the balance of the next older line plus its own
   * `change`; the first one is what the account has available.
   */
  balance: Credits;
  /** A hold is named by the reason that it was opened with. */
  reason: string;
  category: string;
  actor: string;
  /** The other account; null for what was only reserved or released. */
  counterparty: string | null;
  hold: { id: string; amount: Credits; expiresAt: string } | null;
  /** The rate that charged it: `amount` credits per period. */
  rate: { id: string; resource: string; amount: Credits; per: RatePeriod } | null;
  transfer: string | null;
  /** The line of this account that this one reverses. */
  reverses: { version: number; amount: Credits; reason: string; createdAt: string } | null;
  /** The version of the line of this account that reversed this one. */
  reversedBy: number | null;
  /** ISO instant. */
  createdAt: string;
}

export interface ActivityPage {
  /** Reserved lines first, then the others, each newest first. */
  lines: ActivityLine[];
  /** Pass as `before` to read on; null on the last page. */
  next: string | null;
}

/** Sums of all lines of a filter, with the account at the same instant. */
export interface ActivityTotals {
  /** `in` and `out` are what was added and taken, both positive. Without a filter, `in − out` of all is `balance.available`. */
  groups: { kind: ActivityKind; category: string; count: number; amount: Credits; in: Credits; out: Credits }[];
  balance: Balance;
  version: number;
}

/** A line with the entries behind it, oldest first. */
export interface FoundActivity {
  line: ActivityLine;
  entries: Entry[];
}

/** What was available from an instant on. */
export interface BalancePoint {
  version: number;
  available: Credits;
  /** ISO instant. */
  createdAt: string;
}

/** Reads what happened to an account as people think of it. The ledger's `history` has the entries one by one. */
export interface ActivityReader {
  /**
   * One page.
   *
   * @param options.before - `next` of the page before.
   * @param options.limit - 1 to 1,000. @default 25
   * @throws {CreditsError} `invalid_request` — malformed input; `unavailable` — the database cannot be reached
   */
  page(account: string, options?: { filter?: ActivityFilter; before?: string; limit?: number }): Promise<ActivityPage>;
  /** Sums of everything that a filter matches, not of a page. @throws {CreditsError} as `page` */
  totals(account: string, filter?: ActivityFilter): Promise<ActivityTotals>;
  /** The line that an entry of the account belongs to; null when there is no such version. @throws {CreditsError} as `page` */
  find(account: string, version: number): Promise<FoundActivity | null>;
  /**
   * Balances for a chart, oldest first: at up to `points` changes of the account, evenly spaced by version, among them the
   * first and the last one. The first is the newest change before `from`, where there is one: it holds at `from`. The time
   * this takes does not depend on the length of the history.
   *
   * @param options.from - ISO instant. By default the history is read from its beginning,
   * @param options.until - and to its end. This instant is not included.
   * @param options.points - 2 to 1,000. @default 200
   * @throws {CreditsError} as `page`
   */
  balances(account: string, options?: { from?: string; until?: string; points?: number }): Promise<BalancePoint[]>;
}
