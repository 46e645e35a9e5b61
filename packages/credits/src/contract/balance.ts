import type { Credits } from './amount.ts';

/**
 * The three named numbers of an account, in whole credits. `available = posted − held` always.
 *
 * Players see `available`: a hold lowers it at once, and posting the hold lowers `posted` and `held` together, so a
 * purchase moves the shown number once, not twice.
 */
export interface Balance {
  /** Credits that have moved for good. */
  posted: Credits;
  /** Credits reserved by open holds. */
  held: Credits;
  /** What may be spent now. */
  available: Credits;
}

/** Builds a balance from its two stored numbers. */
export function toBalance(posted: Credits, held: Credits): Balance {
  return { posted, held, available: posted - held };
}
