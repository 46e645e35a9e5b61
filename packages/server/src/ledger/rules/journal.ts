import assert from 'node:assert/strict';
import { CREDITS_MAX, type Credits, type HoldState, type TransferKind } from 'realtime-credits/contract';
import { EMPTY_HASH, hashRow } from './hash.ts';
import { Lots, parcelsOfHold, readParcels, toArriving, writeParcels, type LotRef, type Parcel } from './lots.ts';
import type { AccountState, BatchChanges, BatchState, HoldRecord, JournalRow, JournalSide } from './state.ts';
import { isSystemAccount, SYSTEM_BREAKAGE, toSlotAccount } from './system-accounts.ts';
import type { TransferRef } from './transfer-id.ts';

/** The actor of what the ledger does by itself. */
const LEDGER_ACTOR = 'system:ledger';

/** Who causes a row, and why. */
type Cause = Pick<JournalRow, 'actor' | 'key' | 'keyDigest' | 'fingerprint' | 'reason' | 'metadata'>;

const HOLD_EXPIRY: Cause = {
  actor: LEDGER_ACTOR,
  key: null,
  keyDigest: null,
  fingerprint: null,
  reason: 'The hold expired',
  metadata: null,
};

const LOT_EXPIRY: Cause = { ...HOLD_EXPIRY, reason: 'The credits expired' };

/** A move of credits. */
interface Move {
  source: AccountState;
  destination: AccountState;
  amount: Credits;
  /** The part of the amount that is of lots. @default the first lots of the source, in spending order */
  parcels?: readonly Parcel[];
}

/** What a row says besides its cause and its sides. */
interface Subject {
  kind: JournalRow['kind'];
  amount: Credits | null;
  hold?: HoldRecord;
  reverses?: TransferRef | null;
  parcels?: readonly Parcel[];
}

/** What a row changes on one account. */
interface Change {
  account: AccountState;
  posted: number;
  held: number;
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
  };
  readonly #state: BatchState;
  readonly #lots: Lots;
  readonly #nowMs: number;
  readonly #slot: number;

  /** @param options.slot - Of the breakage account. */
  constructor(state: BatchState, { nowMs, slot }: { nowMs: number; slot: number }) {
    this.#state = state;
    this.#lots = new Lots(state.lots, this.changes);
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
  move(cause: Cause, kind: Exclude<TransferKind, 'post'>, move: Move, reverses: TransferRef | null = null): JournalRow {
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
  release(cause: Cause, hold: HoldRecord, state: 'voided' | 'expired'): JournalRow {
    const amount = hold.remaining;
    const parcels = parcelsOfHold(hold, amount);
    this.#resolve(hold, 0, state);
    const account = this.findAccount(hold.account.id);
    const kind = state === 'voided' ? 'void' : 'expire';
    this.#lots.change(account.id, parcels, { free: 1, held: -1 });
    const row = this.#record(cause, { kind, amount, hold, parcels }, null, { account, posted: 0, held: -amount });
    if (parcels.length > 0) this.expireLots();
    return row;
  }

  /** Releases the holds whose end has come, oldest end first. */
  expireHolds(): void {
    const due = [...this.#state.holds.values()].filter(
      ({ remaining, expiresAtMs }) => remaining > 0 && expiresAtMs <= this.#nowMs,
    );
    due.sort((a, b) => a.expiresAtMs - b.expiresAtMs || (a.id < b.id ? -1 : 1));
    for (const hold of due) this.release(HOLD_EXPIRY, hold, 'expired');
  }

  /** Moves what is past its instant and not held to the breakage account, lot by lot, the earliest instant first. */
  expireLots(): void {
    for (const { lot, parcel } of this.#lots.due(this.#nowMs)) {
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
    if (!isSystemAccount(destination.id)) this.#lots.open(destination, parcels);
    return row;
  }

  #record(cause: Cause, what: Subject, debit: Change | null, credit: Change | null): JournalRow {
    const heads = { debit: debit?.account.hash ?? EMPTY_HASH, credit: credit?.account.hash ?? EMPTY_HASH };
    const row = this.#toRow(cause, what, {
      debit: debit === null ? null : this.#apply(debit),
      credit: credit === null ? null : this.#apply(credit),
    });
    const destination = what.kind === 'hold' ? (what.hold?.destination?.id ?? null) : null;
    const hash = hashRow(row, heads, destination);
    for (const change of [debit, credit]) if (change !== null) change.account.hash = hash;
    const recorded = { ...row, hash };
    this.changes.rows.push(recorded);
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
    const row = { ...this.#toRow(cause, what, { debit: toSide(account), credit: null }), hash: null };
    this.changes.rows.push(row);
    return row;
  }

  #toRow(
    { actor, key, keyDigest, fingerprint, reason, metadata }: Cause,
    { kind, amount, hold, reverses = null, parcels = [] }: Subject,
    { debit, credit }: { debit: JournalSide | null; credit: JournalSide | null },
  ): Omit<JournalRow, 'hash'> {
    return {
      debit,
      credit,
      amount,
      kind,
      actor,
      key,
      keyDigest,
      fingerprint,
      reason,
      metadata,
      reverses,
      hold: hold?.id ?? null,
      holdRemaining: hold?.remaining ?? null,
      holdExpiresAtMs: hold?.expiresAtMs ?? null,
      lots: writeParcels(parcels),
      createdAtMs: this.#nowMs,
    };
  }
}

function toSide({ id, number, version, posted, held }: AccountState): JournalSide {
  return { id, number, version, posted, held };
}
