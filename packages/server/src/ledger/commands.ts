import type { Balance, Credits, Hold, Metadata, Transfer } from 'realtime-credits/contract';

/** Public types of commands and their receipts. What each command does is documented at the methods of `Ledger`. */

/** What every command carries. */
export interface CommandBase {
  /**
   * Names the intended effect, within the scope of `actor`. The same key with the same arguments returns the first
   * receipt again; with other arguments it is refused. When the actor is the account itself, the key is also the
   * operation id that snapshots list in `applied`.
   */
  idempotencyKey: string;
  /** Who causes it: an account id, or the name of a system part such as `system:billing`. */
  actor: string;
  /** A sentence for the history, 1 to 200 characters. */
  reason: string;
  /** Plain JSON, at most 2,048 bytes when written. */
  metadata?: Metadata;
  /**
   * Names something that may be paid at most once per account, such as `daily:2026-11-22`. A second command with the
   * same claim key on the same account is refused with `already_claimed`, whatever its idempotency key. 1 to 128
   * characters, kept permanently.
   */
  claimKey?: string;
}

export interface GrantCommand extends CommandBase {
  account: string;
  amount: Credits;
  /**
   * The ISO instant, with its zone, from which what remains of the grant cannot be spent any more: it then moves to
   * `system:breakage`. Fixed when the grant is made. @default never
   */
  expiresAt?: string;
  /**
   * Which credits are spent first: 0 to 100, lower first. Of one priority, what expires earliest is spent first, then what
   * is oldest. Credits with neither `expiresAt` nor `priority` are spent last. @default 50 with `expiresAt`
   */
  priority?: number;
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
  /** What `available` shall be afterwards. */
  available: Credits;
  /** The version that the decision was based on. Another version is refused with `version_conflict`. */
  expectedVersion: number;
}

export interface ReverseCommand extends CommandBase {
  /** Id of the transfer to undo in full. A transfer can be reversed once; to undo a reversal, reverse it. */
  transfer: string;
}

export interface HoldCommand extends CommandBase {
  account: string;
  amount: Credits;
  /** Milliseconds until the hold expires, 1 s to 30 days. */
  expiresAfterMs: number;
  /** Where a post moves the credits: a user account. @default `system:spent` */
  destination?: string;
}

export interface PostCommand extends CommandBase {
  /** Id of the hold. */
  hold: string;
  /** At most what remains. @default everything that remains */
  amount?: Credits;
}

export interface VoidCommand extends CommandBase {
  /** Id of the hold. */
  hold: string;
}

export interface ExtendCommand extends CommandBase {
  /** Id of the hold. */
  hold: string;
  /** Milliseconds from now until the hold expires, 1 s to 30 days. */
  expiresAfterMs: number;
}

/** What all receipts have: the account that the command was about, right after its commit. */
export interface ReceiptBase {
  idempotencyKey: string;
  /** Of a transfer its source, of a reversal the user's side. */
  account: string;
  version: number;
  balance: Balance;
  /** Whether this repeats the receipt of an earlier call. */
  replayed: boolean;
}

/** Receipt of `grant`, `spend`, `transfer` and `reverse`. */
export interface TransferReceipt extends ReceiptBase {
  transfer: Transfer;
}

export interface AdjustReceipt extends ReceiptBase {
  /** Null when the account already had the wanted balance. */
  transfer: Transfer | null;
}

/** Receipt of `hold`, `void` and `extend`: the hold right after the command. */
export interface HoldReceipt extends ReceiptBase {
  hold: Hold;
}

export interface PostReceipt extends ReceiptBase {
  transfer: Transfer;
  hold: Hold;
}

/** The receipt of any command. */
export type Receipt = TransferReceipt | AdjustReceipt | HoldReceipt | PostReceipt;
