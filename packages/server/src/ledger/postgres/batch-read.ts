import { compareLots, isPast, listNamedLots, type NamedLot } from '../rules/lots.ts';
import { toClaimId, type BatchState, type Locks, type LotRecord } from '../rules/state.ts';
import { formatTransferId } from '../rules/transfer-id.ts';
import { toArrayLiteral } from './array-literal.ts';
import {
  ACCOUNT_COLUMNS,
  holdColumns,
  journalColumns,
  LOT_COLUMNS,
  toAccount,
  toHoldRecord,
  toInteger,
  toJournalRow,
  toKnownKey,
  toLotRecord,
  type Row,
} from './codecs.ts';
import type { SqlClient } from './database.ts';
import { createStatement, roundTrip, sendUnnamed, type Statement, type Statements, type Value } from './statements.ts';

/**
 * The first round trip of a batch: locks every account that its commands can touch, in order of their numbers and all at
 * once, then reads what they are decided on.
 *
 * Locking and reading are separate statements, because each sees what was committed before it began: a row that another
 * transaction held is read as that transaction left it. They are sent together.
 */
export type ReadStatements = ReturnType<typeof createReadStatements>;

export function createReadStatements(s: string) {
  const transfer = `unnest($1::bigint[], $2::bigint[]) AS t(debit, version) CROSS JOIN LATERAL (SELECT *
    FROM ${s}.journal WHERE debit = t.debit AND debit_version = t.version AND hash IS NOT NULL LIMIT 1) j`;
  return {
    lock: createStatement(
      `SELECT ${ACCOUNT_COLUMNS} FROM ${s}.accounts WHERE id = ANY($1::text[]) ORDER BY number FOR UPDATE`,
    ),
    keys: createStatement(`SELECT ${journalColumns(s)}, ${holdColumns(s)}
      FROM unnest($1::bytea[]) AS k(digest)
      CROSS JOIN LATERAL (SELECT * FROM ${s}.journal WHERE key_digest = k.digest LIMIT 1) j
      LEFT JOIN LATERAL (SELECT * FROM ${s}.holds WHERE id = j.hold LIMIT 1) h ON true`),
    /** Holds past their end, and which accounts have lots: a row without a hold says no more than that. */
    expired: createStatement(`SELECT a.number, l.found AS has_lots, ${holdColumns(s)} FROM ${s}.accounts a
      LEFT JOIN LATERAL (SELECT * FROM ${s}.holds
        WHERE account = a.number AND remaining > 0 AND expires_at <= $2::timestamptz OFFSET 0) h ON true
      LEFT JOIN LATERAL (SELECT true AS found FROM ${s}.lots WHERE account = a.number AND free > 0 LIMIT 1) l ON true
      WHERE a.id = ANY($1::text[]) AND (h.id IS NOT NULL OR l.found)`),
    /** Lots past their instant, and the first of the others in spending order: two ranges of two indexes. */
    lots: createStatement(`SELECT ${LOT_COLUMNS} FROM unnest($1::bigint[]) AS a(number) CROSS JOIN LATERAL (
        (SELECT * FROM ${s}.lots WHERE account = a.number AND free > 0 AND expires_at <= $2::timestamptz)
        UNION ALL
        (SELECT * FROM ${s}.lots WHERE account = a.number AND free > 0
          AND (expires_at IS NULL OR expires_at > $2::timestamptz)
          ORDER BY priority, expires_at, version, part LIMIT $3::bigint)) l`),
    namedLots: createStatement(`SELECT ${LOT_COLUMNS}
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n(account, version, part) CROSS JOIN LATERAL (SELECT *
        FROM ${s}.lots WHERE account = n.account AND version = n.version AND part = n.part LIMIT 1) l`),
    holds: createStatement(`SELECT ${holdColumns(s)} FROM ${s}.holds h WHERE h.id = ANY($1::uuid[])`),
    claims: createStatement(`SELECT a.id AS account, c.claim_key, ${journalColumns(s)}
      FROM ${s}.accounts a CROSS JOIN unnest($2::text[]) AS k(claim)
      CROSS JOIN LATERAL (SELECT * FROM ${s}.claims WHERE account = a.number AND claim_key = k.claim LIMIT 1) c
      CROSS JOIN LATERAL (SELECT * FROM ${s}.journal WHERE key_digest = c.key_digest LIMIT 1) j
      WHERE a.id = ANY($1::text[])`),
    transfers:
      createStatement(`SELECT ${journalColumns(s)}, r.debit AS reversed_debit, r.debit_version AS reversed_version
      FROM ${transfer} LEFT JOIN LATERAL (SELECT debit, debit_version FROM ${s}.journal
        WHERE reverses_debit = t.debit AND reverses_version = t.version LIMIT 1) r ON true
      WHERE j.credit IS NOT NULL`),
    /** Which accounts a hold or a transfer is between never changes, so this is read before the lock. */
    holdAccounts: createStatement(`SELECT a.id FROM ${s}.holds h JOIN ${s}.accounts a
      ON a.number = ANY(ARRAY[h.account, h.destination]) WHERE h.id = ANY($1::uuid[])`),
    transferAccounts: createStatement(`SELECT a.id FROM ${transfer} JOIN ${s}.accounts a
      ON a.number = ANY(ARRAY[j.debit, j.credit]) WHERE j.credit IS NOT NULL`),
  };
}

/** What a batch is read with. */
export interface BatchReader {
  client: SqlClient;
  statements: Statements;
  read: ReadStatements;
  /** Begins the transaction, or the part of the host's transaction. Sent with the first statements. */
  begin: Statement;
}

/** What a batch asks for. */
export interface BatchQuery {
  /** What the batch needs, each thing once. */
  locks: Required<Locks>;
  nowMs: number;
  /** The account for credits that expire. */
  breakage: string;
  /** Lots to read of each account. */
  lotsMax: number;
}

/**
 * The state of a batch; or the row ids of accounts that have to be created first, or locked as well: then the batch begins
 * again, because all accounts are locked at once.
 */
export type BatchRead = { state: BatchState } | { missing: string[] } | { unlocked: string };

/**
 * Begins the transaction of a batch, locks, and reads its state. The caller ends the transaction, also when this throws.
 */
export async function readBatch(reader: BatchReader, query: BatchQuery): Promise<BatchRead> {
  const { locks, nowMs, breakage } = query;
  const { client, statements, read } = reader;
  const send = (statement: Statement, values: readonly Value[]) => async () => {
    const { rows } = await statements.send(client, statement, values);
    return rows as Row[];
  };
  const begin = () => sendUnnamed(client, reader.begin);
  const holdIds = locks.holds.length === 0 ? null : toArrayLiteral('uuid', locks.holds);
  const transfers = locks.transfers.length === 0 ? null : toTransferParameters(locks);
  const accounts = new Set(locks.accounts);
  const isReferring = holdIds !== null || transfers !== null;
  if (isReferring) {
    const [, ofHolds, ofTransfers] = await roundTrip(client, [
      begin,
      holdIds === null ? null : send(read.holdAccounts, [holdIds]),
      transfers === null ? null : send(read.transferAccounts, transfers),
    ]);
    for (const { id } of [...(ofHolds ?? []), ...(ofTransfers ?? [])]) if (id != null) accounts.add(id);
  }
  const ids = toArrayLiteral('text', [...accounts]);
  const now = new Date(nowMs).toISOString();
  const claims = locks.claims.length === 0 ? null : toArrayLiteral('text', locks.claims);
  const [, locked, keys, expired, holds, claimed, reversible] = await roundTrip(client, [
    isReferring ? null : begin,
    send(read.lock, [ids]),
    locks.keys.length === 0 ? null : send(read.keys, [toArrayLiteral('bytea', locks.keys)]),
    send(read.expired, [ids, now]),
    holdIds === null ? null : send(read.holds, [holdIds]),
    claims === null ? null : send(read.claims, [ids, claims]),
    transfers === null ? null : send(read.transfers, transfers),
  ]);
  const states = new Map(locked.map((row) => [row['id'] ?? '', toAccount(row)]));
  const missing = [...accounts].filter((id) => !states.has(id));
  if (missing.length > 0) return { missing };
  const heldRows = [...expired.filter((row) => row['h_id'] != null), ...(holds ?? [])];
  const state: BatchState = {
    accounts: states,
    keys: new Map(keys?.map((row) => [row['key_digest'] ?? '', toKnownKey(row)])),
    holds: new Map(heldRows.map((row) => [row['h_id'] ?? '', toHoldRecord(row)])),
    claims: new Map(
      claimed?.map((row) => [toClaimId(row['account'] ?? '', row['claim_key'] ?? ''), toJournalRow(row)]),
    ),
    transfers: new Map(reversible?.map((row) => toReversible(row))),
    lots: new Map(),
  };
  const owners = new Set(expired.flatMap((row) => (row['has_lots'] == null ? [] : (row['number'] ?? []))));
  const named = listNamedLots(state);
  if (owners.size === 0 && named.length === 0) return { state };
  const [ofOwners, byName] = await roundTrip(client, [
    owners.size === 0 ? null : send(read.lots, [toArrayLiteral('bigint', [...owners]), now, String(query.lotsMax)]),
    named.length === 0 ? null : send(read.namedLots, toLotParameters(named)),
  ]);
  const idOfNumber = new Map([...states.values()].map(({ id, number }) => [String(number), id]));
  const records = [...(ofOwners ?? []), ...(byName ?? [])].map((row) =>
    toLotRecord(row, idOfNumber.get(row['account'] ?? '') ?? ''),
  );
  addLots(state, records, query);
  const isAnyPast = [...state.lots.values()].some(({ lots }) => lots.some((lot) => isPast(lot, nowMs)));
  return isAnyPast && !states.has(breakage) ? { unlocked: breakage } : { state };
}

/** Groups lots by account. An account of which as many were read as were asked for may have more. */
function addLots({ lots }: BatchState, found: readonly LotRecord[], { nowMs, lotsMax }: BatchQuery): void {
  const byAccount = new Map<string, Map<string, LotRecord>>();
  for (const lot of found) {
    const own = byAccount.get(lot.account.id) ?? new Map<string, LotRecord>();
    byAccount.set(lot.account.id, own.set(`${lot.version}/${lot.part}`, lot));
  }
  for (const [id, own] of byAccount) {
    const next = [...own.values()].filter((lot) => lot.free > 0 && !isPast(lot, nowMs)).toSorted(compareLots);
    lots.set(id, { lots: [...own.values()], frontier: next[lotsMax - 1] ?? null });
  }
}

function toLotParameters(named: readonly NamedLot[]): string[] {
  return (['account', 'version', 'part'] as const).map((field) =>
    toArrayLiteral(
      'bigint',
      named.map((lot) => lot[field]),
    ),
  );
}

function toTransferParameters({ transfers }: Required<Locks>): string[] {
  return [
    toArrayLiteral(
      'bigint',
      transfers.map(({ debit }) => debit),
    ),
    toArrayLiteral(
      'bigint',
      transfers.map(({ version }) => version),
    ),
  ];
}

function toReversible(row: Row) {
  const found = toJournalRow(row);
  const reversedBy =
    row['reversed_debit'] == null
      ? null
      : { debit: toInteger(row['reversed_debit']), version: toInteger(row['reversed_version']) };
  const id = formatTransferId({ debit: toInteger(row['debit']), version: toInteger(row['debit_version']) });
  return [id, { row: found, reversedBy }] as const;
}
