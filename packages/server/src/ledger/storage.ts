import type {
  AllowancesPage,
  Balance,
  Entry,
  Hold,
  HoldListState,
  HoldsPage,
  LotsPage,
  Snapshot,
} from 'realtime-credits/contract';
import type { Circulation, FoundTransfer, Head, VerifyOptions, VerifyReport } from './ledger.ts';
import type { Intent } from './rules/command-table.ts';
import type { Outcome } from './rules/decide.ts';
import type { FoundRates } from './rules/rates-page.ts';
import type { JournalRow } from './rules/state.ts';
import type { TransferRef } from './rules/transfer-id.ts';

/**
 * The storage port: everything that the ledger needs of a database. `postgres/` implements it with SQL, the simulator
 * with Maps. Arguments are parsed already. Account ids are public ids; results never show a slot.
 *
 * Errors of the driver may pass through. The ledger asks {@link LedgerStorage.classifyError} what they mean.
 */
export interface LedgerStorage {
  readonly epoch: string;
  /** See `Ledger.notificationGeneration`. */
  readonly notificationGeneration: number | null;

  /**
   * Carries a batch out in one transaction: locks what `collectLocks` names, reads it, calls `decide`, writes the
   * changes, notifies other processes. When it throws, nothing was written, unless the error is a lost connection.
   */
  executeBatch(intents: readonly Intent[], options: { nowMs: number }): Promise<BatchResult>;
  classifyError(error: unknown): ErrorClass;
  /** The coded error for a driver's error. What is not expected comes back as it is: a bug. */
  toCreditsError(error: unknown): unknown;

  /** An account that does not exist is at version 0. */
  readSnapshot(query: SnapshotQuery): Promise<{ snapshot: Snapshot; hasExpired: boolean }>;
  /** Accounts that do not exist are left out. */
  readVersions(accounts: readonly string[]): Promise<Map<string, number>>;
  /** Entries below a version, newest first. */
  readEntries(query: { account: string; before: number; limit: number }): Promise<Entry[]>;
  /** The newest version of an account at an instant; 0 before its first entry. */
  readVersionAt(account: string, instantMs: number): Promise<number>;
  /** The balance right after a version; null when the account has not reached it. Version 0 is an empty balance. */
  readBalanceAt(account: string, version: number): Promise<Balance | null>;
  readTransfer(transfer: TransferRef): Promise<FoundTransfer | null>;
  readHold(id: string): Promise<Hold | null>;
  /** Holds and account as of one instant. */
  readHolds(query: HoldsQuery & { account: string; nowMs: number }): Promise<{ page: HoldsPage; hasExpired: boolean }>;
  readAllHolds(query: HoldsQuery): Promise<{ holds: Hold[]; next: string | null }>;
  /** The first lots with credits that can be spent, in spending order, and the account as of one instant. */
  readLots(query: LotsQuery): Promise<{ page: LotsPage; hasExpired: boolean }>;
  readRates(query: RatesQuery): Promise<FoundRates & { hasExpired: boolean }>;
  readAllowances(query: RatesQuery): Promise<{ page: AllowancesPage; hasExpired: boolean }>;
  /** Accounts with holds, lots, rates or allowances that are to be settled, at most `limit`. */
  readExpiredAccounts(nowMs: number, limit: number): Promise<string[]>;
  /** When the next unresolved hold ends, lot expires, or rate or allowance is to be settled, in milliseconds since 1970; null when there is none. */
  readNextExpiry(): Promise<number | null>;
  readCirculation(): Promise<Circulation>;
  /** Heads of user accounts after an id, in order of ids. Empty: from the first. */
  readHeads(query: { after: string; limit: number }): Promise<Head[]>;
  verify(options: VerifyOptions & { nowMs: number }): Promise<VerifyReport>;

  /**
   * Starts to deliver changes that {@link executeBatch} of this object did not return: those of other processes, and of
   * host transactions. Called at most once. Returns what stops it.
   */
  listen(onChanged: (accounts: readonly string[]) => void): () => Promise<void>;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  /** Ids of the user accounts that changed. */
  readonly accounts: readonly string[];
  /** The journal rows that were written. */
  readonly rows: readonly JournalRow[];
}

/**
 * What to do about an error of a batch:
 * `conflict` — the same batch can succeed when it is read again;
 * `connection_lost` — the outcome is unknown; repeating is safe, because keys are idempotent;
 * `unavailable` — the database takes no changes now, whatever the batch;
 * `other` — something in this batch cannot be written.
 */
export type ErrorClass = 'conflict' | 'connection_lost' | 'unavailable' | 'other';

export interface SnapshotQuery {
  account: string;
  /** Null: list no operations by version. */
  since: number | null;
  operations: readonly string[];
  nowMs: number;
}

export interface LotsQuery {
  account: string;
  limit: number;
  nowMs: number;
}

export interface RatesQuery {
  account: string;
  nowMs: number;
}

export interface HoldsQuery {
  state: HoldListState;
  /** The id of a hold; null: from the newest. */
  before: string | null;
  limit: number;
}
