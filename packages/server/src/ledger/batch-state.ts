import type { Credits, EntryKind, Hold, Transfer, TransferKind } from 'realtime-credits/contract';
import type { ChainHash } from './chain.ts';
import type { Receipt } from './command.ts';

/** An account as it was read under its row lock; deciding works on it in place. */
export interface AccountState {
  id: string;
  floor: number;
  posted: number;
  held: Credits;
  version: number;
  /** Head of the account's chain. */
  hash: ChainHash;
  /** What the row must still say when the batch is written. */
  readonly versionBefore: number;
}

/** What is stored under a key: an answer, or, without one, that the command was given up. */
export interface KnownOperation {
  fingerprint: string | null;
  receipt: Receipt | null;
}

/** Everything that a batch is decided on, read under the locks. */
export interface BatchState {
  accounts: Map<string, AccountState>;
  /** By {@link scopedKey} of actor and key. */
  operations: Map<string, KnownOperation>;
  /** Those that commands name, and those of locked accounts that are past their instant. */
  holds: Map<string, Hold>;
  /** Those that reversals name. */
  transfers: Map<string, Transfer>;
  /** Transfers that were reversed before. */
  reversed: Set<string>;
  /** By {@link scopedKey} of account and fact: the transfer or hold that paid it. */
  claims: Map<string, string>;
}

export interface EntryRow {
  account: string;
  version: number;
  kind: EntryKind;
  direction: 'debit' | 'credit';
  amount: Credits;
  postedBefore: number;
  heldBefore: Credits;
  postedAfter: number;
  heldAfter: Credits;
  transfer: string | null;
  hold: string | null;
  operation: string | null;
  actor: string | null;
  reason: string | null;
  /** The JSON that is stored. */
  metadata: string | null;
  /** Microseconds since 1970, as the chain has it. */
  createdAt: string;
  hash: ChainHash;
}

/** A transfer as it is stored, with the versions of its two entries. */
export interface TransferRow {
  id: string;
  kind: TransferKind;
  source: string;
  sourceVersion: number;
  destination: string;
  destinationVersion: number;
  amount: Credits;
  actor: string;
  reason: string;
  /** The JSON that is stored. */
  metadata: string;
  reverses: string | null;
  hold: string | null;
  /** Microseconds since 1970, as the chain has it. */
  createdAt: string;
}

export interface OperationRow {
  actor: string;
  key: string;
  fingerprint: string | null;
  account: string;
  version: number;
  posted: number;
  held: Credits;
  transfer: string | null;
  hold: string | null;
  holdRemaining: Credits | null;
  holdState: string | null;
  holdExpiresAt: string | null;
  once: string | null;
}

/** What a batch writes, at one instant. */
export interface BatchChanges {
  transfers: TransferRow[];
  entries: EntryRow[];
  operations: OperationRow[];
  holdsOpened: Hold[];
  /** Holds whose remainder, state or end changed, by id. */
  holdsChanged: Map<string, Hold>;
  accounts: Set<string>;
}

/** Joins what scopes a key and the key. Neither contains a space. */
export function scopedKey(scope: string, key: string): string {
  return `${scope} ${key}`;
}
