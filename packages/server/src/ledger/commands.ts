import type {
  Allowance,
  AllowancePeriod,
  Balance,
  Credits,
  Hold,
  Metadata,
  Rate,
  RatePeriod,
  Transfer,
} from 'realtime-credits/contract';

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

export interface StartRateCommand extends CommandBase {
  account: string;
  /** The host's name for what is charged, 1 to 128 characters. Any number of rates may have the same. */
  resource: string;
  /** Whole credits per period, 1 to 1,000,000,000. */
  amount: Credits;
  per: RatePeriod;
  /** Charged at once, and counted against what accrues: so many of its first credits are paid. @default 0 */
  minimum?: Credits;
  /** The ISO instant, with its zone, from which it costs: at most 24 hours ago and 366 days ahead. @default now */
  startsAt?: string;
}

export interface StopRateCommand extends CommandBase {
  account: string;
  /** Id of a rate of the account. */
  rate: string;
}

export interface StartAllowanceCommand extends CommandBase {
  account: string;
  /** The host's name for it, 1 to 128 characters. @default 'Allowance' */
  name?: string;
  /** Whole credits per period, 1 to 1,000,000,000. */
  amount: Credits;
  per: AllowancePeriod;
  /**
   * The ISO instant, with its offset, at which a period begins: at most 10 years ago and 366 days ahead. The others begin
   * at its local time. Nothing is granted for periods before it.
   */
  anchor: string;
  /** IANA name of the time zone of the calendar. */
  timeZone: string;
  /** How much of what remains at the end of a period can be spent in the next one too, at most `amount`. @default 0 */
  carryOver?: Credits;
}

export interface ChangeAllowanceCommand extends CommandBase {
  account: string;
  /** Id of an allowance of the account. */
  allowance: string;
  /** From the next refill on: 1 to 1,000,000,000. */
  amount: Credits;
  /** Of the next refill on, at most `amount`. @default as before */
  carryOver?: Credits;
}

export interface StopAllowanceCommand extends CommandBase {
  account: string;
  /** Id of an allowance of the account. */
  allowance: string;
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

/** Receipt of `startRate` and `stopRate`: the rate right after the command. */
export interface RateReceipt extends ReceiptBase {
  rate: Rate;
}

/** Receipt of `startAllowance`, `changeAllowance` and `stopAllowance`: the allowance right after the command. */
export interface AllowanceReceipt extends ReceiptBase {
  allowance: Allowance;
}

/** The receipt of any command. */
export type Receipt = TransferReceipt | AdjustReceipt | HoldReceipt | PostReceipt | RateReceipt | AllowanceReceipt;
