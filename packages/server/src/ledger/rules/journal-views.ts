import assert from 'node:assert/strict';
import {
  toBalance,
  type Allowance,
  type Entry,
  type Hold,
  type Lot,
  type Metadata,
  type Rate,
  type Transfer,
  type TransferKind,
} from 'realtime-credits/contract';
import type {
  AdjustReceipt,
  AllowanceReceipt,
  HoldReceipt,
  PostReceipt,
  RateReceipt,
  ReceiptBase,
  TransferReceipt,
} from '../commands.ts';
import { readAllowance } from './allowances.ts';
import { readRate } from './rates.ts';
import type { AllowanceRecord, HoldRecord, JournalRow, JournalSide, KnownKey, LotRecord, RateRecord } from './state.ts';
import { isSystemAccount, SYSTEM_SPENT, toPublicAccount } from './system-accounts.ts';
import { formatTransferId } from './transfer-id.ts';

/**
 * What the public types say about records: a transfer, an entry and a receipt are views of one journal row. Every place
 * that shows a row uses these, so the first receipt of a key and its repetition cannot differ.
 */

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function toMetadata(row: JournalRow): Metadata {
  return row.metadata === null ? {} : (JSON.parse(row.metadata) as Metadata);
}

function transferIdOf({ debit, credit }: JournalRow): string | null {
  return debit === null || credit === null ? null : formatTransferId({ debit: debit.number, version: debit.version });
}

/** A row that moves credits, as a transfer. */
export function toTransfer(row: JournalRow): Transfer {
  const { debit, credit, amount, reverses } = row;
  const id = transferIdOf(row);
  assert(id !== null && debit !== null && credit !== null && amount !== null, 'The row is not a transfer.');
  return {
    id,
    kind: row.kind as TransferKind,
    source: toPublicAccount(debit.id),
    destination: toPublicAccount(credit.id),
    amount,
    actor: row.actor,
    reason: row.reason,
    metadata: toMetadata(row),
    reverses: reverses === null ? null : formatTransferId(reverses),
    hold: row.hold,
    createdAt: toIso(row.createdAtMs),
  };
}

/** One side of a row, as an entry of that account. */
export function toEntry(row: JournalRow, direction: 'debit' | 'credit'): Entry {
  const side = row[direction];
  const other = row[direction === 'debit' ? 'credit' : 'debit'];
  const { amount } = row;
  assert(side !== null && amount !== null, 'The row has no entry on this side.');
  const kind = kindOnSide(row, direction);
  const sign = direction === 'debit' ? 1 : -1;
  // What the entry changed, taken back: only a hold leaves `posted` alone, and only a transfer leaves `held` alone.
  const posted = kind === 'transfer' || kind === 'post' ? side.posted + sign * amount : side.posted;
  const isUnheld = kind === 'transfer' || kind === 'rate' || kind === 'allowance';
  const held = isUnheld ? side.held : kind === 'hold' ? side.held - amount : side.held + amount;
  return {
    account: toPublicAccount(side.id),
    version: side.version,
    kind,
    verb: row.kind as Entry['verb'],
    direction,
    amount,
    before: toBalance(posted, held),
    after: toBalance(side.posted, side.held),
    transfer: transferIdOf(row),
    hold: row.hold,
    counterparty: other === null ? null : toPublicAccount(other.id),
    actor: row.actor,
    reason: row.reason,
    metadata: toMetadata(row),
    createdAt: toIso(row.createdAtMs),
  };
}

/** A post takes from what is held on the debit side, and is a plain transfer for the receiver. */
function kindOnSide({ kind, amount, allowance }: JournalRow, direction: 'debit' | 'credit'): Entry['kind'] {
  if (amount === 0) return allowance === null ? 'rate' : 'allowance';
  if (kind === 'hold' || kind === 'void' || kind === 'expire') return kind;
  return kind === 'post' && direction === 'debit' ? 'post' : 'transfer';
}

/** A hold as it is now. */
export function toHold(hold: HoldRecord): Hold {
  return {
    id: hold.id,
    account: hold.account.id,
    destination: hold.destination?.id ?? SYSTEM_SPENT,
    amount: hold.amount,
    remaining: hold.remaining,
    state: hold.state,
    actor: hold.actor,
    reason: hold.reason,
    expiresAt: toIso(hold.expiresAtMs),
    createdAt: toIso(hold.createdAtMs),
  };
}

/** A lot as it is now. */
export function toLot({ version, amount, free, held, priority, expiresAtMs }: LotRecord): Lot {
  return {
    version,
    amount,
    available: free,
    held,
    priority,
    expiresAt: expiresAtMs === null ? null : toIso(expiresAtMs),
  };
}

/** A rate as it is now. */
export function toRate(rate: RateRecord): Rate {
  return {
    id: rate.id,
    account: rate.account.id,
    resource: rate.resource,
    amount: rate.amount,
    per: rate.per,
    state: rate.state,
    startedAt: toIso(rate.startedAtMs),
    settledAt: toIso(rate.settledUntilMs),
    charged: rate.charged,
    prepaid: rate.prepaid,
  };
}

/** An allowance as it is now. */
export function toAllowance(allowance: AllowanceRecord): Allowance {
  const { id, account, name, amount, per, anchorMs, timeZone, carryOver, nextAtMs, granted } = allowance;
  return {
    id,
    account: account.id,
    name,
    amount,
    per,
    anchor: toIso(anchorMs),
    timeZone,
    carryOver,
    state: nextAtMs === null ? 'stopped' : 'active',
    granted,
    nextRefillAt: nextAtMs === null ? null : toIso(nextAtMs),
  };
}

/** A hold as it was right after a row that names it. */
function toHoldAt(row: JournalRow, hold: HoldRecord | null): Hold {
  const { holdRemaining: remaining, holdExpiresAtMs: expiresAtMs } = row;
  assert(hold !== null && remaining !== null && expiresAtMs !== null, 'The row does not name a hold.');
  return toHold({ ...hold, remaining, expiresAtMs, state: stateAt(row, hold.amount, remaining) });
}

function stateAt({ kind }: JournalRow, amount: number, remaining: number): Hold['state'] {
  if (remaining === 0) return kind === 'void' ? 'voided' : kind === 'expire' ? 'expired' : 'posted';
  return remaining < amount ? 'partly_posted' : 'open';
}

/** The side that a receipt is about: the debit, unless it is missing or a system account. */
export function subjectOf({ kind, debit, credit }: JournalRow): JournalSide {
  // A reversal is about whose transfer it undoes: its credit side, unless that is a system account.
  const isCredit = credit !== null && (debit === null || isSystemAccount(debit.id) || kind === 'reverse');
  const side = isCredit && !isSystemAccount(credit.id) ? credit : debit;
  assert(side !== null, 'The row has no side.');
  return side;
}

/** How an error names what a key did: by its transfer, its hold, or the key itself. */
export function nameOf(row: JournalRow): string {
  return transferIdOf(row) ?? row.hold ?? row.key ?? '';
}

function toBase(row: JournalRow): ReceiptBase {
  const { id, version, posted, held } = subjectOf(row);
  return {
    idempotencyKey: row.key ?? '',
    account: id,
    version,
    balance: toBalance(posted, held),
    replayed: false,
  };
}

export function toTransferReceipt({ row }: KnownKey): TransferReceipt {
  return { ...toBase(row), transfer: toTransfer(row) };
}

export function toAdjustReceipt({ row }: KnownKey): AdjustReceipt {
  return { ...toBase(row), transfer: row.kind === 'unchanged' ? null : toTransfer(row) };
}

export function toHoldReceipt({ row, hold }: KnownKey): HoldReceipt {
  return { ...toBase(row), hold: toHoldAt(row, hold) };
}

export function toPostReceipt({ row, hold }: KnownKey): PostReceipt {
  return { ...toBase(row), transfer: toTransfer(row), hold: toHoldAt(row, hold) };
}

export function toRateReceipt({ row }: KnownKey): RateReceipt {
  return { ...toBase(row), rate: toRate(readRate(row)) };
}

export function toAllowanceReceipt({ row }: KnownKey): AllowanceReceipt {
  return { ...toBase(row), allowance: toAllowance(readAllowance(row)) };
}
