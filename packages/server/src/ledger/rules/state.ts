import type { Credits, HoldState, TransferKind } from 'realtime-credits/contract';
import type { AccountLots } from './lots.ts';
import type { TransferRef } from './transfer-id.ts';

/**
 * The records that rules work on: one type per table, plus what a batch reads and what it writes. Instants are
 * milliseconds since 1970, digests and hashes are lower-case hex.
 */

/** An account as it is referred to: by its row id, which has a slot when it is a system account, and by its number. */
export interface AccountRef {
  readonly id: string;
  readonly number: number;
}

/** A row of `accounts`, read under its lock. Deciding changes it in place. */
export interface AccountState extends AccountRef {
  readonly floor: number;
  posted: number;
  held: Credits;
  version: number;
  /** Hash of the account's newest journal row; empty before the first. */
  hash: string;
  /** What the stored row must still say when the batch is written. */
  readonly versionBefore: number;
}

/** One side of a journal row: the account and its state right after the row. */
export interface JournalSide extends AccountRef {
  readonly version: number;
  readonly posted: number;
  readonly held: Credits;
}

/** A change of one or two accounts. */
export type ChangeKind = TransferKind | 'hold' | 'void' | 'expire';

/**
 * What a row records that changes no account: an extension of a hold, an adjustment that found the balance as wanted, a
 * key that was abandoned before its command arrived.
 */
export type NoteKind = 'extend' | 'unchanged' | 'abandoned';

/**
 * A row of `journal`. Transfers have both sides; `hold` has a debit, `void` and `expire` have a credit. Notes have the
 * account they are about as debit, with its state as it was, and no hash. Rows are never changed.
 */
export interface JournalRow {
  readonly debit: JournalSide | null;
  readonly credit: JournalSide | null;
  /** Null in notes. */
  readonly amount: Credits | null;
  readonly kind: ChangeKind | NoteKind;
  readonly actor: string;
  /** Null for what the ledger does by itself. */
  readonly key: string | null;
  /** See `digestKey`. Null without a key. */
  readonly keyDigest: string | null;
  /** Null without a key, and when the key was abandoned. */
  readonly fingerprint: string | null;
  readonly reason: string;
  /** JSON; null when empty. */
  readonly metadata: string | null;
  /** The transfer that this one undoes. */
  readonly reverses: TransferRef | null;
  readonly hold: string | null;
  /** What remained of the hold right after the row. Null without a hold. */
  readonly holdRemaining: Credits | null;
  readonly holdExpiresAtMs: number | null;
  /** The part of the amount that is of lots, as `writeParcels` writes it; null when all of it is plain. */
  readonly lots: string | null;
  readonly createdAtMs: number;
  /** Null in notes. */
  readonly hash: string | null;
}

/** A row of `holds`. Deciding changes remainder, state and end in place. */
export interface HoldRecord {
  readonly id: string;
  readonly account: AccountRef;
  /** Null: the spent account, in the slot of the process that posts. */
  readonly destination: AccountRef | null;
  readonly amount: Credits;
  remaining: Credits;
  state: HoldState;
  readonly actor: string;
  readonly reason: string;
  /** The part of the amount that is reserved of lots, as `writeParcels` writes it. */
  readonly lots: string | null;
  expiresAtMs: number;
  readonly createdAtMs: number;
}

/** A row of `lots`. Deciding changes what is free and what is held in place. */
export interface LotRecord {
  readonly account: AccountRef;
  /** The version at which it arrived, and its place among the parcels of that row. */
  readonly version: number;
  readonly part: number;
  /** As it arrived. */
  readonly amount: Credits;
  readonly priority: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  /** What can be spent. */
  free: Credits;
  /** What holds reserve. It does not expire until it is released. */
  held: Credits;
}

/** A row of `claims`: the key that paid a claim of an account. */
export interface ClaimRecord {
  readonly account: AccountRef;
  readonly claimKey: string;
  readonly keyDigest: string;
}

/** The journal row of a known key, with the hold that the row names. */
export interface KnownKey {
  readonly row: JournalRow;
  readonly hold: HoldRecord | null;
}

/** A transfer that a command wants to reverse. */
export interface ReversibleTransfer {
  readonly row: JournalRow;
  /** The transfer that reversed it; null while none has. */
  reversedBy: TransferRef | null;
}

/**
 * What a command needs. A storage locks the accounts in order of their numbers, and reads the rest under the locks. To
 * the accounts it adds those of the named holds (account and destination) and of the named transfers (both sides).
 */
export interface Locks {
  /** Row ids. A storage creates the rows that are missing, with floor 0, before it locks. */
  readonly accounts: readonly string[];
  /** Ids of holds. */
  readonly holds?: readonly string[];
  readonly transfers?: readonly TransferRef[];
  /** Claim keys, to be looked up for every account of the batch. */
  readonly claims?: readonly string[];
  /** Key digests. */
  readonly keys?: readonly string[];
}

/** Everything that a batch is decided on, read under the locks. What does not exist is absent. */
export interface BatchState {
  /** By row id. */
  readonly accounts: Map<string, AccountState>;
  /** By key digest. */
  readonly keys: Map<string, KnownKey>;
  /** By id: those that commands name, and those of the locked accounts that are past their end and not resolved. */
  readonly holds: Map<string, HoldRecord>;
  /** By public id. */
  readonly transfers: Map<string, ReversibleTransfer>;
  /** By {@link toClaimId}: the journal row of the key that paid it. */
  readonly claims: Map<string, JournalRow>;
  /**
   * By row id: lots that are past their instant, the first ones in spending order, and those that the holds and
   * transfers above name. Accounts without any are absent.
   */
  readonly lots: Map<string, AccountLots>;
}

/** What a batch writes. */
export interface BatchChanges {
  /** In the order of their decision. */
  readonly rows: JournalRow[];
  /** Accounts whose row is to be updated, as they are after the batch. */
  readonly accounts: Set<AccountState>;
  /** Holds to insert, as they are after the batch. */
  readonly holdsOpened: Set<HoldRecord>;
  /** Holds to update. None of them is in `holdsOpened`. */
  readonly holdsChanged: Set<HoldRecord>;
  readonly claims: ClaimRecord[];
  /** Lots to insert, as they are after the batch. */
  readonly lotsOpened: Set<LotRecord>;
  /** Lots to update. None of them is in `lotsOpened`. */
  readonly lotsChanged: Set<LotRecord>;
}

/** Names a claim of one account. Row ids contain no space. */
export function toClaimId(account: string, claimKey: string): string {
  return `${account} ${claimKey}`;
}
