import {
  CREDITS_MAX,
  NEVER_MS,
  SNAPSHOT_RATES_MAX,
  type Credits,
  type RatesPage,
  type Snapshot,
  type SnapshotTime,
} from 'realtime-credits/contract';
import { refillsOneByOne } from './allowances.ts';
import { startOf } from './calendar.ts';
import { Journal } from './journal.ts';
import { toRate } from './journal-views.ts';
import type { AccountState, AllowanceRecord, BatchState, LotRecord, RateRecord } from './state.ts';
import { SYSTEM_BREAKAGE, SYSTEM_ISSUED, SYSTEM_SPENT, toSlotAccount } from './system-accounts.ts';

/** What is read of the rates of an account, at one instant. */
export interface FoundRates {
  /** Those that are not stopped, the oldest first. */
  readonly rates: readonly RateRecord[];
  /** Lots with credits that can be spent. */
  readonly lots: readonly LotRecord[];
  /** Those that are not stopped. */
  readonly allowances: readonly AllowanceRecord[];
  readonly snapshot: Snapshot;
}

/** What time does to an account, as far as snapshots say it. */
export interface FoundTime extends Pick<FoundRates, 'rates' | 'lots'> {
  /** The credits that expire next. */
  readonly expires: { atMs: number; amount: Credits } | null;
  /** The allowance that is refilled next. */
  readonly refills: { atMs: number; amount: Credits } | null;
}

/**
 * What a snapshot says of time; undefined where it does nothing.
 *
 * @param found - Its lots only count where rates are active. One rate more than a snapshot holds: too many.
 * @param remember - Finds out when the credits are used up, or knows it: the same state has the same answer at any instant.
 */
export function toSnapshotTime(
  found: FoundTime,
  snapshot: Snapshot,
  { nowMs, remember = (find) => find() }: { nowMs: number; remember?: (find: () => number | null) => number | null },
): SnapshotTime | undefined {
  const { rates, expires, refills } = found;
  const isCounted = rates.length > 0 && rates.length <= SNAPSHOT_RATES_MAX;
  if (!isCounted && expires === null && refills === null) return undefined;
  const exhaustsAtMs = isCounted
    ? remember(() =>
        findExhaustion({ ...found, allowances: [], snapshot }, refills === null ? NEVER_MS : refills.atMs - 1),
      )
    : null;
  const toUpcoming = (next: FoundTime['expires']) => next && { at: toIso(next.atMs), amount: next.amount };
  return {
    at: toIso(nowMs),
    rates: (isCounted ? rates : []).map(({ resource, amount, per, settledUntilMs, prepaid, remainder }) => ({
      resource,
      amount,
      per,
      settledAt: toIso(settledUntilMs),
      prepaid,
      remainder,
    })),
    exhaustsAt: exhaustsAtMs === null ? null : toIso(exhaustsAtMs),
    expires: toUpcoming(expires),
    refills: toUpcoming(refills),
  };
}

const toIso = (ms: number): string => new Date(ms).toISOString();

export function toRatesPage(found: FoundRates, nowMs: number): RatesPage {
  const { rates, snapshot } = found;
  const exhaustsAtMs = findExhaustion(found);
  return {
    rates: rates.map(toRate),
    exhaustsAt: exhaustsAtMs === null ? null : toIso(exhaustsAtMs),
    runwayMs: exhaustsAtMs === null ? null : Math.max(exhaustsAtMs - nowMs, 0),
    snapshot,
  };
}

/**
 * The instant at which the first rate of an account is suspended, when nothing happens but that rates accrue, lots
 * expire and allowances are refilled: found by settling a copy of the account as far ahead as instants go, or as refills
 * are settled one by one. Null when that is never, or later.
 */
function findExhaustion({ rates, lots, allowances, snapshot }: FoundRates, untilMs = NEVER_MS): number | null {
  if (rates.length === 0) return null;
  const {
    account: id,
    balance: { posted, held },
  } = snapshot;
  const refills = refillsOneByOne(allowances.length, rates.length);
  const ends = allowances.map((allowance) => startOf(allowance, allowance.period + refills));
  const toState = (name: string, number: number): AccountState => {
    const floor = number === 0 ? -CREDITS_MAX : 0;
    return { id: name, number, floor, posted: 0, held: 0, version: 0, versionBefore: 0, hash: '' };
  };
  const systems = ([SYSTEM_ISSUED, SYSTEM_SPENT, SYSTEM_BREAKAGE] as const).map((name, index) =>
    toState(toSlotAccount(name, 0), index),
  );
  // Refills open lots, named by versions that no lot of the account has.
  const own = { ...toState(id, systems.length), posted, held, version: snapshot.version };
  const accounts = [own, ...systems];
  const state: BatchState = {
    accounts: new Map(accounts.map((each) => [each.id, each])),
    keys: new Map(),
    holds: new Map(),
    transfers: new Map(),
    claims: new Map(),
    lots: new Map([[id, { lots: lots.map((lot) => ({ ...lot })), frontier: null }]]),
    rates: new Map([[id, rates.map((rate) => ({ ...rate }))]]),
    allowances: new Map([[id, allowances.map((allowance) => ({ ...allowance }))]]),
  };
  const journal = new Journal(state, { nowMs: Math.min(untilMs, ...ends), slot: 0 });
  journal.settle();
  const suspended = journal.changes.rows.find(({ kind }) => kind === 'suspend');
  return suspended?.rate == null ? null : (JSON.parse(suspended.rate) as [string, number])[1];
}
