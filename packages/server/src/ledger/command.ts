import type { Balance, Credits, Hold, Metadata, Transfer } from 'realtime-credits/contract';

/**
 * The commands: everything that can change a balance. What each does is said at the method of {@link Ledger}.
 */

/** What every command carries. */
export interface CommandBase {
  /**
   * Names the one intended effect. With `actor` as its scope: the same key and arguments answer again what the first
   * call answered; other arguments are refused. When the actor is the account itself, the key is also the operation id
   * that frames name in `applied`.
   */
  idempotencyKey: string;
  /** Who causes it: an account id, or the name of a system part such as `system:billing`. 1–128 characters. */
  actor: string;
  /** A sentence for the history, 1 to 200 characters. */
  reason: string;
  metadata?: Metadata;
  /**
   * A business fact that may be paid only once per account, such as `daily:2026-11-22`. A second command with another
   * key but the same `once` on the same account is refused with `already_claimed`. Kept for ever.
   */
  once?: string;
}

export interface GrantCommand extends CommandBase {
  account: string;
  amount: Credits;
}

export interface SpendCommand extends CommandBase {
  account: string;
  amount: Credits;
}

export interface TransferCommand extends CommandBase {
  source: string;
  destination: string;
  amount: Credits;
}

export interface AdjustCommand extends CommandBase {
  account: string;
  /** What `available` is to be afterwards. */
  available: Credits;
  /** The version that the decision was based on; another version refuses with `version_conflict`. */
  expectedVersion: number;
}

export interface ReverseCommand extends CommandBase {
  /** Id of the transfer to undo, wholly. A transfer is reversed at most once. */
  transfer: string;
}

export interface HoldCommand extends CommandBase {
  account: string;
  amount: Credits;
  /** Milliseconds until it expires by itself, 1 s to 30 days. */
  expiresAfterMs: number;
  /** Where a post moves the credits. @default the house account for spent credits */
  destination?: string;
}

export interface PostCommand extends CommandBase {
  hold: string;
  /** Part of what remains. @default all of it */
  amount?: Credits;
}

export interface VoidCommand extends CommandBase {
  hold: string;
}

export interface ExtendCommand extends CommandBase {
  hold: string;
  /** Milliseconds from now until it expires by itself, 1 s to 30 days. */
  expiresAfterMs: number;
}

/** The answer of a command: what it did, as it was at its commit. */
export interface Receipt {
  idempotencyKey: string;
  /** The account that the command was about: of a transfer its source, of a reversal the user's side. */
  account: string;
  /** Version and balance of that account right after the command. */
  version: number;
  balance: Balance;
  /** What moved; null when only a hold changed, or when an adjustment found the balance as wanted already. */
  transfer: Transfer | null;
  /** The hold after the command; null when none was concerned. */
  hold: Hold | null;
  /** Whether this is the first answer once more. */
  replayed: boolean;
}
