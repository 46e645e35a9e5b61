import {
  describeHold,
  describeTransfer,
  hashEntry,
  type ChainHash,
  type EntryFacts,
  type HoldFacts,
  type TransferFacts,
} from './chain.ts';

/**
 * Entries as the chain sees them, read from the database: every column of the entry, of its transfer, and of the hold that
 * it opens, as text exactly as it is stored.
 */

function microseconds(column: string): string {
  return `trunc(extract(epoch FROM ${column}) * 1000000)::text`;
}

/** `e` is the entry, `t` its transfer, `h` the hold that it opens. */
export const CHAIN_COLUMNS = `e.account, e.version::text, e.kind, e.direction, e.amount::text,
  e.posted_before::text, e.held_before::text, e.posted_after::text, e.held_after::text, e.transfer, e.hold, e.operation,
  e.actor, e.reason, e.metadata::text AS metadata, ${microseconds('e.created_at')} AS created_at,
  encode(e.hash, 'hex') AS hash,
  t.id AS t_id, t.kind AS t_kind, t.source AS t_source, t.source_version::text AS t_source_version,
  t.destination AS t_destination, t.destination_version::text AS t_destination_version, t.amount::text AS t_amount,
  t.actor AS t_actor, t.reason AS t_reason, t.metadata::text AS t_metadata, t.reverses AS t_reverses, t.hold AS t_hold,
  ${microseconds('t.created_at')} AS t_created_at,
  h.id AS h_id, h.account AS h_account, h.destination AS h_destination, h.amount::text AS h_amount, h.actor AS h_actor,
  h.reason AS h_reason, ${microseconds('h.created_at')} AS h_created_at`;

/**
 * One index lookup for each entry, whatever the planner expects: a subquery with a limit is never turned into a join that
 * reads the whole table.
 */
export const CHAIN_JOINS = `LEFT JOIN LATERAL (SELECT * FROM credits_transfers WHERE id = e.transfer LIMIT 1) t ON true
  LEFT JOIN LATERAL (SELECT * FROM credits_holds WHERE id = e.hold AND e.kind = 'hold' LIMIT 1) h ON true`;

export interface ChainTransferRow {
  t_id: string;
  t_kind: string;
  t_source: string;
  t_source_version: string;
  t_destination: string;
  t_destination_version: string;
  t_amount: string;
  t_actor: string;
  t_reason: string;
  t_metadata: string;
  t_reverses: string | null;
  t_hold: string | null;
  t_created_at: string;
}

export interface ChainHoldRow {
  h_id: string;
  h_account: string;
  h_destination: string;
  h_amount: string;
  h_actor: string;
  h_reason: string;
  h_created_at: string;
}

type Absent<Row> = { [Column in keyof Row]: null };

export interface ChainEntryRow {
  account: string;
  version: string;
  kind: string;
  direction: string;
  amount: string;
  posted_before: string;
  held_before: string;
  posted_after: string;
  held_after: string;
  transfer: string | null;
  hold: string | null;
  operation: string | null;
  actor: string | null;
  reason: string | null;
  metadata: string | null;
  created_at: string;
  hash: string;
}

export type ChainRow = ChainEntryRow &
  (ChainTransferRow | Absent<ChainTransferRow>) &
  (ChainHoldRow | Absent<ChainHoldRow>);

function toEntryFacts(row: ChainEntryRow): EntryFacts {
  return {
    account: row.account,
    version: row.version,
    kind: row.kind,
    direction: row.direction,
    amount: row.amount,
    postedBefore: row.posted_before,
    heldBefore: row.held_before,
    postedAfter: row.posted_after,
    heldAfter: row.held_after,
    transfer: row.transfer,
    hold: row.hold,
    operation: row.operation,
    actor: row.actor,
    reason: row.reason,
    metadata: row.metadata,
    createdAt: row.created_at,
  };
}

function toTransferFacts(row: ChainTransferRow): TransferFacts {
  return {
    id: row.t_id,
    kind: row.t_kind,
    source: row.t_source,
    sourceVersion: row.t_source_version,
    destination: row.t_destination,
    destinationVersion: row.t_destination_version,
    amount: row.t_amount,
    actor: row.t_actor,
    reason: row.t_reason,
    metadata: row.t_metadata,
    reverses: row.t_reverses,
    hold: row.t_hold,
    createdAt: row.t_created_at,
  };
}

function toHoldFacts(row: ChainHoldRow): HoldFacts {
  return {
    id: row.h_id,
    account: row.h_account,
    destination: row.h_destination,
    amount: row.h_amount,
    actor: row.h_actor,
    reason: row.h_reason,
    createdAt: row.h_created_at,
  };
}

/** The hash that a row must have after this one. */
export function hashRow(previous: ChainHash, row: ChainRow): ChainHash {
  const about =
    row.t_id !== null
      ? describeTransfer(toTransferFacts(row))
      : row.h_id !== null
        ? describeHold(toHoldFacts(row))
        : null;
  return hashEntry(previous, toEntryFacts(row), about);
}
