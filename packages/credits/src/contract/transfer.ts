import type { Credits } from './amount.ts';
import type { Balance } from './balance.ts';

/** What happened to a rate: its start, a charge of what it accrued, and what ended or continued it. */
export type RateVerb = 'start' | 'charge' | 'suspend' | 'resume' | 'stop';

/** What happened to an allowance: a command of the host (what it granted at its start), or the grant for a period. */
export type AllowanceVerb = 'allowance' | 'refill';

/**
 * What a transfer was for. `reverse` undoes another transfer, `post` settles a hold, `breakage` takes what expired, and
 * rates charge with `start`, `charge` and `suspend`. `allowance` and `refill` grant what an allowance brings.
 */
export type TransferKind =
  | 'grant'
  | 'spend'
  | 'transfer'
  | 'adjust'
  | 'reverse'
  | 'post'
  | 'breakage'
  | RateVerb
  | AllowanceVerb;

/** Small facts that the host attaches: plain JSON, at most {@link METADATA_BYTES_MAX} bytes when written. */
export type Metadata = Record<string, unknown>;

/** Beyond this, a command is refused with `invalid_request`: the ledger keeps facts, not documents. */
export const METADATA_BYTES_MAX = 2_048;

/** Longest reason, in characters; longer ones are refused with `invalid_request`. */
export const REASON_LENGTH_MAX = 200;

/** An immutable move of a positive amount from one account to another. Corrections are reversals. */
export interface Transfer {
  /** `tr_…`. */
  id: string;
  kind: TransferKind;
  source: string;
  destination: string;
  amount: Credits;
  /** Who caused it: an account id, or the name of a system part. */
  actor: string;
  reason: string;
  metadata: Metadata;
  /** The transfer that this one undoes. */
  reverses: string | null;
  /** The hold that this one settles. */
  hold: string | null;
  /** ISO instant. */
  createdAt: string;
}

/**
 * What happened to an account at one version. `hold`, `post`, `void` and `expire` change what is held and, except `post`,
 * move nothing. `rate` and `allowance` change no number: their amount is 0.
 */
export type EntryKind = 'transfer' | 'hold' | 'post' | 'void' | 'expire' | 'rate' | 'allowance';

/**
 * One side of a transfer, or one change of a hold, a rate or an allowance, on one account: its position in the account's history is `version`.
 * Entries are never changed or deleted, and `after.available` of one is `before.available` of the next.
 */
export interface Entry {
  account: string;
  version: number;
  kind: EntryKind;
  /** The product word for the row: a transfer's kind, or the verb of the hold, the rate or the allowance. */
  verb: TransferKind | 'hold' | 'void' | 'expire';
  /** `debit` lowers `available` or `posted`, `credit` raises it. */
  direction: 'debit' | 'credit';
  amount: Credits;
  before: Balance;
  after: Balance;
  transfer: string | null;
  hold: string | null;
  /** The other account; null where nothing moved. */
  counterparty: string | null;
  actor: string;
  reason: string;
  metadata: Metadata;
  /** ISO instant. */
  createdAt: string;
}
