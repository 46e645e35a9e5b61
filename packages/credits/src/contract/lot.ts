import type { Credits } from './amount.ts';
import type { Snapshot } from './snapshot.ts';

/** Credits of an account that arrived together and expire or have a priority. */
export interface Lot {
  /** The version of the account at which they arrived. */
  version: number;
  /** How many arrived. */
  amount: Credits;
  /** How many of them can be spent. */
  available: Credits;
  /** How many of them holds reserve. They do not expire until they are released. */
  held: Credits;
  /** 0 to 100, lower is spent first. */
  priority: number;
  /** ISO instant; null: never. */
  expiresAt: string | null;
}

/** The first lots of an account in spending order, with the account as of the same instant. */
export interface LotsPage {
  lots: Lot[];
  /** Whether there are more lots than `limit`. */
  hasMore: boolean;
  snapshot: Snapshot;
}
