import type { Credits } from '../contract/amount.ts';
import type { Hold } from '../contract/hold.ts';
import type { HistoryPage } from '../contract/route.ts';
import type { Snapshot } from '../contract/snapshot.ts';
import type { Balance } from '../contract/balance.ts';
import type { Transfer } from '../contract/transfer.ts';
import type {
  AdjustCommand,
  GrantCommand,
  HoldCommand,
  PostCommand,
  Receipt,
  ReverseCommand,
  SpendCommand,
  TransferCommand,
  VoidCommand,
} from './command.ts';

/**
 * The truth about who has how many credits.
 *
 * Commands are atomic, idempotent by key, and take effect in order of arrival. Every method throws {@link CreditsError}
 * `invalid_request` for input that is not of its shape, `unavailable` when the database cannot be reached, and changes
 * nothing when it throws.
 */
export interface Ledger {
  /** Names one life of the database. */
  readonly epoch: string;

  /** Creates an account with floor 0, or finds it. Account ids: 1–128 of `A-Z a-z 0-9 _ . : -`; `house:` is ours. */
  openAccount(account: string): Promise<Snapshot>;

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
  /** Recomputes balances from entries and compares: of one account, or of all. */
  verify(account?: string): Promise<VerifyReport>;
  /** Where all credits are: issued − spent = in accounts, of which held. */
  circulation(): Promise<Circulation>;

  /** Calls back with the ids of accounts that may have changed: a hint (L-8), here or in another process. */
  onChange(listener: (accounts: readonly string[]) => void): () => void;
  /** Waits for commands under way, then stops timers and listeners. The database stays open: its owner closes it. */
  close(): Promise<void>;
}

export interface VerifyReport {
  /** Whether no difference was found. */
  ok: boolean;
  accounts: number;
  entries: number;
  transfers: number;
  /** Empty when ok. Sentences name account, version, and both numbers. */
  differences: { account: string | null; message: string }[];
  /** ISO instant. */
  checkedAt: string;
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
