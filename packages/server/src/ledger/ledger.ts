import type { ClientBase } from 'pg';
import type {
  AllowancesPage,
  Balance,
  Credits,
  HistoryPage,
  Hold,
  HoldListState,
  HoldsPage,
  LotsPage,
  RatesPage,
  Snapshot,
  Transfer,
} from 'realtime-credits/contract';
import type { CommandTable } from './rules/command-table.ts';
import type { WebhookLog } from './webhooks/outbox.ts';

/**
 * The commands: everything that changes a balance, a hold, a rate or an allowance. They are documented at their entries of the command table.
 */
export type LedgerCommands = {
  [Name in keyof CommandTable]: (
    command: Parameters<CommandTable[Name]['parse']>[0],
  ) => Promise<ReturnType<CommandTable[Name]['receipt']>>;
};

/** The commands inside a transaction of the host: they commit together with the host's own statements, or not at all. */
export type JoinedLedger = LedgerCommands;

/**
 * The source of truth about who has how many credits.
 *
 * Commands are atomic, idempotent by key, and take effect in order of arrival. An account exists once something is
 * posted to it; until then it reads as 0 at version 0. Account ids: 1 to 128 of `A-Z a-z 0-9 _ . : - | @ + ~ =`. Ids
 * that begin with `system:` are the ledger's own.
 *
 * Every method throws {@link CreditsError} `invalid_request` for malformed input and `unavailable` when the database
 * cannot be reached, and changes nothing when it throws.
 */
export interface Ledger extends LedgerCommands {
  /** Names the state of the database that versions belong to. Another epoch: it was restored or recreated. */
  readonly epoch: string;
  /**
   * Generation of the notification subscription. Changes after every reconnect; null while disconnected. When it changes,
   * changes by other processes may have been missed, so read again. Constant where no other process can change the ledger.
   */
  readonly notificationGeneration: number | null;
  /** Commands that wait in this process now, for metrics. */
  readonly queueLength: number;

  /**
   * Runs a transaction in which statements of the host and commands of the ledger commit together.
   *
   * Begins on a client of the database's pool, commits when `work` resolves, rolls back when it throws, and throws what
   * `work` threw. A refused command undoes only itself: catch its error, and the transaction can continue. Inside `work`
   * use the given `ledger`: this one would wait for the transaction, and refuses. What the transaction touches stays
   * locked until its end, so wait for nothing but the database.
   *
   * Receipts are final once this resolves. When the connection is lost at the commit, its outcome is unknown: repeat the
   * whole transaction with the same keys.
   *
   * @throws {CreditsError} `unavailable` — no connection, or a deadlock with another transaction: repeat it as a whole
   */
  transaction<Result>(
    work: (transaction: { client: ClientBase; ledger: JoinedLedger }) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Joins a transaction that the host began on a client of the ledger's database, and ends itself. Prefer
   * {@link transaction}, which notices more mistakes.
   *
   * Commands run one after the other. Do not send statements of your own while one is running. Listeners are notified
   * once the transaction is committed.
   *
   * @throws {CreditsError} from its commands: `invalid_request` — the client is not in a transaction; `unavailable` —
   * a conflict with another transaction: roll back and repeat it as a whole
   */
  within(client: Pick<ClientBase, 'query'>): JoinedLedger;

  /**
   * The state of an account now. Settles expired holds and credits first, so equal versions mean equal state.
   *
   * @param options.since - Lists the account's own operations that were committed after this version.
   * @param options.operations - Also lists those of these ids that were committed, whatever their version.
   */
  snapshot(account: string, options?: { since?: number; operations?: readonly string[] }): Promise<Snapshot>;
  /**
   * Makes the outcome of operations final: one that is not committed yet is rejected permanently
   * (`operation_abandoned`), so a late request with its id cannot apply any more.
   */
  resolveOperations(account: string, operations: readonly string[]): Promise<Snapshot>;
  /** Versions of several accounts, in one query. Accounts that do not exist are left out. */
  versions(accounts: readonly string[]): Promise<Map<string, number>>;
  /** Balance and version. Settles expired holds and credits first. */
  balance(account: string): Promise<{ balance: Balance; version: number }>;
  /**
   * Entries of an account, newest first.
   *
   * @param options.before - A version: only entries below it.
   * @param options.limit - 1 to 100. @default 25
   */
  history(account: string, options?: { before?: number; limit?: number }): Promise<HistoryPage>;
  /**
   * The balance as it was at a version or an ISO instant.
   *
   * @throws {CreditsError} `invalid_request` — the account has not reached that version
   */
  balanceAt(
    account: string,
    at: { version: number } | { instant: string },
  ): Promise<{ balance: Balance; version: number }>;
  /** One transfer, and whether it was undone. @throws {CreditsError} `transfer_not_found` */
  findTransfer(id: string): Promise<FoundTransfer>;
  /** One hold. Expires it first if it is past its end. @throws {CreditsError} `hold_not_found` */
  findHold(id: string): Promise<Hold>;
  /**
   * Holds of an account in one state, newest first, with the account as it was at that instant. Settles expired holds
   * and credits first.
   */
  holds(account: string, options?: HoldListOptions): Promise<HoldsPage>;
  /**
   * Credits that expire or have a priority and can be spent, in the order in which they are spent, with the account as it
   * was at that instant. Settles what expired first.
   *
   * @param options.limit - 1 to 100. @default 25
   */
  lots(account: string, options?: { limit?: number }): Promise<LotsPage>;
  /**
   * Rates of an account that are not stopped, oldest first, and when its credits run out, with the account as it was at
   * that instant. Settles them first.
   */
  rates(account: string): Promise<RatesPage>;
  /**
   * Allowances of an account that are not stopped, oldest first, each with its next refill, with the account as it was at
   * that instant. Grants what is due first.
   */
  allowances(account: string): Promise<AllowancesPage>;
  /** Holds of all accounts, for an operator: what is stuck, and what expired. */
  allHolds(options?: HoldListOptions): Promise<{ holds: Hold[]; next: string | null }>;
  /** Recomputes balances, versions and hashes of one account, or of all, and compares them with what is stored. */
  verify(options?: VerifyOptions): Promise<VerifyReport>;
  /**
   * The newest hash of each account, in order of ids. Stored where nobody who can change the database can change it too,
   * they show later whether anything up to there was changed: see {@link VerifyOptions.heads}.
   *
   * @param options.after - The last account of the page before.
   * @param options.limit - 1 to 1,000. @default 1,000
   */
  heads(options?: { after?: string; limit?: number }): Promise<HeadsPage>;
  /** Where all credits are: `issued − spent − expired = circulating`. */
  circulation(): Promise<Circulation>;

  /** The delivery log of webhooks: what was sent, what failed, and how to send it again. */
  readonly webhooks: WebhookLog;

  /**
   * Calls back with the ids of accounts that may have changed, in this process or another. A hint: read again to see.
   * Returns the function that unsubscribes.
   */
  onChange(listener: (accounts: readonly string[]) => void): () => void;
  /** Waits for running commands, then stops timers and listeners. Does not close the database. */
  close(): Promise<void>;
}

/** A transfer with the chain of reversals that follows it. */
export interface FoundTransfer extends Transfer {
  /**
   * Ids of its reversal, of the reversal of that reversal, and so on. An odd number: the transfer is undone at present.
   * To undo it, reverse the last one of an even number, or the transfer itself when there is none.
   */
  reversals: string[];
}

/** Which holds to list. */
export interface HoldListOptions {
  /** @default 'open' */
  state?: HoldListState;
  /** The id of a hold: only holds that were made before it. */
  before?: string;
  /** 1 to 100. @default 25 */
  limit?: number;
}

/** What to verify. */
export interface VerifyOptions {
  /** @default all accounts */
  account?: string;
  /** Hashes that were stored elsewhere, at most 1,000, to compare with what the ledger has at their versions. */
  heads?: readonly Head[];
  /** Called with the totals so far, after each part. */
  onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyProgress {
  accounts: number;
  entries: number;
}

/** The hash of an account at a version. It depends on every entry up to there. */
export interface Head {
  account: string;
  version: number;
  /** SHA-256, 64 hex digits. */
  hash: string;
}

export interface HeadsPage {
  heads: Head[];
  /** Pass as `after` to read on; null on the last page. */
  next: string | null;
}

export interface VerifyReport {
  /** Whether no difference was found. */
  ok: boolean;
  /** How many of each were compared. */
  accounts: number;
  entries: number;
  transfers: number;
  differences: VerifyDifference[];
  /** ISO instant. */
  checkedAt: string;
}

/** Something stored that does not follow from the rest. */
export interface VerifyDifference {
  account: string | null;
  version: number | null;
  /** A sentence that names the account, the version and both values. */
  message: string;
}

export interface Circulation {
  /** Ever granted, less what adjustments and reversals took back. */
  issued: Credits;
  /** Ever spent, less what reversals gave back. */
  spent: Credits;
  /** Ever expired unspent, less what reversals gave back. */
  expired: Credits;
  /** In user accounts now: `issued − spent − expired`. */
  circulating: Credits;
  /** The part of it that holds reserve. */
  held: Credits;
  /** User accounts with at least one entry. */
  accounts: number;
}
