import type { Credits } from './amount.ts';
import type { Balance } from './balance.ts';

/** What a transfer was for. `reverse` undoes another transfer, `post` settles a hold, `breakage` takes what expired. */
export type TransferKind = 'grant' | 'spend' | 'transfer' | 'adjust' | 'reverse' | 'post' | 'breakage';

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

/** What happened to an account at one version. The last four change what is held and, except `post`, move nothing. */
export type EntryKind = 'transfer' | 'hold' | 'post' | 'void' | 'expire';

/**
 * One side of a transfer, or one change of a hold, on one account: its position in the account's history is `version`.
 * Entries are never changed or deleted, and `after.available` of one is `before.available` of the next.
 */
export interface Entry {
  account: string;
  version: number;
  kind: EntryKind;
  /** The product word for the row: a transfer's kind, or the hold's verb. */
  verb: TransferKind | 'hold' | 'void' | 'expire';
  /** `debit` lowers `available` or `posted`, `credit` raises it. */
  direction: 'debit' | 'credit';
  amount: Credits;
  before: Balance;
  after: Balance;
  transfer: string | null;
  hold: string | null;
  /** The other account; null for hold changes. */
  counterparty: string | null;
  actor: string;
  reason: string;
  metadata: Metadata;
  /** ISO instant. */
  createdAt: string;
}
