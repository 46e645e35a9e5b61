import { PERIOD_UNITS } from './accrual.ts';
import { CreditsError, isErrorCode, type CreditsErrorCode } from './error.ts';
import type { Credits } from './amount.ts';
import type { Balance } from './balance.ts';
import type { Rate } from './rate.ts';

/**
 * The state of one account at one version: what every frame, read and command answer carries.
 *
 * Two snapshots of one account with the same epoch and version are equal in `balance`. `applied` names **every**
 * operation that the account itself asked for and that was committed in `(from, version]`; where that list would be too
 * long, `from` moves up to where it is complete. Operations that were asked about by id are listed whatever their version.
 */
export interface Snapshot {
  /** Whose state this is; a client drops what is not its own (account fence). */
  account: string;
  /** Names one generation of the database. Another epoch means that it was restored or recreated, and versions start afresh. */
  epoch: string;
  /** Gapless counter of the account: +1 for each entry. */
  version: number;
  balance: Balance;
  /** `applied` is complete for the versions after this one. */
  from: number;
  applied: string[];
  /** Operations that can never be applied any more. Only ever answers to a question by id. */
  rejected?: { id: string; code: CreditsErrorCode }[];
  /**
   * What time does to `available` after this snapshot. Absent where it does nothing, and in the snapshots of lists: of holds,
   * lots, rates and allowances.
   */
  time?: SnapshotTime;
}

/** More active rates than this are left out of a snapshot: the balance then moves when they are settled. */
export const SNAPSHOT_RATES_MAX = 100;

/**
 * What time does to a balance. `available` at a later instant is less by what the rates accrue until then; what expires
 * and what is refilled arrives as a new snapshot. Snapshots of one version differ in `at` alone.
 */
export interface SnapshotTime {
  /** ISO instant of the ledger's clock at which it was read: what lets a client count on that clock. */
  at: string;
  /** Those that are active, the oldest first. Empty also where there are more than {@link SNAPSHOT_RATES_MAX}. */
  rates: AccruingRate[];
  /**
   * ISO instant at which the first of them is suspended if nothing but time changes anything; null where that is not before
   * the next refill.
   */
  exhaustsAt: string | null;
  /** The credits that expire next; null where none do. */
  expires: Upcoming | null;
  /** The allowance that is refilled next; null where none is. */
  refills: Upcoming | null;
}

/** Credits, and the ISO instant at which they expire or arrive. */
export interface Upcoming {
  at: string;
  amount: Credits;
}

/** An active rate, with what is left of a credit: what is due at a later instant follows, see `accrue`. */
export interface AccruingRate extends Pick<Rate, 'resource' | 'amount' | 'per' | 'settledAt' | 'prepaid'> {
  /** What was left of a credit at `settledAt`, in units of `PERIOD_UNITS`. */
  remainder: number;
}

/**
 * Reads a snapshot that came over a wire.
 *
 * @throws {CreditsError} `protocol` — a field is missing or not of its kind, or the balance does not add up.
 */
export function parseSnapshot(value: unknown): Snapshot {
  const s = value as Snapshot;
  const whole = Number.isSafeInteger;
  const valid =
    typeof s === 'object' &&
    s !== null &&
    typeof s.account === 'string' &&
    typeof s.epoch === 'string' &&
    whole(s.version) &&
    s.version >= 0 &&
    whole(s.from) &&
    s.from >= 0 &&
    s.from <= s.version &&
    typeof s.balance === 'object' &&
    s.balance !== null &&
    whole(s.balance.posted) &&
    whole(s.balance.held) &&
    s.balance.held >= 0 &&
    whole(s.balance.available) &&
    s.balance.available === s.balance.posted - s.balance.held &&
    Array.isArray(s.applied) &&
    s.applied.every((id) => typeof id === 'string') &&
    (s.rejected === undefined ||
      (Array.isArray(s.rejected) && s.rejected.every((r) => typeof r?.id === 'string' && isErrorCode(r.code)))) &&
    (s.time === undefined || isTime(s.time));
  if (!valid) throw new CreditsError('protocol', 'The server sent a snapshot that we cannot read.');
  return s;
}

function isTime(time: SnapshotTime | null): boolean {
  return (
    typeof time === 'object' &&
    time !== null &&
    isInstant(time.at) &&
    Array.isArray(time.rates) &&
    time.rates.every(isAccruingRate) &&
    (time.exhaustsAt === null || isInstant(time.exhaustsAt)) &&
    [time.expires, time.refills].every((next) => next === null || (isInstant(next?.at) && isCount(next.amount)))
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isAccruingRate(rate: AccruingRate | null): boolean {
  return (
    rate !== null &&
    typeof rate === 'object' &&
    typeof rate.resource === 'string' &&
    Object.hasOwn(PERIOD_UNITS, rate.per) &&
    isInstant(rate.settledAt) &&
    [rate.amount, rate.remainder, rate.prepaid].every(isCount) &&
    rate.amount > 0
  );
}
