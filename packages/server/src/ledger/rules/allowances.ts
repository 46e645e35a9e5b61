import assert from 'node:assert/strict';
import type { AllowancePeriod, Credits } from 'realtime-credits/contract';
import { periodAt, startOf } from './calendar.ts';
import { PRIORITY_DEFAULT, type Parcel } from './lots.ts';
import type { AllowanceRecord, JournalRow } from './state.ts';
import { isSystemAccount } from './system-accounts.ts';

/**
 * Allowances: an amount for each calendar period. A refill is two lots: the part that may be carried over ends with the
 * next period, the rest with its own. The rest is spent first, so what remains of the former is what is carried over:
 * at most `carryOver`, however many periods pass.
 */

/** As large as a rate may be. */
export const ALLOWANCE_AMOUNT_MAX = 1_000_000_000;

/** Allowances of an account that are not stopped. */
export const ALLOWANCES_MAX = 20;

/** After an outage, missed refills of an account with rates are granted at their own instants: at most so many charges. */
export const REFILLS_MAX = 100;

/** A refill: what is granted, and what the allowance is afterwards. */
export interface Refill {
  readonly period: number;
  readonly nextAtMs: number;
  readonly parcels: readonly Parcel[];
}

export function isRefillDue({ nextAtMs }: AllowanceRecord, nowMs: number): boolean {
  return nextAtMs !== null && nextAtMs <= nowMs;
}

/** Parcels of credits that end with a period, and of those that end with the period after it. */
function toParcels(allowance: AllowanceRecord, period: number, [ending, carried]: [Credits, Credits]): Parcel[] {
  const shared = { priority: PRIORITY_DEFAULT, from: null };
  const parcels = [
    { ...shared, amount: ending, expiresAtMs: startOf(allowance, period + 1) },
    { ...shared, amount: carried, expiresAtMs: startOf(allowance, period + 2) },
  ];
  return parcels.filter(({ amount }) => amount > 0);
}

/** What is granted at the start: of the period that is running, the part that is left, rounded down. */
export function refillAtStart(allowance: AllowanceRecord, nowMs: number): Refill {
  const firstMs = startOf(allowance, 0);
  if (nowMs < firstMs) return { period: -1, nextAtMs: firstMs, parcels: [] };
  const period = periodAt(allowance, nowMs);
  const [beginsAtMs, nextAtMs] = [startOf(allowance, period), startOf(allowance, period + 1)];
  const part = (BigInt(allowance.amount) * BigInt(nextAtMs - nowMs)) / BigInt(nextAtMs - beginsAtMs);
  const carried = Math.min(allowance.carryOver, Number(part));
  return { period, nextAtMs, parcels: toParcels(allowance, period, [Number(part) - carried, carried]) };
}

/**
 * What is granted at an instant for the period that it is in. Of periods that were missed before it, all that was left
 * would be what was carried over from the last one. It ends with this period.
 */
export function refillAt(allowance: AllowanceRecord, atMs: number): Refill {
  const { amount, carryOver } = allowance;
  const period = Math.max(periodAt(allowance, atMs), allowance.period + 1);
  const ending = period > allowance.period + 1 ? amount : amount - carryOver;
  return {
    period,
    nextAtMs: startOf(allowance, period + 1),
    parcels: toParcels(allowance, period, [ending, carryOver]),
  };
}

/** How many missed refills of each allowance are granted one by one, where rates may have used them. */
export function refillsOneByOne(allowances: number, rates: number): number {
  return Math.max(1, Math.floor(REFILLS_MAX / (allowances * rates)));
}

/** The instants up to now at which allowances of an account with rates are refilled: the last ones of each. */
export function listRefills(allowances: readonly AllowanceRecord[], rates: number, nowMs: number): number[] {
  const due = allowances.filter((allowance) => isRefillDue(allowance, nowMs));
  const count = refillsOneByOne(due.length, rates);
  return due.flatMap((allowance) => {
    const next = allowance.period + 1;
    const last = Math.max(periodAt(allowance, nowMs), next);
    const first = Math.max(next, last - count + 1);
    const periods = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return periods.map((period) => (period === next ? (allowance.nextAtMs ?? 0) : startOf(allowance, period)));
  });
}

/** Parcels of at most an amount: the first ones. */
export function limitParcels(parcels: readonly Parcel[], amount: Credits): Parcel[] {
  let left = amount;
  return parcels.flatMap((parcel) => {
    const taken = Math.min(parcel.amount, left);
    left -= taken;
    return taken > 0 ? [{ ...parcel, amount: taken }] : [];
  });
}

/**
 * Writes what a row makes of an allowance, as it is stored and hashed: `[id, period, nextAtMs, granted]`, and with its
 * terms `[…, amount, per, anchorMs, timeZone, carryOver, name]`.
 */
export function writeAllowance(allowance: AllowanceRecord, isWithTerms: boolean): string {
  const { id, period, nextAtMs, granted, amount, per, anchorMs, timeZone, carryOver, name } = allowance;
  const terms = isWithTerms ? [amount, per, anchorMs, timeZone, carryOver, name] : [];
  return JSON.stringify([id, period, nextAtMs, granted, ...terms]);
}

type Written = [string, number, number | null, number, number, AllowancePeriod, number, string, number, string];

/** The allowance of a row that has its terms. */
export function readAllowance({ kind, allowance, debit, credit }: JournalRow): AllowanceRecord {
  const side = credit !== null && !isSystemAccount(credit.id) ? credit : debit;
  assert(allowance !== null && side !== null && kind === 'allowance', 'The row has no terms of an allowance.');
  const [id, period, nextAtMs, granted, amount, per, anchorMs, timeZone, carryOver, name] = JSON.parse(
    allowance,
  ) as Written;
  const account = { id: side.id, number: side.number };
  return { id, account, name, amount, per, anchorMs, timeZone, carryOver, period, nextAtMs, granted };
}

/** A row of an allowance, as a verification reads it. */
export type AllowanceRow = Pick<JournalRow, 'kind' | 'allowance'> & { amount: Credits };

/**
 * Compares an allowance with its rows, in their order: each period is granted once, of at most what the terms allow.
 * @returns the place of the first row that does not follow from those before it, their number where the allowance does
 * not follow from them; null when all is well
 */
export function findAllowanceDifference(allowance: AllowanceRecord, rows: readonly AllowanceRow[]): number | null {
  let last: Written | null = null;
  for (const [index, row] of rows.entries()) {
    const read = JSON.parse(row.allowance ?? '[]') as Written;
    const isRefill = row.kind === 'refill';
    const terms: unknown[] = isRefill ? (last?.slice(4) ?? []) : read.slice(4);
    const now = [...read.slice(0, 4), ...terms] as Written;
    const [, period, nextAtMs, granted, amount, , , , carryOver] = now;
    const isMore = granted === (last?.[3] ?? 0) + row.amount;
    const follows =
      last === null
        ? !isRefill && nextAtMs !== null && row.amount <= amount
        : isRefill
          ? period > last[1] && last[2] !== null && (nextAtMs ?? 0) > last[2] && row.amount <= amount + carryOver
          : period === last[1] && last[2] !== null && row.amount === 0 && (nextAtMs ?? last[2]) === last[2];
    if (!isMore || !follows) return index;
    last = now;
  }
  return JSON.stringify(last) === writeAllowance(allowance, true) ? null : rows.length;
}
