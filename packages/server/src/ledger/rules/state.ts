import type {
  AllowancePeriod,
  Credits,
  HoldState,
  RatePeriod,
  RateState,
  TransferKind,
} from 'realtime-credits/contract';
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
 * A row of `journal`. Transfers have both sides; `hold` has a debit, `void` and `expire` have a credit. Rows of a rate
 * have its account as debit, and a credit where they charge something. Rows of an allowance that grant nothing have its
 * account as debit. Notes have the account they are about as debit,
 * with its state as it was, and no hash. Rows are never changed.
 */
export interface JournalRow {
  readonly debit: JournalSide | null;
  readonly credit: JournalSide | null;
  /** Null in notes; 0 where a rate charged nothing, or an allowance granted nothing. */
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
  /** What the row makes of a rate, as `writeRate` writes it; null in rows of no rate. */
  readonly rate: string | null;
  /** What the row makes of an allowance, as `writeAllowance` writes it; null in rows of no allowance. */
  readonly allowance: string | null;
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

/** A row of `rates`. Deciding changes it in place. */
export interface RateRecord {
  readonly id: string;
  readonly account: AccountRef;
  readonly resource: string;
  readonly amount: Credits;
  readonly per: RatePeriod;
  readonly startedAtMs: number;
  state: RateState;
  /** Until when it is charged. Only moves forward. */
  settledUntilMs: number;
  /** What was left of a credit then, in units of `PERIOD_UNITS`. Of a period or more, where it could not be paid. */
  remainder: number;
  /** What is left of the minimum charge: so many of the next credits are paid. */
  prepaid: Credits;
  /** Since the start, the minimum included. */
  charged: Credits;
  /** When a read must settle it first: it has accrued a credit, or is to be suspended. Null unless active. */
  nextAtMs: number | null;
  /** When the sweep settles it. Null unless active. */
  dueAtMs: number | null;
}

/** A row of `allowances`. Deciding changes it in place. */
export interface AllowanceRecord {
  readonly id: string;
  readonly account: AccountRef;
  readonly name: string;
  /** Of the next refill. */
  amount: Credits;
  readonly per: AllowancePeriod;
  readonly anchorMs: number;
  readonly timeZone: string;
  carryOver: Credits;
  /** The last period that was granted, see `startOf`; -1 before the first. Only moves forward. */
  period: number;
  /** When the next one begins. Null once it is stopped. */
  nextAtMs: number | null;
  /** Since the start. */
  granted: Credits;
}

/** A row of `outbox`: an event of a user account, with the body that is sent. */
export interface EventRecord {
  readonly account: AccountRef;
  readonly type: string;
  readonly body: string;
  readonly createdAtMs: number;
}

/** A row of `alerts`: which thresholds an account has crossed. Deciding changes it in place. */
export interface AlertRecord {
  readonly account: AccountRef;
  /** The lowest threshold that was crossed and not armed again; null: none. */
  level: Credits | null;
  /** Days since 1970 in UTC, and how many `balance.low` there were on that day. */
  day: number;
  lows: number;
}

/** A row of `lot_alerts`: when to tell that a lot expires. */
export interface LotAlert {
  readonly account: AccountRef;
  readonly version: number;
  readonly part: number;
  readonly atMs: number;
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
  /** By row id: rates that are not stopped, the oldest first. Accounts without any are absent. */
  readonly rates: Map<string, RateRecord[]>;
  /** By row id: allowances that are not stopped, the oldest first. Accounts without any are absent. */
  readonly allowances: Map<string, AllowanceRecord[]>;
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
  /** Rates to insert, as they are after the batch. */
  readonly ratesOpened: Set<RateRecord>;
  /** Rates to update. None of them is in `ratesOpened`. */
  readonly ratesChanged: Set<RateRecord>;
  /** Allowances to insert, as they are after the batch. */
  readonly allowancesOpened: Set<AllowanceRecord>;
  /** Allowances to update. None of them is in `allowancesOpened`. */
  readonly allowancesChanged: Set<AllowanceRecord>;
  /** In the order of what they are about. Like the following ones, empty where no events are configured. */
  readonly events: EventRecord[];
  /** Alerts to insert or update, as they are after the batch. */
  readonly alerts: Set<AlertRecord>;
  readonly lotAlertsOpened: LotAlert[];
  readonly lotAlertsDone: LotAlert[];
}

/** Names a claim of one account. Row ids contain no space. */
export function toClaimId(account: string, claimKey: string): string {
  return `${account} ${claimKey}`;
}
