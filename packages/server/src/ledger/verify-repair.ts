import { hashRow, type ChainRow } from './chain-row.ts';
import { computeAfter, type Position, type WalkRow } from './verify-row.ts';

/**
 * Says which column of an altered entry was altered, and what it was. Much of an entry is written twice: in the entry
 * before it, in its transfer, in the hold. What the other place says is tried in its stead, and where that makes the
 * hash that was stored, it is what stood there: nothing else makes it.
 */

export interface Repair {
  /** The entry as it was written. */
  row: WalkRow;
  changes: { column: string; is: string | null; was: string | null }[];
}

const KINDS = ['transfer', 'hold', 'post', 'void', 'expire'];
const DIRECTIONS = ['debit', 'credit'];
const TRANSFER_KINDS = ['grant', 'spend', 'transfer', 'adjust', 'reverse', 'post'];

/** Null where no single place, nor all that is known together, explains the hash. */
export function findRepair(last: Position, row: WalkRow): Repair | null {
  for (const changed of guess(last, row)) {
    const was = { ...row, ...changed } as WalkRow;
    if (hashRow(last.hash, was) === row.hash) return { row: was, changes: toChanges(row, was) };
  }
  return null;
}

function* guess(last: Position, row: WalkRow): Generator<Partial<ChainRow>> {
  const version = `${BigInt(last.version) + 1n}`;
  const isDebit = row.direction === 'debit';
  yield { version };
  yield { posted_before: last.posted };
  yield { held_before: last.held };
  const after = computeAfter(row);
  yield { posted_after: after.posted };
  yield { held_after: after.held };
  for (const kind of KINDS) yield { kind };
  for (const direction of DIRECTIONS) yield { direction };
  yield { operation: null };
  yield { hold: null };

  let derived: Partial<ChainRow> = { version, posted_before: last.posted, held_before: last.held };
  if (row.t_id !== null) {
    const side = isDebit
      ? { t_source: row.account, t_source_version: row.version }
      : { t_destination: row.account, t_destination_version: row.version };
    // An entry with a transfer leaves these to it.
    yield { actor: null };
    yield { reason: null };
    yield { metadata: null };
    yield { amount: row.t_amount };
    yield { hold: row.t_hold };
    yield { created_at: row.t_created_at };
    yield { t_amount: row.amount };
    yield { t_hold: row.hold };
    yield { t_created_at: row.created_at };
    yield { t_reverses: null };
    yield { t_actor: row.account };
    for (const [column, value] of Object.entries(side)) yield { [column]: value };
    for (const t_kind of TRANSFER_KINDS) yield { t_kind };
    derived = { ...derived, amount: row.t_amount, hold: row.t_hold, created_at: row.t_created_at };
  }
  if (row.h_id !== null) {
    yield { amount: row.h_amount };
    yield { created_at: row.h_created_at };
    yield { actor: row.h_actor };
    yield { reason: row.h_reason };
    yield { h_amount: row.amount };
    yield { h_account: row.account };
    yield { h_created_at: row.created_at };
    if (row.actor !== null) yield { h_actor: row.actor };
    if (row.reason !== null) yield { h_reason: row.reason };
    derived = { ...derived, amount: row.h_amount, created_at: row.h_created_at };
  }
  // Several columns that were changed to agree with each other.
  const together = { ...row, ...derived } as ChainRow;
  const { posted, held } = computeAfter(together);
  yield { ...derived, posted_after: posted, held_after: held };
  yield { ...derived, version: row.version, posted_after: posted, held_after: held };
}

const TABLES = { t: 'credits_transfers', h: 'credits_holds' } as const;

function toChanges(row: WalkRow, was: WalkRow): Repair['changes'] {
  const before = new Map<string, string | null>(Object.entries(was));
  return Object.entries(row).flatMap(([name, is]) => {
    const value = before.get(name) ?? null;
    if (is === value) return [];
    const [, prefix, column] = /^([th])_(.+)$/.exec(name) ?? [];
    const table = prefix === 't' || prefix === 'h' ? TABLES[prefix] : 'credits_entries';
    return [{ column: `${table}.${column ?? name}`, is, was: value }];
  });
}
