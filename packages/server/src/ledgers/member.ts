import type { ActivityReader } from '../ledger/activity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { OperatorReader } from '../ledger/operator.ts';

/** One ledger of a list. */
export interface Member {
  /** Where it is in the list: what other rows and ids name it by. */
  readonly position: number;
  readonly schema: string;
  readonly ledger: Ledger;
  readonly operator: OperatorReader;
  readonly activity: ActivityReader;
  /** When its clearing account got its float. */
  readonly joinedAtMs: number;
}

/**
 * The account of each ledger through which credits leave it and arrive. It pays who receives from another ledger, and
 * receives what is sent to one, so all of them together have their floats whenever no transfer is under way.
 */
export const CLEARING = 'ledgers:clearing';

/**
 * What each clearing account begins with, and so the most that may flow into a ledger beyond what flows out of it.
 */
export const FLOAT = 2 ** 50;

/** The actor of what moves an account. */
export const MOVER = 'system:ledgers';
