import assert from 'node:assert/strict';
import {
  CREDITS_MAX,
  type AllowanceVerb,
  type Credits,
  type HoldState,
  type RateVerb,
  type TransferKind,
} from 'realtime-credits/contract';
import { isRefillDue, limitParcels, listRefills, refillAt, type Refill } from './allowances.ts';
import { causeOfRate, causeOfRefill, HOLD_EXPIRY, LOT_EXPIRY, type Cause } from './cause.ts';
import { Events, type EventRules, type FoundAlerts } from './events.ts';
import { EMPTY_HASH, hashRow } from './hash.ts';
import { Lots, parcelsOfHold, readParcels, toArriving, type LotRef, type Parcel } from './lots.ts';
import { toJournalRow, toSide, type Subject } from './journal-row.ts';
import { Rates } from './rates.ts';
import type {
  AccountState,
  AllowanceRecord,
  BatchChanges,
  BatchState,
  HoldRecord,
  JournalRow,
  JournalSide,
  RateRecord,
} from './state.ts';
import { isSystemAccount, SYSTEM_BREAKAGE, SYSTEM_ISSUED, SYSTEM_SPENT, toSlotAccount } from './system-accounts.ts';
import type { TransferRef } from './transfer-id.ts';

/** A move of credits. */
interface Move {
  source: AccountState;
  destination: AccountState;
  amount: Credits;
  /** The part of the amount that is of lots. @default the first lots of the source, in spending order */
  parcels?: readonly Parcel[];
}

/** What a row changes on one account. */
interface Change {
  account: AccountState;
  posted: number;
  held: number;
}

export interface JournalOptions {
  nowMs: number;
  slot: number;
  events?: { rules: EventRules; found: FoundAlerts } | null;
}

/**
 * The only code that changes a balance. It advances the state of a batch and collects what is to be written. Rules call
 * it once they have refused what is not allowed, so anything impossible here is a bug.
 */
export class Journal {
  readonly changes: BatchChanges = {
    rows: [],
    accounts: new Set(),
    holdsOpened: new Set(),
    holdsChanged: new Set(),
    claims: [],
    lotsOpened: new Set(),
    lotsChanged: new Set(),
    ratesOpened: new Set(),
    ratesChanged: new Set(),
    allowancesOpened: new Set(),
    allowancesChanged: new Set(),
    events: [],
    alerts: new Set(),
    lotAlertsOpened: [],
    lotAlertsDone: [],
  };
  readonly #state: BatchState;
  readonly #lots: Lots;
  readonly #rates: Rates;
  readonly #events: Events | null;
  readonly #nowMs: number;
  readonly #slot: number;

  /**
   * @param options.slot - Of the accounts for what is spent and what expires.
   * @param options.events - @default none
   */
  constructor(state: BatchState, { nowMs, slot, events = null }: JournalOptions) {
    this.#state = state;
    this.#lots = new Lots(state.lots, this.changes);
    this.#rates = new Rates(state.rates, this.changes, (rate, verb, amount) => {
      this.#changeRate(causeOfRate(verb, rate), verb, rate, amount);
    });
    this.#events = events === null ? null : new Events(events.rules, events.found, { changes: this.changes, nowMs });
    this.#nowMs = nowMs;
    this.#slot = slot;
  }

  /** An account that the batch has locked. */
  findAccount(id: string): AccountState {
    const account = this.#state.accounts.get(id);
    assert(account !== undefined, `Account ${id} was not locked.`);
    return account;
  }

  /** Which lots the next credits of an account are of, in spending order. */
  selectLots(account: AccountState, amount: Credits): Parcel[] {
    return this.#lots.select(account, amount);
  }

  /** What can be taken from a lot; without one, from the plain credits of the account. */
  freeOf(account: AccountState, lot: LotRef | null): Credits {
    return lot === null ? this.#lots.plainOf(account) : this.#lots.freeOf(account.id, lot);
  }

  /** Moves credits from one account to another. */
  move(
    cause: Cause,
    kind: Exclude<TransferKind, 'post' | RateVerb | AllowanceVerb>,
    move: Move,
    reverses: TransferRef | null = null,
  ): JournalRow {
    const { source, amount } = move;
    const parcels = move.parcels ?? this.#lots.select(source, amount);
    if (!isSystemAccount(source.id)) this.#lots.change(source.id, parcels, { free: -1, held: 0 });
    return this.#deliver(
      cause,
      { kind, amount, reverses, parcels },
      { account: source, posted: -amount, held: 0 },
      move,
    );
  }

  /** Reserves credits for a new hold. */
  open(cause: Cause, hold: HoldRecord): JournalRow {
    this.#state.holds.set(hold.id, hold);
    this.changes.holdsOpened.add(hold);
    const account = this.findAccount(hold.account.id);
    const parcels = readParcels(hold.lots);
    this.#lots.change(account.id, parcels, { free: -1, held: 1 });
    const subject: Subject = { kind: 'hold', amount: hold.amount, hold, parcels };
    return this.#record(cause, subject, { account, posted: 0, held: hold.amount }, null);
  }

  /** Moves reserved credits to another account. */
  post(
    cause: Cause,
    hold: HoldRecord,
    { destination, amount }: { destination: AccountState; amount: Credits },
  ): JournalRow {
    const parcels = parcelsOfHold(hold, amount);
    this.#resolve(hold, hold.remaining - amount, 'posted');
    const account = this.findAccount(hold.account.id);
    this.#lots.change(account.id, parcels, { free: 0, held: -1 });
    const debit = { account, posted: -amount, held: -amount };
    return this.#deliver(cause, { kind: 'post', amount, hold, parcels }, debit, { destination, amount });
  }

  /** Releases what remains of a hold. What is past its instant then expires. */
  release(cause: Cause, hold: HoldRecord, state: 'voided' | 'expired', atMs = this.#nowMs): JournalRow {
    const amount = hold.remaining;
    const parcels = parcelsOfHold(hold, amount);
    this.#resolve(hold, 0, state);
    const account = this.findAccount(hold.account.id);
    const kind = state === 'voided' ? 'void' : 'expire';
    this.#lots.change(account.id, parcels, { free: 1, held: -1 });
    const row = this.#record(cause, { kind, amount, hold, parcels }, null, { account, posted: 0, held: -amount });
    if (parcels.length > 0) this.#expireLots(atMs, account.id);
    return row;
  }

  /**
   * Settles what time has done: ends of holds, instants of lots, refills, and rates. Of an account with rates each instant
   * is settled as it was: what accrued before it is taken from what could be spent until then.
   */
  settle(): void {
    for (const id of this.#state.rates.keys()) {
      const account = this.findAccount(id);
      for (const atMs of this.#pastInstants(id)) {
        this.#rates.settle(account, atMs);
        this.#expireHolds(atMs, id);
        this.#expireLots(atMs, id);
        this.#refill(atMs, id);
        this.#rates.settle(account, atMs);
      }
      this.#rates.settle(account, this.#nowMs);
    }
    this.#expireHolds(this.#nowMs);
    this.#expireLots(this.#nowMs);
    for (const id of this.#state.allowances.keys()) this.#refill(this.#nowMs, id);
    this.#events?.announceLots(
      (id) => this.findAccount(id),
      (lot) => this.#lots.current(lot),
    );
  }

  /** Suspends and resumes rates by what the commands left available, and computes when they are settled next. */
  finish(): void {
    for (const id of this.#state.rates.keys()) this.#rates.settle(this.findAccount(id), this.#nowMs);
    this.#rates.schedule(
      (id) => this.findAccount(id),
      this.#nowMs,
      (account) => this.#events?.nextThreshold(account) ?? null,
    );
  }

  /** Starts a rate: charges its minimum, and what it accrued if it began in the past. */
  startRate(cause: Cause, rate: RateRecord): JournalRow {
    this.#rates.open(rate);
    const row = this.#changeRate(cause, 'start', rate, rate.prepaid);
    this.#rates.settle(this.findAccount(rate.account.id), this.#nowMs);
    return row;
  }

  /** Stops a rate. What it accrued is charged already: the batch began with it. */
  stopRate(cause: Cause, rate: RateRecord): JournalRow {
    this.#rates.stop(rate, this.#nowMs);
    return this.#changeRate(cause, 'stop', rate, 0);
  }

  #changeRate(cause: Cause, verb: RateVerb, rate: RateRecord, amount: Credits): JournalRow {
    this.#rates.markChanged(rate);
    const account = this.findAccount(rate.account.id);
    const parcels = this.#lots.select(account, amount);
    this.#lots.change(account.id, parcels, { free: -1, held: 0 });
    const spent = amount === 0 ? null : this.findAccount(toSlotAccount(SYSTEM_SPENT, this.#slot));
    const credit = spent === null ? null : { account: spent, posted: amount, held: 0 };
    return this.#record(cause, { kind: verb, amount, parcels, rate }, { account, posted: -amount, held: 0 }, credit);
  }

  /** Starts an allowance, with what it grants for the period that is running. */
  startAllowance(cause: Cause, allowance: AllowanceRecord, refill: Refill): JournalRow {
    const { id } = allowance.account;
    this.#state.allowances.set(id, [...(this.#state.allowances.get(id) ?? []), allowance]);
    this.changes.allowancesOpened.add(allowance);
    return this.#grantAllowance(cause, 'allowance', allowance, refill);
  }

  /** Changes what an allowance grants from now on. */
  changeAllowance(
    cause: Cause,
    allowance: AllowanceRecord,
    change: Partial<Pick<AllowanceRecord, 'amount' | 'carryOver' | 'nextAtMs'>>,
  ): JournalRow {
    Object.assign(allowance, change);
    return this.#grantAllowance(cause, 'allowance', allowance, { ...allowance, parcels: [] });
  }

  /** Grants what is due of the allowances of an account. */
  #refill(atMs: number, account: string): void {
    for (const allowance of this.#state.allowances.get(account) ?? []) {
      if (!isRefillDue(allowance, atMs)) continue;
      this.#grantAllowance(causeOfRefill(allowance), 'refill', allowance, refillAt(allowance, atMs));
    }
  }

  #grantAllowance(
    cause: Cause,
    kind: AllowanceVerb,
    allowance: AllowanceRecord,
    refill: Omit<Refill, 'nextAtMs'> & Pick<AllowanceRecord, 'nextAtMs'>,
  ): JournalRow {
    const account = this.findAccount(allowance.account.id);
    const source = refill.parcels.length === 0 ? null : this.findAccount(toSlotAccount(SYSTEM_ISSUED, this.#slot));
    // A refill is no command that could be refused: it grants what there is room for.
    const room = source === null ? 0 : Math.min(CREDITS_MAX - account.posted, source.posted - source.floor);
    const parcels = limitParcels(refill.parcels, room);
    const amount = parcels.reduce((sum, parcel) => sum + parcel.amount, 0);
    allowance.period = refill.period;
    allowance.nextAtMs = refill.nextAtMs;
    allowance.granted += amount;
    if (!this.changes.allowancesOpened.has(allowance)) this.changes.allowancesChanged.add(allowance);
    const subject: Subject = { kind, amount, allowance, parcels };
    if (source === null || amount === 0) return this.#record(cause, subject, { account, posted: 0, held: 0 }, null);
    const credit = { account, posted: amount, held: 0 };
    const row = this.#record(cause, subject, { account: source, posted: -amount, held: 0 }, credit);
    this.#openLots(account, parcels);
    return row;
  }

  /** The instants of an account up to now at which a hold ended, a lot expired or an allowance was due, in order. */
  #pastInstants(account: string): number[] {
    const holds = [...this.#state.holds.values()].filter((hold) => hold.account.id === account && hold.remaining > 0);
    const instants = [...holds, ...(this.#state.lots.get(account)?.lots ?? [])].flatMap(
      ({ expiresAtMs }) => expiresAtMs ?? [],
    );
    const rates = this.#state.rates.get(account)?.length ?? 1;
    instants.push(...listRefills(this.#state.allowances.get(account) ?? [], rates, this.#nowMs));
    return [...new Set(instants)].filter((ms) => ms <= this.#nowMs).toSorted((a, b) => a - b);
  }

  /** Releases the holds whose end has come, oldest end first. */
  #expireHolds(atMs: number, account?: string): void {
    const due = [...this.#state.holds.values()].filter(
      (hold) =>
        hold.remaining > 0 && hold.expiresAtMs <= atMs && (account === undefined || hold.account.id === account),
    );
    due.sort((a, b) => a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : 1));
    for (const hold of due) this.release(HOLD_EXPIRY, hold, 'expired', atMs);
  }

  /** Moves what is past its instant and not held to the breakage account, lot by lot, the earliest instant first. */
  #expireLots(atMs: number, account?: string): void {
    for (const { lot, parcel } of this.#lots.due(atMs, account)) {
      const source = this.findAccount(lot.account.id);
      const destination = this.findAccount(toSlotAccount(SYSTEM_BREAKAGE, this.#slot));
      this.move(LOT_EXPIRY, 'breakage', { source, destination, amount: parcel.amount, parcels: [parcel] });
    }
  }

  /** Changes when a hold ends. That is no part of a balance, so the row is a note. */
  extend(cause: Cause, hold: HoldRecord, expiresAtMs: number): JournalRow {
    hold.expiresAtMs = expiresAtMs;
    this.#markChanged(hold);
    return this.#note(cause, 'extend', this.findAccount(hold.account.id), hold);
  }

  /** Records a command that had nothing to change. */
  leaveUnchanged(cause: Cause, account: AccountState): JournalRow {
    return this.#note(cause, 'unchanged', account, null);
  }

  /** Records a key whose command must not take effect any more. */
  abandon(account: string, key: string, keyDigest: string): JournalRow {
    const reason = 'Abandoned before it arrived';
    const cause = { actor: account, key, keyDigest, fingerprint: null, reason, metadata: null };
    return this.#note(cause, 'abandoned', this.findAccount(account), null);
  }

  #resolve(hold: HoldRecord, remaining: Credits, final: HoldState): void {
    assert(remaining >= 0, `Hold ${hold.id} has less remaining than is taken.`);
    hold.remaining = remaining;
    hold.state = remaining > 0 ? 'partly_posted' : final;
    this.#markChanged(hold);
  }

  #markChanged(hold: HoldRecord): void {
    if (!this.changes.holdsOpened.has(hold)) this.changes.holdsChanged.add(hold);
  }

  /** Records a row with both sides. The parcels that reach a user account become lots of it. */
  #deliver(
    cause: Cause,
    subject: Subject & { parcels: readonly Parcel[] },
    debit: Change,
    { destination, amount }: Pick<Move, 'destination' | 'amount'>,
  ): JournalRow {
    const parcels = toArriving(subject.parcels, destination.id, this.#nowMs);
    const credit = { account: destination, posted: amount, held: 0 };
    const row = this.#record(cause, { ...subject, parcels }, debit, credit);
    if (!isSystemAccount(destination.id)) this.#openLots(destination, parcels);
    return row;
  }

  #openLots(account: AccountState, parcels: readonly Parcel[]): void {
    this.#lots.open(account, parcels);
    for (const [part, { expiresAtMs }] of parcels.entries()) this.#events?.watchLot(account, part, expiresAtMs);
  }

  #record(cause: Cause, what: Subject, debit: Change | null, credit: Change | null): JournalRow {
    const heads = { debit: debit?.account.hash ?? EMPTY_HASH, credit: credit?.account.hash ?? EMPTY_HASH };
    const row = toJournalRow(cause, what, {
      debit: debit === null ? null : this.#apply(debit),
      credit: credit === null ? null : this.#apply(credit),
      createdAtMs: this.#nowMs,
    });
    const destination = what.kind === 'hold' ? (what.hold?.destination?.id ?? null) : null;
    const hash = hashRow(row, heads, destination);
    for (const change of [debit, credit]) if (change !== null) change.account.hash = hash;
    const recorded = { ...row, hash };
    this.changes.rows.push(recorded);
    if (this.#events !== null) {
      const sides = [
        debit === null ? [] : toObserved('debit', debit),
        credit === null ? [] : toObserved('credit', credit),
      ];
      this.#events.observe(recorded, what, sides.flat());
    }
    return recorded;
  }

  #apply({ account, posted, held }: Change): JournalSide {
    account.posted += posted;
    account.held += held;
    account.version += 1;
    assert(account.held >= 0, `Account ${account.id} would hold less than nothing.`);
    assert(account.posted - account.held >= account.floor, `Account ${account.id} would fall below its floor.`);
    assert(Math.abs(account.posted) <= CREDITS_MAX, `Account ${account.id} would exceed the largest balance.`);
    this.changes.accounts.add(account);
    return toSide(account);
  }

  #note(cause: Cause, kind: JournalRow['kind'], account: AccountState, hold: HoldRecord | null): JournalRow {
    const what: Subject = { kind, amount: null, ...(hold === null ? {} : { hold }) };
    const sides = { debit: toSide(account), credit: null, createdAtMs: this.#nowMs };
    const row = { ...toJournalRow(cause, what, sides), hash: null };
    this.changes.rows.push(row);
    return row;
  }
}

function toObserved(direction: 'debit' | 'credit', { account, posted, held }: Change) {
  return { account, direction, available: posted - held };
}
