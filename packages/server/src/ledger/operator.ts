import type { Credits, Transfer, TransferKind } from 'realtime-credits/contract';

/** Which transfers. Conditions that are left out do not count; all others must hold. */
export interface TransferFilter {
  /** One of the two sides is this account. */
  account?: string;
  kinds?: readonly TransferKind[];
  /** The reason contains this text, in upper or lower case. */
  reason?: string;
  /** Least and largest amount, both included. */
  amountMin?: Credits;
  amountMax?: Credits;
  /** ISO instants: at or after `from`, and before `until`. */
  from?: string;
  until?: string;
}

export interface TransferListPage {
  /** Newest first. */
  transfers: Transfer[];
  /**
   * Pass as `before`, with the same filter, to read on; null on the last page. A page of all accounts looks at no more than
   * 100,000 transfers: where few match, it may have less than `limit` of them, or none, and a `next`.
   */
  next: string | null;
}

/** One kind of what time settles. */
export interface UpkeepHealth {
  /** How many are past their instant, and not settled yet: 0 or a few, where a process runs. */
  due: number;
  /** ISO instant of the earliest one, which is past where some are due; null when there is none. */
  next: string | null;
}

/** How far the ledger is behind what time demands. */
export interface LedgerHealth {
  /** ISO instant on the database's clock. */
  at: string;
  rates: UpkeepHealth & { active: number; suspended: number };
  allowances: UpkeepHealth & { active: number };
  /** Credits that expire. */
  lots: UpkeepHealth;
  holds: UpkeepHealth;
  /** Webhook events that wait or were given up, and the ISO instant at which the oldest waiting one was stored. */
  events: { pending: number; failed: number; oldestPendingAt: string | null };
}

/** Where all credits were at an instant: issued less spent and expired is what circulated. */
export interface CirculationPoint {
  /** ISO instant. Everything that was committed before it counts. */
  at: string;
  /** Granted until then, less what adjustments and reversals took back. */
  issued: Credits;
  /** Spent until then, less refunds. */
  spent: Credits;
  expired: Credits;
  circulating: Credits;
}

/** How much an account moved in a period. */
export interface Mover {
  account: string;
  in: Credits;
  out: Credits;
  transfers: number;
}

export interface MoversReport {
  /** Who moved most, in and out together, first. */
  movers: Mover[];
  /** ISO instant from which on transfers were counted: later than asked for where there were more than 100,000. */
  since: string;
}

/** Reads over all accounts, for operators. They settle nothing, and lock nothing. */
export interface OperatorReader {
  /**
   * Transfers of all accounts, or of one. What was only reserved or released is no transfer.
   *
   * @param options.before - `next` of the page before.
   * @param options.limit - 1 to 100. @default 25
   * @throws {CreditsError} `invalid_request` — malformed input; `unavailable` — the database cannot be reached
   */
  transfers(options?: { filter?: TransferFilter; before?: string; limit?: number }): Promise<TransferListPage>;
  /**
   * Where all credits were at up to 400 instants, in the order given. The cost grows with the logarithm of the history.
   *
   * @throws {CreditsError} `invalid_request` — malformed input; `unavailable` — the database cannot be reached
   */
  circulationAt(instants: readonly string[]): Promise<CirculationPoint[]>;
  /**
   * Accounts that moved most from an instant on, among the newest 100,000 transfers.
   *
   * @param options.limit - 1 to 100. @default 10
   * @throws {CreditsError} `invalid_request` — malformed input; `unavailable` — the database cannot be reached
   */
  movers(options: { from: string; limit?: number }): Promise<MoversReport>;
  /** @throws {CreditsError} `unavailable` — the database cannot be reached */
  health(): Promise<LedgerHealth>;
}
