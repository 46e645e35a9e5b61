import type { ClientBase } from 'pg';
import type {
  Balance,
  Credits,
  HistoryPage,
  Hold,
  HoldListState,
  HoldsPage,
  Snapshot,
  Transfer,
} from 'realtime-credits/contract';
import type {
  AdjustCommand,
  ExtendCommand,
  GrantCommand,
  HoldCommand,
  PostCommand,
  Receipt,
  ReverseCommand,
  SpendCommand,
  TransferCommand,
  VoidCommand,
} from './command.ts';

/** Everything that changes a balance or a hold. What each command wants is said at its type. */
export interface LedgerCommands {
  /**
   * Pays credits out of the house to an account.
   * @throws {CreditsError} `account_not_found`, `already_claimed`, `balance_limit_exceeded`, `idempotency_key_reused`, `operation_abandoned`
   */
  grant(command: GrantCommand): Promise<Receipt>;
  /**
   * Pays credits of an account back to the house.
   * @throws {CreditsError} `insufficient_credits`, and as {@link grant}
   */
  spend(command: SpendCommand): Promise<Receipt>;
  /** Moves credits from one user account to another. @throws {CreditsError} as {@link spend} */
  transfer(command: TransferCommand): Promise<Receipt>;
  /** Grants or takes whatever makes `available` the exact amount. @throws {CreditsError} `version_conflict`, and as {@link grant} */
  adjust(command: AdjustCommand): Promise<Receipt>;
  /** Undoes a transfer by its opposite. @throws {CreditsError} `transfer_not_found`, `transfer_already_reversed`, and as {@link spend} */
  reverse(command: ReverseCommand): Promise<Receipt>;
  /** Reserves credits. @throws {CreditsError} as {@link spend} */
  hold(command: HoldCommand): Promise<Receipt>;
  /** Spends reserved credits, wholly or in part. @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, `insufficient_credits` (more than remains), and as {@link grant} */
  post(command: PostCommand): Promise<Receipt>;
  /** Gives back what remains of a hold. @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, and as {@link grant} */
  void(command: VoidCommand): Promise<Receipt>;
  /**
   * Moves the end of a hold to so long from now, or leaves it where it is later already. Changes no balance and no
   * version: the history does not tell it.
   * @throws {CreditsError} `hold_not_found`, `hold_already_resolved`, and as {@link grant}
   */
  extend(command: ExtendCommand): Promise<Receipt>;
}

/** The commands inside a transaction of the host: they commit, or never happened, together with its own statements. */
export interface JoinedLedger extends LedgerCommands {
  /** Creates an account with floor 0, or finds it. */
  openAccount(account: string): Promise<void>;
}

/**
 * The truth about who has how many credits.
 *
 * Commands are atomic, idempotent by key, and take effect in order of arrival. Every method throws {@link CreditsError}
 * `invalid_request` for input that is not of its shape, `unavailable` when the database cannot be reached, and changes
 * nothing when it throws.
 */
export interface Ledger extends LedgerCommands {
  /** Names one life of the database. */
  readonly epoch: string;
  /**
   * Names the time since when {@link onChange} has missed nothing, of other processes neither: another number after each
   * interruption, null during one. Who follows by hints reads everything again after an interruption, and now and then
   * during one (L-8). Always the same where no other process can change the ledger.
   */
  readonly hearing: number | null;

  /** Creates an account with floor 0, or finds it. Account ids: 1–128 of `A-Z a-z 0-9 _ . : -`; `house:` is ours. */
  openAccount(account: string): Promise<Snapshot>;

  /**
   * Runs a transaction in which statements of the host and commands of the ledger commit together.
   *
   * Begins on a client of the database's pool, commits when `work` resolves, rolls back when it throws, and throws what
   * it threw. A command that is refused undoes itself only: catch its error, and the transaction goes on. In `work` use
   * the given `ledger`, never this one, which would wait for the transaction that waits for it: it refuses. Whatever
   * the transaction touches stays locked until its end, so that it waits for nothing but the database (L-9): idle for
   * 10 s, a server ends it.
   *
   * Receipts are true once this resolves. When the connection is lost at the commit, nobody knows whether it happened:
   * repeat the whole with the same keys.
   *
   * @throws {CreditsError} `unavailable` — no connection, or the transaction met another in a deadlock: repeat it whole
   */
  transaction<T>(work: (transaction: { client: ClientBase; ledger: JoinedLedger }) => Promise<T>): Promise<T>;
  /**
   * Joins a transaction that the host has begun on a client of the ledger's database, and ends itself. Prefer
   * {@link transaction}, which cannot be forgotten and notices more mistakes.
   *
   * Commands run one after the other; do not send statements of your own while one is under way. Listeners hear of the
   * changes once the transaction is committed.
   * @throws {CreditsError} from its commands: `invalid_request` — the client is not in a transaction; `unavailable` — the
   * transaction met another one: roll it back and repeat it whole
   */
  within(client: ClientBase): JoinedLedger;

  /**
   * The state of an account now. Meets expired holds by settling them first (so equal versions mean equal state).
   * @param options.since - Lists the account's own operations committed after this version.
   * @param options.operations - Also lists those of these ids that were committed, whatever their version.
   * @throws {CreditsError} `account_not_found`
   */
  snapshot(account: string, options?: { since?: number; operations?: readonly string[] }): Promise<Snapshot>;
  /**
   * Makes the outcome of operations definite: one that was not committed yet is rejected for good (`operation_abandoned`),
   * so that a late request under its id cannot apply any more.
   * @throws {CreditsError} `account_not_found`
   */
  settle(account: string, operations: readonly string[]): Promise<Snapshot>;
  /** The state of several accounts, in no order; unknown ones are left out. One query: what a stream hub re-reads. */
  versions(accounts: readonly string[]): Promise<Map<string, number>>;
  /** Balance and version. @throws {CreditsError} `account_not_found` */
  balance(account: string): Promise<{ balance: Balance; version: number }>;
  /** Entries of an account, newest first. @throws {CreditsError} `account_not_found` */
  history(account: string, options?: { before?: number; limit?: number }): Promise<HistoryPage>;
  /** The balance as it was at a version or an ISO instant. @throws {CreditsError} `account_not_found` */
  balanceAt(
    account: string,
    at: { version: number } | { instant: string },
  ): Promise<{ balance: Balance; version: number }>;
  /** One transfer. @throws {CreditsError} `transfer_not_found` */
  findTransfer(id: string): Promise<Transfer>;
  /** One hold, settled if it is past its instant. @throws {CreditsError} `hold_not_found` */
  findHold(id: string): Promise<Hold>;
  /**
   * Holds of an account in one state, newest first, with the account as it was at that instant. Settles what is past its
   * instant first.
   * @param options.state - @default 'open'
   * @param options.before - The id of a hold: only holds made before it.
   * @param options.limit - 1 to 100. @default 25
   * @throws {CreditsError} `account_not_found`
   */
  holds(account: string, options?: HoldsQuestion): Promise<HoldsPage>;
  /** The same of all accounts, for an operator: what is stuck, and what expired unposted. */
  allHolds(options?: HoldsQuestion): Promise<{ holds: Hold[]; next: string | null }>;
  /**
   * Recomputes what entries say and compares it with everything else that is written, hashes included: of one account, or
   * of all. Begins where the last run found everything in order, so that its price is what was added since, and one
   * comparison for each account; a full run reads everything. Other work gets in between.
   * @throws {CreditsError} `invalid_request`
   */
  verify(options?: string | VerifyOptions): Promise<VerifyReport>;
  /**
   * The newest hash of each account that has entries, in order of their ids. Written down where nobody who can change the
   * database can change it too, they show later whether anything up to there was changed: `verify({ heads })`.
   * @param options.after - The last account of the page before.
   * @param options.limit - 1 to 1,000. @default 1,000
   */
  heads(options?: { after?: string; limit?: number }): Promise<HeadsPage>;
  /** Where all credits are: issued − spent = in accounts, of which held. */
  circulation(): Promise<Circulation>;

  /** Calls back with the ids of accounts that may have changed: a hint (L-8), here or in another process. */
  onChange(listener: (accounts: readonly string[]) => void): () => void;
  /** Waits for commands under way, then stops timers and listeners. The database stays open: its owner closes it. */
  close(): Promise<void>;
}

/** Which holds to list. */
export interface HoldsQuestion {
  state?: HoldListState;
  before?: string;
  limit?: number;
}

/** What to verify; of an account's id alone, that account. */
export interface VerifyOptions {
  /** @default all accounts */
  account?: string;
  /** Believes no earlier run. @default false */
  full?: boolean;
  /** Hashes that were written down elsewhere, to compare with what stands there now. */
  heads?: readonly Head[];
  /** Hears what was compared so far, after each piece. */
  onProgress?: (progress: VerifyProgress) => void;
}

export interface VerifyProgress {
  accounts: number;
  /** Entries that were read. */
  entries: number;
}

/** The hash of an account's entry at a version: it depends on every entry up to there. */
export interface Head {
  account: string;
  version: number;
  /** SHA-256, 64 hex digits. */
  hash: string;
}

export interface HeadsPage {
  heads: Head[];
  /** What to ask the next page after; null on the last one. */
  next: string | null;
}

export interface VerifyReport {
  /** Whether no difference was found. */
  ok: boolean;
  /** Whether everything was read, and not only what came after the last run. */
  full: boolean;
  accounts: number;
  /** Entries that are in order by now. */
  entries: number;
  /** Those of them that this run read. */
  compared: number;
  transfers: number;
  differences: VerifyDifference[];
  /** ISO instant. */
  checkedAt: string;
}

/** Something that is not as it was written. */
export interface VerifyDifference {
  account: string | null;
  version: number | null;
  /** Table and column, where that can be told. */
  column: string | null;
  /** A sentence that names account, version, and both values. */
  message: string;
}

export interface Circulation {
  /** Ever granted, less what adjustments and reversals took back. */
  issued: Credits;
  /** Ever spent. */
  spent: Credits;
  /** In users' accounts now: `issued − spent`. */
  circulating: Credits;
  /** The part of it that holds reserve. */
  held: Credits;
  accounts: number;
}
