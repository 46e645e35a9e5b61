import assert from 'node:assert/strict';
import {
  type Entry,
  type EntryKind,
  type Hold,
  type HoldState,
  type Metadata,
  toBalance,
  type Transfer,
  type TransferKind,
} from 'realtime-credits/contract';

/** Rows as `pg` reads them: `int8` arrives as text (L-10), instants as Date, json parsed. */

/** Reads an `int8`. A value that JavaScript cannot hold exactly is a bug, never a rounded number. */
export function toInteger(value: string | number): number {
  const integer = Number(value);
  assert(Number.isSafeInteger(integer), `The database holds ${value}, which is not a safe integer.`);
  return integer;
}

export interface TransferRow {
  t_id: string;
  t_kind: TransferKind;
  t_source: string;
  t_destination: string;
  t_amount: string;
  t_actor: string;
  t_reason: string;
  t_metadata: Metadata;
  t_reverses: string | null;
  t_hold: string | null;
  t_created_at: Date;
}

export const TRANSFER_COLUMNS = `t.id AS t_id, t.kind AS t_kind, t.source AS t_source, t.destination AS t_destination,
  t.amount AS t_amount, t.actor AS t_actor, t.reason AS t_reason, t.metadata AS t_metadata, t.reverses AS t_reverses,
  t.hold AS t_hold, t.created_at AS t_created_at`;

export function toTransfer(row: TransferRow): Transfer {
  return {
    id: row.t_id,
    kind: row.t_kind,
    source: row.t_source,
    destination: row.t_destination,
    amount: toInteger(row.t_amount),
    actor: row.t_actor,
    reason: row.t_reason,
    metadata: row.t_metadata,
    reverses: row.t_reverses,
    hold: row.t_hold,
    createdAt: row.t_created_at.toISOString(),
  };
}

export interface HoldRow {
  h_id: string;
  h_account: string;
  h_destination: string;
  h_amount: string;
  h_remaining: string;
  h_state: HoldState;
  h_actor: string;
  h_reason: string;
  h_expires_at: Date;
  h_created_at: Date;
}

export const HOLD_COLUMNS = `h.id AS h_id, h.account AS h_account, h.destination AS h_destination, h.amount AS h_amount,
  h.remaining AS h_remaining, h.state AS h_state, h.actor AS h_actor, h.reason AS h_reason,
  h.expires_at AS h_expires_at, h.created_at AS h_created_at`;

export function toHold(row: HoldRow): Hold {
  return {
    id: row.h_id,
    account: row.h_account,
    destination: row.h_destination,
    amount: toInteger(row.h_amount),
    remaining: toInteger(row.h_remaining),
    state: row.h_state,
    actor: row.h_actor,
    reason: row.h_reason,
    expiresAt: row.h_expires_at.toISOString(),
    createdAt: row.h_created_at.toISOString(),
  };
}

export interface HistoryRow {
  version: string;
  kind: EntryKind;
  direction: 'debit' | 'credit';
  amount: string;
  posted_before: string;
  held_before: string;
  posted_after: string;
  held_after: string;
  transfer: string | null;
  hold: string | null;
  created_at: Date;
  transfer_kind: TransferKind | null;
  counterparty: string | null;
  actor: string;
  reason: string;
  metadata: Metadata;
}

export function toEntry(account: string, row: HistoryRow): Entry {
  const verb = row.transfer_kind ?? row.kind;
  assert(verb !== 'transfer' || row.transfer_kind !== null, `Entry ${account}/${row.version} has lost its transfer.`);
  return {
    account,
    version: toInteger(row.version),
    kind: row.kind,
    verb,
    direction: row.direction,
    amount: toInteger(row.amount),
    before: toBalance(toInteger(row.posted_before), toInteger(row.held_before)),
    after: toBalance(toInteger(row.posted_after), toInteger(row.held_after)),
    transfer: row.transfer,
    hold: row.hold,
    counterparty: row.counterparty,
    actor: row.actor,
    reason: row.reason,
    metadata: row.metadata,
    createdAt: row.created_at.toISOString(),
  };
}
