import { adjust } from './adjust.ts';
import { changeAllowance, startAllowance, stopAllowance } from './allowance.ts';
import { expire } from './expire.ts';
import { extend, hold, post, voidHold } from './hold.ts';
import { grant, spend, transfer } from './move.ts';
import { startRate, stopRate } from './rate.ts';
import { resolveOperations } from './resolve-operations.ts';
import { reverse } from './reverse.ts';

/**
 * Every command of the ledger. A new one is a module with its rule and an entry here: the methods of `Ledger`, batches
 * and storages follow from the table.
 */
export const COMMANDS = {
  /**
   * Pays credits to an account.
   * @throws {CreditsError} `already_claimed`, `balance_limit_exceeded`, `idempotency_key_reused`, `operation_abandoned`
   */
  grant,
  /** Takes credits from an account. @throws {CreditsError} `insufficient_credits`, and as `grant` */
  spend,
  /** Moves credits from one user account to another. @throws {CreditsError} as `spend` */
  transfer,
  /** Grants or takes what makes `available` the exact amount. @throws {CreditsError} `version_conflict`, and as `grant` */
  adjust,
  /**
   * Undoes a transfer by its opposite.
   * @throws {CreditsError} `transfer_not_found`, `transfer_already_reversed`, and as `spend`
   */
  reverse,
  /** Reserves credits. @throws {CreditsError} as `spend` */
  hold,
  /**
   * Moves reserved credits to the destination of their hold, in full or in part.
   * @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, `insufficient_credits` (more than remains), and as
   * `grant`
   */
  post,
  /** Releases what remains of a hold. @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, and as `grant` */
  void: voidHold,
  /**
   * Moves the end of a hold to this long from now, never to an earlier instant. Changes no balance and no version, and
   * has no entry in the history.
   * @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, and as `grant`
   */
  extend,
  /**
   * Starts to charge credits per period for a resource. Charges the minimum at once; what accrues beyond it is charged
   * by the first command or read after it, and at least every hour. When nothing is available the rate is suspended, and
   * costs nothing until something is.
   * @throws {CreditsError} `insufficient_credits` (less than the minimum, or nothing), and as `grant`
   */
  startRate,
  /** Stops a rate for good, charged to the instant. @throws {CreditsError} `rate_not_found`, and as `grant` */
  stopRate,
  /**
   * Starts to grant credits for each calendar period. Grants at once what is left of the period that is running, in
   * proportion and rounded down. After an outage it grants for the period that is running then, and what would have been
   * carried over into it.
   * @throws {CreditsError} as `grant`
   */
  startAllowance,
  /** Changes what an allowance grants, from its next refill on. @throws {CreditsError} `allowance_not_found`, and as `grant` */
  changeAllowance,
  /**
   * Stops an allowance for good. What it granted can be spent until its instant.
   * @throws {CreditsError} `allowance_not_found`, and as `grant`
   */
  stopAllowance,
};

export type CommandTable = typeof COMMANDS;

/** A command of a caller after parsing. */
export type CommandIntent = ReturnType<CommandTable[keyof CommandTable]['parse']>;

/** What the ledger does by itself. It has no key and no receipt. */
export const UPKEEP = { expire, resolveOperations };

/** What the ledger does by itself: expires holds of an account, or makes unknown operations final. */
export type UpkeepIntent = Parameters<(typeof UPKEEP)[keyof typeof UPKEEP]['locks']>[0];

/** What the writer queues and `decide` decides. */
export type Intent = CommandIntent | UpkeepIntent;
