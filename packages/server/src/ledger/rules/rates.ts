import assert from 'node:assert/strict';
import {
  accrue,
  nextCreditMs,
  NEVER_MS,
  PERIOD_UNITS,
  type Credits,
  type RatePeriod,
  type RateVerb,
} from 'realtime-credits/contract';
import type { AccountState, BatchChanges, BatchState, JournalRow, RateRecord } from './state.ts';

/**
 * Rates: credits per period, charged for a resource while it is active. From its settlement until an instant a rate
 * accrues `floor((amount × passed + remainder) / period)`, less what its minimum charge paid ahead. A settlement keeps
 * the remainder, so the sum of all charges never depends on when they were made.
 */

/** A thousand million per hour is 278 per millisecond: what remains of a credit stays a safe integer. */
export const RATE_AMOUNT_MAX = 1_000_000_000;

/** Rates of an account that are not stopped: each of its commands settles all of them. */
export const RATES_MAX = 1_000;

/** How long what accrues may stay out of the journal while no command and no read settles it. */
const SETTLE_MS = 3_600_000;

/** The credits that a rate has accrued at an instant and that are not settled. */
export function accruedAt(rate: RateRecord, atMs: number): bigint {
  return accrue(rate, atMs).due;
}

/**
 * Whether active rates must be suspended at an instant: what they have accrued leaves nothing available, and one of them
 * is not paid ahead. Once it is so it stays so, while nothing else happens.
 */
function isExhausted(active: readonly RateRecord[], available: Credits, atMs: number): boolean {
  const accrued = active.map((rate) => accrue(rate, atMs));
  return accrued.some(({ prepaid }) => prepaid === 0n) && accrued.reduce((sum, { due }) => sum + due, 0n) >= available;
}

/** Whether what active rates have accrued at an instant leaves no more than this available. */
function isLeft(active: readonly RateRecord[], available: Credits, left: Credits, atMs: number): boolean {
  return active.reduce((sum, rate) => sum + accruedAt(rate, atMs), 0n) >= available - left;
}

function findFirst(fromMs: number, untilMs: number, isReached: (ms: number) => boolean): number {
  let [low, high] = [fromMs, untilMs];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isReached(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** Whether a batch at this instant may charge any of the rates of an account. */
export function mayCharge(rates: readonly RateRecord[], nowMs: number): boolean {
  return rates.some(({ state, nextAtMs }) => state === 'suspended' || (nextAtMs !== null && nextAtMs <= nowMs));
}

/**
 * Writes what a row makes of a rate, as it is stored and hashed:
 * `[id, settledUntilMs, remainder, prepaid, charged]`, and with its terms `[…, startedAtMs, amount, per, resource]`.
 */
export function writeRate(rate: RateRecord, isWithTerms: boolean): string {
  const { id, settledUntilMs, remainder, prepaid, charged, startedAtMs, amount, per, resource } = rate;
  const terms = isWithTerms ? [startedAtMs, amount, per, resource] : [];
  return JSON.stringify([id, settledUntilMs, remainder, prepaid, charged, ...terms]);
}

/** The rate of a row that has its terms. */
export function readRate({ kind, rate, debit }: Pick<JournalRow, 'kind' | 'rate' | 'debit'>): RateRecord {
  assert(rate !== null && debit !== null && (kind === 'start' || kind === 'stop'), 'The row has no terms of a rate.');
  const [id, settledUntilMs, remainder, prepaid, charged, startedAtMs, amount, per, resource] = JSON.parse(rate) as [
    string,
    ...[number, number, number, number, number, number],
    RatePeriod,
    string,
  ];
  return {
    id,
    account: { id: debit.id, number: debit.number },
    resource,
    amount,
    per,
    startedAtMs,
    state: kind === 'start' ? 'active' : 'stopped',
    settledUntilMs,
    remainder,
    prepaid,
    charged,
    nextAtMs: null,
    dueAtMs: null,
  };
}

/** The rates of a batch. Changes them in place, and collects what is to be written. */
export class Rates {
  readonly #rates: BatchState['rates'];
  readonly #changes: Pick<BatchChanges, 'ratesOpened' | 'ratesChanged'>;
  readonly #record: (rate: RateRecord, verb: RateVerb, amount: Credits) => void;
  /** Until when this batch settled the rates of an account: what stops being available later suspends none before it. */
  readonly #settledToMs = new Map<string, number>();

  /** @param record - Records a change that the ledger makes by itself, with what is charged. */
  constructor(
    rates: BatchState['rates'],
    changes: Pick<BatchChanges, 'ratesOpened' | 'ratesChanged'>,
    record: (rate: RateRecord, verb: RateVerb, amount: Credits) => void,
  ) {
    this.#rates = rates;
    this.#changes = changes;
    this.#record = record;
  }

  open(rate: RateRecord): void {
    const { id } = rate.account;
    this.#rates.set(id, [...(this.#rates.get(id) ?? []), rate]);
    this.#changes.ratesOpened.add(rate);
  }

  /** Ends a rate at an instant. Whatever is due of an active one was charged. */
  stop(rate: RateRecord, atMs: number): void {
    if (rate.state === 'active') this.#moveTo(rate, atMs, 0n);
    rate.state = 'stopped';
  }

  markChanged(rate: RateRecord): void {
    if (!this.#changes.ratesOpened.has(rate)) this.#changes.ratesChanged.add(rate);
  }

  /**
   * Brings the rates of an account to an instant: charges what they accrued, suspends them at the very instant at which
   * nothing is left, and resumes suspended ones while something is available.
   */
  settle(account: AccountState, atMs: number): void {
    const rates = this.#rates.get(account.id) ?? [];
    if (account.posted > account.held) {
      for (const rate of rates) if (rate.state === 'suspended') this.#resume(rate, atMs);
    }
    for (;;) {
      const active = rates.filter(({ state }) => state === 'active');
      const available = account.posted - account.held;
      const isReached = (ms: number): boolean => isExhausted(active, available, ms);
      const isEnding = isReached(atMs);
      const settledUntilMs = Math.min(...active.map((rate) => rate.settledUntilMs));
      const fromMs = Math.max(settledUntilMs, this.#settledToMs.get(account.id) ?? 0);
      const untilMs = isEnding ? findFirst(fromMs, atMs, isReached) : atMs;
      // What was due before the instant is paid before what comes due at it.
      let left = BigInt(available);
      const pay = (due: bigint): bigint => {
        const paid = due < left ? due : left;
        left -= paid;
        return paid;
      };
      const earlier = active.map((rate) => pay(accruedAt(rate, untilMs - 1)));
      const payments = active.map((rate, index) => {
        const first = earlier[index] ?? 0n;
        return first + pay(accruedAt(rate, untilMs) - first);
      });
      for (const [index, rate] of active.entries()) this.#charge(rate, untilMs, payments[index] ?? 0n, isEnding);
      this.#settledToMs.set(account.id, untilMs);
      if (!isEnding) return;
    }
  }

  /**
   * Computes when the rates of each account are to be settled next. Called when a batch is decided.
   *
   * @param findThreshold - What has to be left for the next event of an account; null when nothing is to be told.
   */
  schedule(
    findAccount: (id: string) => AccountState,
    nowMs: number,
    findThreshold: (account: AccountState) => Credits | null,
  ): void {
    for (const [id, rates] of this.#rates) {
      const active = rates.filter(({ state }) => state === 'active');
      const times = active.map((rate) => {
        const nextAtMs = nextCreditMs(rate);
        return { nextAtMs, dueAtMs: Math.max(nextAtMs, rate.settledUntilMs + SETTLE_MS) };
      });
      const account = findAccount(id);
      const { posted, held } = account;
      const threshold = findThreshold(account);
      const isReached = (ms: number): boolean =>
        isExhausted(active, posted - held, ms) || (threshold !== null && isLeft(active, posted - held, threshold, ms));
      const lastMs = Math.max(nowMs, ...times.map(({ dueAtMs }) => dueAtMs));
      const endsAtMs = isReached(lastMs) ? findFirst(nowMs, lastMs, isReached) : NEVER_MS;
      for (const [index, rate] of active.entries()) {
        const { nextAtMs = NEVER_MS, dueAtMs = NEVER_MS } = times[index] ?? {};
        this.#setTimes(rate, Math.min(nextAtMs, endsAtMs), Math.min(dueAtMs, endsAtMs));
      }
      for (const rate of rates) if (rate.state !== 'active') this.#setTimes(rate, null, null);
    }
  }

  #setTimes(rate: RateRecord, nextAtMs: number | null, dueAtMs: number | null): void {
    if (rate.nextAtMs === nextAtMs && rate.dueAtMs === dueAtMs) return;
    rate.nextAtMs = nextAtMs;
    rate.dueAtMs = dueAtMs;
    this.markChanged(rate);
  }

  #resume(rate: RateRecord, atMs: number): void {
    rate.state = 'active';
    rate.settledUntilMs = Math.max(rate.settledUntilMs, atMs);
    this.#record(rate, 'resume', 0);
  }

  #charge(rate: RateRecord, atMs: number, paid: bigint, isEnding: boolean): void {
    const isSuspended = isEnding && accrue(rate, atMs).prepaid === 0n;
    if (paid === 0n && !isSuspended) return;
    this.#moveTo(rate, atMs, paid);
    if (isSuspended) rate.state = 'suspended';
    this.#record(rate, isSuspended ? 'suspend' : 'charge', Number(paid));
  }

  /** Settles a rate until an instant. What is due and cannot be paid stays due: it is the first to be paid later. */
  #moveTo(rate: RateRecord, atMs: number, paid: bigint): void {
    const { due, prepaid, remainder } = accrue(rate, atMs);
    rate.settledUntilMs = Math.max(rate.settledUntilMs, atMs);
    rate.prepaid = Number(prepaid);
    rate.remainder = Number(remainder + (due - paid) * PERIOD_UNITS[rate.per]);
    rate.charged += Number(paid);
  }
}
