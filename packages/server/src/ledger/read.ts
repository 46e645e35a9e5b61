import type { Pool } from 'pg';
import {
  APPLIED_SPAN_MAX,
  type Balance,
  CreditsError,
  type Entry,
  type Hold,
  type HoldListState,
  type HoldsPage,
  type Snapshot,
  toBalance,
  type Transfer,
} from 'realtime-credits/contract';
import type { Circulation } from './ledger.ts';
import {
  HOLD_COLUMNS,
  toEntry,
  toHold,
  toInteger,
  toTransfer,
  TRANSFER_COLUMNS,
  type HistoryRow,
  type HoldRow,
  type TransferRow,
} from './rows.ts';

/**
 * The reads, one statement each: what a statement sees is one instant of the database, and an embedded pool has a single
 * connection to ask with.
 */

const SNAPSHOT = `SELECT a.posted, a.held, a.version,
    ARRAY(SELECT e.operation FROM credits_entries e WHERE e.account = a.id AND e.version > greatest($2::bigint, a.version - ${APPLIED_SPAN_MAX})
      AND e.version <= a.version AND e.operation IS NOT NULL ORDER BY e.version) AS applied,
    ARRAY(SELECT o.key FROM credits_operations o WHERE o.actor = a.id AND o.key = ANY($3::text[]) AND o.fingerprint IS NOT NULL) AS known,
    ARRAY(SELECT o.key FROM credits_operations o WHERE o.actor = a.id AND o.key = ANY($3::text[]) AND o.fingerprint IS NULL) AS abandoned,
    EXISTS (SELECT FROM credits_holds h WHERE h.account = a.id AND h.remaining > 0 AND h.expires_at <= $4) AS expired
  FROM credits_accounts a WHERE a.id = $1`;

const HISTORY = `SELECT e.version, e.kind, e.direction, e.amount, e.posted_before, e.held_before, e.posted_after, e.held_after,
    e.transfer, e.hold, e.created_at, t.kind AS transfer_kind,
    CASE e.account WHEN t.source THEN t.destination ELSE t.source END AS counterparty,
    coalesce(t.actor, e.actor) AS actor, coalesce(t.reason, e.reason) AS reason, coalesce(t.metadata, e.metadata) AS metadata
  FROM credits_entries e LEFT JOIN credits_transfers t ON t.id = e.transfer
  WHERE e.account = $1 AND e.version < $2 ORDER BY e.version DESC LIMIT $3`;

/** Versions rise with time, so the last one of an instant is found by halving: no index on time is needed. */
const VERSION_AT = `WITH RECURSIVE search(low, high) AS (
    SELECT 0::bigint, a.version FROM credits_accounts a WHERE a.id = $1
    UNION ALL
    SELECT CASE WHEN e.created_at <= $2 THEN e.version ELSE s.low END, CASE WHEN e.created_at <= $2 THEN s.high ELSE e.version - 1 END
    FROM search s, LATERAL (SELECT version, created_at FROM credits_entries
      WHERE account = $1 AND version = (s.low + s.high + 1) / 2) e
    WHERE s.low < s.high
  ) SELECT max(low) AS version FROM search`;

const BALANCE_AT = `SELECT posted_after, held_after FROM credits_entries WHERE account = $1 AND version = $2`;

const CIRCULATION = `SELECT
    -coalesce(sum(posted) FILTER (WHERE id = 'house:issued'), 0) AS issued,
    coalesce(sum(posted) FILTER (WHERE id = 'house:spent'), 0) AS spent,
    coalesce(sum(posted) FILTER (WHERE id NOT LIKE 'house:%'), 0) AS circulating,
    coalesce(sum(held) FILTER (WHERE id NOT LIKE 'house:%'), 0) AS held,
    count(*) FILTER (WHERE id NOT LIKE 'house:%') AS accounts
  FROM credits_accounts`;

interface SnapshotRow {
  posted: string;
  held: string;
  version: string;
  applied: string[];
  known: string[];
  abandoned: string[];
  expired: boolean;
}

/** Reads a snapshot, and whether a hold of the account is past its instant: then it is not to be shown yet. */
export async function readSnapshot(
  pool: Pool,
  question: { epoch: string; account: string; since: number | null; operations: readonly string[]; nowMs: number },
): Promise<{ snapshot: Snapshot; expired: boolean }> {
  const { epoch, account, since, operations, nowMs } = question;
  const { rows } = await pool.query<SnapshotRow>({
    name: 'credits_snapshot',
    text: SNAPSHOT,
    values: [account, since ?? Number.MAX_SAFE_INTEGER, operations, new Date(nowMs).toISOString()],
  });
  const row = rows[0];
  if (row === undefined) throw accountNotFound(account);
  const version = toInteger(row.version);
  const applied = new Set([...row.applied, ...row.known]);
  const snapshot: Snapshot = {
    account,
    epoch,
    version,
    balance: toBalance(toInteger(row.posted), toInteger(row.held)),
    from: Math.min(version, Math.max(since ?? version, version - APPLIED_SPAN_MAX)),
    applied: [...applied],
    ...(row.abandoned.length === 0
      ? {}
      : { rejected: row.abandoned.map((id) => ({ id, code: 'operation_abandoned' as const })) }),
  };
  return { snapshot, expired: row.expired };
}

/** Entries below a version, newest first. */
export async function readEntries(pool: Pool, account: string, before: number, limit: number): Promise<Entry[]> {
  const { rows } = await pool.query<HistoryRow>({
    name: 'credits_history',
    text: HISTORY,
    values: [account, before, limit],
  });
  return rows.map((row) => toEntry(account, row));
}

/** The newest version of an account at an instant; 0 before its first entry. */
export async function readVersionAt(pool: Pool, account: string, instant: string): Promise<number> {
  const { rows } = await pool.query<{ version: string | null }>(VERSION_AT, [account, instant]);
  const version = rows[0]?.version;
  if (version == null) throw accountNotFound(account);
  return toInteger(version);
}

/** The balance right after a version. Null when there is no such entry; version 0 is nothing at all. */
export async function readBalanceAt(pool: Pool, account: string, version: number): Promise<Balance | null> {
  if (version === 0) return toBalance(0, 0);
  const { rows } = await pool.query<{ posted_after: string; held_after: string }>(BALANCE_AT, [account, version]);
  const row = rows[0];
  return row === undefined ? null : toBalance(toInteger(row.posted_after), toInteger(row.held_after));
}

export async function readVersions(pool: Pool, accounts: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: string; version: string }>({
    name: 'credits_versions',
    text: 'SELECT id, version FROM credits_accounts WHERE id = ANY($1)',
    values: [accounts],
  });
  return new Map(rows.map((row) => [row.id, toInteger(row.version)]));
}

export async function readTransfer(pool: Pool, id: string): Promise<Transfer> {
  const { rows } = await pool.query<TransferRow>(
    `SELECT ${TRANSFER_COLUMNS} FROM credits_transfers t WHERE t.id = $1`,
    [id],
  );
  if (rows[0] === undefined) throw new CreditsError('transfer_not_found', `There is no transfer ${id}.`);
  return toTransfer(rows[0]);
}

export async function readHold(pool: Pool, id: string): Promise<Hold> {
  const { rows } = await pool.query<HoldRow>(`SELECT ${HOLD_COLUMNS} FROM credits_holds h WHERE h.id = $1`, [id]);
  if (rows[0] === undefined) throw new CreditsError('hold_not_found', `There is no hold ${id}.`);
  return toHold(rows[0]);
}

/** One statement, so that the holds and the balance are of one instant: what is held is the sum of what is listed. */
const HOLDS = `SELECT a.posted, a.held, a.version,
    EXISTS (SELECT FROM credits_holds x WHERE x.account = a.id AND x.remaining > 0 AND x.expires_at <= $5) AS expired,
    ${HOLD_COLUMNS}
  FROM credits_accounts a LEFT JOIN LATERAL (SELECT * FROM credits_holds
    WHERE account = a.id AND (CASE WHEN remaining > 0 THEN 'open' ELSE state END) = $2
      AND id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY id DESC LIMIT $4) h ON true
  WHERE a.id = $1 ORDER BY h.id DESC`;

const ALL_HOLDS = `SELECT ${HOLD_COLUMNS} FROM credits_holds h
  WHERE (CASE WHEN h.remaining > 0 THEN 'open' ELSE h.state END) = $1
    AND h.id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY h.id DESC LIMIT $3`;

interface HoldsRange {
  state: HoldListState;
  before: string | null;
  limit: number;
}

/** Reads a page of an account's holds, and whether one of them is past its instant: then it is not to be shown yet. */
export async function readHolds(
  pool: Pool,
  question: HoldsRange & { epoch: string; account: string; nowMs: number },
): Promise<{ page: HoldsPage; expired: boolean }> {
  const { epoch, account, state, before, limit, nowMs } = question;
  const { rows } = await pool.query<HoldRow & Pick<SnapshotRow, 'posted' | 'held' | 'version' | 'expired'>>(HOLDS, [
    account,
    state,
    before,
    limit,
    new Date(nowMs).toISOString(),
  ]);
  const first = rows[0];
  if (first === undefined) throw accountNotFound(account);
  const version = toInteger(first.version);
  const balance = toBalance(toInteger(first.posted), toInteger(first.held));
  const snapshot: Snapshot = { account, epoch, version, balance, from: version, applied: [] };
  // An account without such holds is one row without a hold.
  const holds = rows.filter((row) => row.h_id !== null).map(toHold);
  return { page: { holds, next: nextOf(holds, limit), snapshot }, expired: first.expired };
}

/** Reads a page of the holds of all accounts. */
export async function readAllHolds(
  pool: Pool,
  { state, before, limit }: HoldsRange,
): Promise<{ holds: Hold[]; next: string | null }> {
  const { rows } = await pool.query<HoldRow>(ALL_HOLDS, [state, before, limit]);
  const holds = rows.map(toHold);
  return { holds, next: nextOf(holds, limit) };
}

function nextOf(holds: readonly Hold[], limit: number): string | null {
  return holds.length < limit ? null : (holds.at(-1)?.id ?? null);
}

/** Accounts with holds past their instant, at most `limit`. */
export async function readExpired(pool: Pool, nowMs: number, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ account: string }>({
    name: 'credits_expired',
    text: 'SELECT DISTINCT account FROM credits_holds WHERE remaining > 0 AND expires_at <= $1 LIMIT $2',
    values: [new Date(nowMs).toISOString(), limit],
  });
  return rows.map((row) => row.account);
}

/** When the next open hold ends, in milliseconds since 1970; null when there is none. */
export async function readNextEnd(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ expires_at: Date }>({
    name: 'credits_next_end',
    text: 'SELECT expires_at FROM credits_holds WHERE remaining > 0 ORDER BY expires_at LIMIT 1',
  });
  return rows[0]?.expires_at.getTime() ?? null;
}

export async function readCirculation(pool: Pool): Promise<Circulation> {
  const { rows } = await pool.query<Record<keyof Circulation, string>>(CIRCULATION);
  const row = rows[0];
  return {
    issued: toInteger(row?.issued ?? 0),
    spent: toInteger(row?.spent ?? 0),
    circulating: toInteger(row?.circulating ?? 0),
    held: toInteger(row?.held ?? 0),
    accounts: toInteger(row?.accounts ?? 0),
  };
}

export function accountNotFound(account: string): CreditsError {
  return new CreditsError('account_not_found', `There is no account ${account}.`);
}
