import { isRefillDue } from '../rules/allowances.ts';
import { compareLots, isPast, listNamedLots, type NamedLot } from '../rules/lots.ts';
import type { FoundAlerts } from '../rules/events.ts';
import { mayCharge } from '../rules/rates.ts';
import { toClaimId, type BatchState, type Locks, type LotRecord } from '../rules/state.ts';
import { formatTransferId } from '../rules/transfer-id.ts';
import { toArrayLiteral } from './array-literal.ts';
import {
  ACCOUNT_COLUMNS,
  ALLOWANCE_COLUMNS,
  ALERT_COLUMNS,
  holdColumns,
  journalColumns,
  LOT_COLUMNS,
  LOT_TEXT,
  milliseconds,
  RATE_COLUMNS,
  toAccount,
  toAllowanceRecord,
  toAlertRecord,
  toHoldRecord,
  toInteger,
  toJournalRow,
  toKnownKey,
  toLotRecord,
  toLotRecords,
  toRateRecord,
  type Row,
} from './codecs.ts';
import type { SqlClient } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';
import type { TimelineFence } from './timeline.ts';
import { createStatement, roundTrip, sendUnnamed, type Statement, type Statements, type Value } from './statements.ts';

/**
 * The first round trip of a batch: locks every account that its commands can touch, in order of their numbers and all at
 * once, then reads what they are decided on.
 *
 * Locking and reading are separate statements, because each sees what was committed before it began: a row that another
 * transaction held is read as that transaction left it. They are sent together.
 */
export type ReadStatements = ReturnType<typeof createReadStatements>;

/** @param timeline - The column that names the server's timeline. */
export function createReadStatements(s: string, timeline: string) {
  const transfer = `unnest($1::bigint[], $2::bigint[]) AS t(debit, version) CROSS JOIN LATERAL (SELECT *
    FROM ${s}.journal WHERE debit = t.debit AND debit_version = t.version AND hash IS NOT NULL LIMIT 1) j`;
  return {
    lock: createStatement(
      `SELECT ${ACCOUNT_COLUMNS}, ${milliseconds('clock_timestamp()')} AS clock, ${timeline} AS timeline
        FROM ${s}.accounts
        WHERE id = ANY($1::text[]) ORDER BY number FOR UPDATE`,
    ),
    keys: createStatement(`SELECT ${journalColumns(s)}, ${holdColumns(s)}
      FROM unnest($1::bytea[]) AS k(digest)
      CROSS JOIN LATERAL (SELECT * FROM ${s}.journal WHERE key_digest = k.digest LIMIT 1) j
      LEFT JOIN LATERAL (SELECT * FROM ${s}.holds WHERE id = j.hold LIMIT 1) h ON true`),
    /** Whether any account has what the next statement reads: to start that costs a lone command more than it reads. */
    timed: createStatement(`SELECT true AS found FROM ${s}.accounts a WHERE a.id = ANY($1::text[]) AND (
        EXISTS (SELECT FROM ${s}.holds WHERE account = a.number AND remaining > 0 AND expires_at <= $2::timestamptz)
        OR EXISTS (SELECT FROM ${s}.lots WHERE account = a.number AND free > 0)
        OR EXISTS (SELECT FROM ${s}.rates WHERE account = a.number AND state <> 'stopped')
        OR EXISTS (SELECT FROM ${s}.allowances WHERE account = a.number AND next_at IS NOT NULL)) LIMIT 1`),
    /**
     * Holds past their end; the lots past their instant and the first of the others in spending order, which are two ranges
     * of two indexes; and which accounts have rates or allowances.
     */
    expired: createStatement(`SELECT a.number, CASE WHEN l.found THEN array_to_string(ARRAY(
          (SELECT ${LOT_TEXT} FROM ${s}.lots l WHERE account = a.number AND free > 0 AND expires_at <= $2::timestamptz)
          UNION ALL
          (SELECT ${LOT_TEXT} FROM ${s}.lots l WHERE account = a.number AND free > 0
            AND (expires_at IS NULL OR expires_at > $2::timestamptz)
            ORDER BY priority, expires_at, version, part LIMIT $3::bigint)), ';') END AS lots,
        r.found AS has_rates, w.found AS has_allowances, ${holdColumns(s)}
      FROM ${s}.accounts a
      LEFT JOIN LATERAL (SELECT * FROM ${s}.holds
        WHERE account = a.number AND remaining > 0 AND expires_at <= $2::timestamptz OFFSET 0) h ON true
      LEFT JOIN LATERAL (SELECT true AS found FROM ${s}.lots WHERE account = a.number AND free > 0
        ORDER BY priority, expires_at, version, part LIMIT 1) l ON true
      LEFT JOIN LATERAL (SELECT true AS found FROM ${s}.rates WHERE account = a.number AND state <> 'stopped' LIMIT 1) r
        ON true
      LEFT JOIN LATERAL (SELECT true AS found FROM ${s}.allowances WHERE account = a.number AND next_at IS NOT NULL LIMIT 1) w
        ON true
      WHERE a.id = ANY($1::text[]) AND (h.id IS NOT NULL OR l.found OR r.found OR w.found)`),
    rates: createStatement(`SELECT ${RATE_COLUMNS} FROM unnest($1::bigint[]) AS a(number) CROSS JOIN LATERAL (SELECT *
      FROM ${s}.rates WHERE account = a.number AND state <> 'stopped' OFFSET 0) r ORDER BY r.id`),
    allowances:
      createStatement(`SELECT ${ALLOWANCE_COLUMNS} FROM unnest($1::bigint[]) AS a(number) CROSS JOIN LATERAL (SELECT *
      FROM ${s}.allowances WHERE account = a.number AND next_at IS NOT NULL OFFSET 0) w ORDER BY w.id`),
    alerts: createStatement(`SELECT ${ALERT_COLUMNS} FROM ${s}.accounts a JOIN ${s}.alerts l ON l.account = a.number
      WHERE a.id = ANY($1::text[])`),
    /** Lots of which it is time to tell that they expire. Few instants have come and are not told. */
    lotAlerts: createStatement(`SELECT ${LOT_COLUMNS}, ${milliseconds('e.at')} AS at FROM ${s}.accounts a
      CROSS JOIN LATERAL (SELECT * FROM ${s}.lot_alerts WHERE at <= $2::timestamptz AND account = a.number OFFSET 0) e
      CROSS JOIN LATERAL (SELECT * FROM ${s}.lots WHERE account = e.account AND version = e.version AND part = e.part
        LIMIT 1) l WHERE a.id = ANY($1::text[]) ORDER BY e.at, l.version, l.part`),
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

/**
 * Row ids of accounts that had lots, rates, allowances or holds past their end when this process looked at them last, or that
 * it gave some. Theirs are read in the first round trip; those of others, of which a look says whether there are any, in one more.
 */
export type TimedAccounts = Set<string>;

/** Beyond it they are forgotten. */
const TIMED_MAX = 10_000;

/** What a batch is read with. */
export interface BatchReader {
  client: SqlClient;
  statements: Statements;
  read: ReadStatements;
  clock: DatabaseClock;
  fence: TimelineFence;
  timed: TimedAccounts;
  /** Begins the transaction, or the part of the host's transaction. Sent with the first statements; null: it has begun. */
  begin: Statement | null;
}

/** What a batch asks for. */
export interface BatchQuery {
  /** What the batch needs, each thing once. */
  locks: Required<Locks>;
  nowMs: number;
  /** The accounts for credits that expire, for what rates charge, and for what allowances grant. */
  breakage: string;
  spent: string;
  issued: string;
  /** Lots to read of each account. */
  lotsMax: number;
  /** Whether the host wants events. */
  isTelling: boolean;
  /** Whether it is known that accounts have something to settle. */
  isSettling: boolean;
}

/**
 * The state of a batch; or the row ids of accounts that have to be created first, or locked as well: then the batch begins
 * again, because all accounts are locked at once.
 */
export type BatchRead = { state: BatchState; alerts: FoundAlerts } | { missing: string[] } | { unlocked: string[] };

/**
 * Begins the transaction of a batch, locks, and reads its state. The caller ends the transaction, also when this throws.
 */
export async function readBatch(reader: BatchReader, query: BatchQuery): Promise<BatchRead> {
  const { locks, nowMs, breakage, spent, issued } = query;
  const { client, statements, read, clock, fence, timed } = reader;
  const send = (statement: Statement, values: readonly Value[]) => async () => {
    const { rows } = await statements.send(client, statement, values);
    return rows as Row[];
  };
  const { begin: first } = reader;
  const begin = first === null ? null : () => sendUnnamed(client, first);
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
  const isTimed = query.isSettling || [...accounts].some((id) => timed.has(id));
  const readExpired = send(read.expired, [ids, now, String(query.lotsMax)]);
  const sentAtMs = clock.monotonicMs();
  const [, locked, keys, looked, holds, claimed, reversible, ofAccounts, ofLotAlerts] = await roundTrip(client, [
    isReferring ? null : begin,
    send(read.lock, [ids]),
    locks.keys.length === 0 ? null : send(read.keys, [toArrayLiteral('bytea', locks.keys)]),
    isTimed ? readExpired : send(read.timed, [ids, now]),
    holdIds === null ? null : send(read.holds, [holdIds]),
    claims === null ? null : send(read.claims, [ids, claims]),
    transfers === null ? null : send(read.transfers, transfers),
    query.isTelling ? send(read.alerts, [ids]) : null,
    query.isTelling ? send(read.lotAlerts, [ids, now]) : null,
  ]);
  fence.observe(locked[0]?.['timeline']);
  if (locked[0] !== undefined) clock.observe(toInteger(locked[0]['clock']), sentAtMs);
  const states = new Map(locked.map((row) => [row['id'] ?? '', toAccount(row)]));
  const missing = [...accounts].filter((id) => !states.has(id));
  if (missing.length > 0) return { missing };
  const expired = isTimed || looked.length === 0 ? looked : await readExpired();
  const idOfNumber = new Map([...states.values()].map(({ id, number }) => [String(number), id]));
  // Commands that open something add to it as well, whether they meet something or not.
  if (timed.size > TIMED_MAX) timed.clear();
  if (isTimed || looked.length > 0) {
    const found = new Set(expired.map((row) => idOfNumber.get(row['number'] ?? '')));
    for (const id of accounts)
      if (found.has(id)) timed.add(id);
      else timed.delete(id);
  }
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
    rates: new Map(),
    allowances: new Map(),
  };
  const owners = (column: string) => [
    ...new Set(expired.flatMap((row) => (row[column] == null ? [] : (row['number'] ?? [])))),
  ];
  const [ofRates, ofAllowances] = [owners('has_rates'), owners('has_allowances')];
  const ownLots = new Map(expired.flatMap((row) => (row['lots'] == null ? [] : [[row['number'] ?? '', row['lots']]])));
  const named = listNamedLots(state);
  const idOf = (row: Row): string => idOfNumber.get(row['account'] ?? '') ?? '';
  const alerts = toFoundAlerts(ofAccounts ?? [], ofLotAlerts ?? [], idOf);
  if (ownLots.size + ofRates.length + ofAllowances.length + named.length === 0) return { state, alerts };
  const [byName, rates, allowances] = await roundTrip(client, [
    named.length === 0 ? null : send(read.namedLots, toLotParameters(named)),
    ofRates.length === 0 ? null : send(read.rates, [toArrayLiteral('bigint', ofRates)]),
    ofAllowances.length === 0 ? null : send(read.allowances, [toArrayLiteral('bigint', ofAllowances)]),
  ]);
  const inOrder = [...ownLots].flatMap(([number, text]) =>
    toLotRecords(text, { number: toInteger(number), id: idOfNumber.get(number) ?? '' }),
  );
  addLots(state, [...inOrder, ...(byName ?? []).map((row) => toLotRecord(row, idOf(row)))], query);
  for (const row of rates ?? []) {
    const own = state.rates.get(idOf(row)) ?? [];
    state.rates.set(idOf(row), [...own, toRateRecord(row, idOf(row))]);
  }
  for (const row of allowances ?? []) {
    const own = state.allowances.get(idOf(row)) ?? [];
    state.allowances.set(idOf(row), [...own, toAllowanceRecord(row, idOf(row))]);
  }
  const refilled = [...state.allowances].filter(([, own]) => own.some((each) => isRefillDue(each, nowMs)));
  // Where there are rates, missed refills are granted one by one, and what they granted expires.
  const isAnyMissed = refilled.some(([id]) => state.rates.has(id));
  const isAnyPast = isAnyMissed || [...state.lots.values()].some(({ lots }) => lots.some((lot) => isPast(lot, nowMs)));
  const isAnyDue = [...state.rates.values()].some((own) => mayCharge(own, nowMs));
  const needed = [
    ...(isAnyPast ? [breakage] : []),
    ...(isAnyDue ? [spent] : []),
    ...(refilled.length > 0 ? [issued] : []),
  ];
  const unlocked = needed.filter((id) => !states.has(id));
  return unlocked.length > 0 ? { unlocked } : { state, alerts };
}

function toFoundAlerts(ofAccounts: readonly Row[], ofLots: readonly Row[], idOf: (row: Row) => string): FoundAlerts {
  return {
    accounts: new Map(ofAccounts.map((row) => [idOf(row), toAlertRecord(row, idOf(row))])),
    lots: ofLots.map((row) => {
      const lot = toLotRecord(row, idOf(row));
      const { account, version, part } = lot;
      return { alert: { account, version, part, atMs: toInteger(row['at']) }, lot };
    }),
  };
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
