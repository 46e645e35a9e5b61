import type { Pool } from 'pg';
import { CHAIN_COLUMNS, CHAIN_JOINS } from './chain-row.ts';
import type { ChainHash } from './chain.ts';
import type { Head } from './ledger.ts';
import { toInteger } from './rows.ts';
import type { Position, WalkRow } from './verify-row.ts';

/**
 * What verification reads and writes: each statement is one instant, touches a bounded number of rows by index, and has
 * no name, so that it is planned for what the tables hold now.
 */

/** Rows of a piece. Bounds how long the one connection of an embedded database, and its thread, are taken at a time. */
export const PIECE = 500;

/** An account, where its entries end, what its holds sum up to, and where it was found in order before. */
export interface AccountRow {
  id: string;
  floor: string;
  posted: string;
  held: string;
  version: string;
  hash: ChainHash;
  /** As its checkpoint says; then the next two were not looked up. */
  same: boolean;
  newest: string | null;
  open: string | null;
  c_version: string | null;
  c_posted: string;
  c_held: string;
  c_hash: ChainHash;
  c_transfers: string;
}

/** Of a piece of accounts, or of one: two statements, since one for both would be planned for neither. */
const readAccountsBy = (
  condition: string,
) => `SELECT a.id, a.floor::text, a.posted::text, a.held::text, a.version::text, encode(a.hash, 'hex') AS hash,
    s.same, n.version::text AS newest, o.held::text AS open, c.version::text AS c_version, c.posted::text AS c_posted,
    c.held::text AS c_held, encode(c.hash, 'hex') AS c_hash, c.transfers::text AS c_transfers
  FROM (SELECT * FROM credits_accounts WHERE ${condition} ORDER BY id LIMIT ${PIECE}) a
  LEFT JOIN LATERAL (SELECT * FROM credits_checkpoints WHERE account = a.id LIMIT 1) c ON true
  CROSS JOIN LATERAL (SELECT NOT $2 AND coalesce(a.version = c.version AND a.posted = c.posted AND a.held = c.held
    AND a.hash = c.hash, false) AS same) s
  LEFT JOIN LATERAL (SELECT version FROM credits_entries WHERE account = a.id AND NOT s.same
    ORDER BY version DESC LIMIT 1) n ON true
  LEFT JOIN LATERAL (SELECT sum(remaining) AS held FROM credits_holds WHERE account = a.id AND remaining > 0
    AND NOT s.same) o ON true
  ORDER BY a.id`;

export async function readAccounts(
  pool: Pool,
  { after, account, full }: { after: string; account: string | null; full: boolean },
): Promise<AccountRow[]> {
  if (account === null) return (await pool.query<AccountRow>(readAccountsBy('id > $1'), [after, full])).rows;
  return after === '' ? (await pool.query<AccountRow>(readAccountsBy('id = $1'), [account, full])).rows : [];
}

/** Entries of an account after one version and up to another. */
export interface Range {
  account: string;
  after: string;
  upTo: string;
}

const ENTRIES = `SELECT ${CHAIN_COLUMNS}, o.transfer AS other, k.account AS answer_account,
    k.version::text AS answer_version, k.posted::text AS answer_posted, k.held::text AS answer_held,
    k.transfer AS answer_transfer, k.hold AS answer_hold
  FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS r(account, after, up_to, position)
  CROSS JOIN LATERAL (SELECT * FROM credits_entries x WHERE x.account = r.account AND x.version > r.after
    AND x.version <= r.up_to ORDER BY x.version LIMIT ${PIECE}) e
  ${CHAIN_JOINS}
  LEFT JOIN LATERAL (SELECT transfer FROM credits_entries x
    WHERE x.account = CASE e.direction WHEN 'debit' THEN t.destination ELSE t.source END
      AND x.version = CASE e.direction WHEN 'debit' THEN t.destination_version ELSE t.source_version END
    LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT * FROM credits_operations x WHERE x.actor = e.account AND x.key = e.operation
    AND x.fingerprint IS NOT NULL LIMIT 1) k ON true
  ORDER BY r.position, e.version`;

/** Reads the entries of ranges, in their order; of each at most {@link PIECE}. */
export async function readRanges(pool: Pool, ranges: readonly Range[]): Promise<WalkRow[]> {
  const columns = [ranges.map((r) => r.account), ranges.map((r) => r.after), ranges.map((r) => r.upTo)];
  return (await pool.query<WalkRow>(ENTRIES, columns)).rows;
}

/** A hold as its row says, and as its entries say. */
export interface HoldCheckRow {
  id: string;
  /** Null where there is no such hold. */
  account: string | null;
  amount: string;
  remaining: string;
  state: string;
  opened: string;
  posted: string;
  released: string;
  /** What happened last. */
  last: string | null;
}

const HOLD_ENTRIES = `CROSS JOIN LATERAL (SELECT
    coalesce(sum(amount) FILTER (WHERE kind = 'hold'), 0)::text AS opened,
    coalesce(sum(amount) FILTER (WHERE kind = 'post'), 0)::text AS posted,
    coalesce(sum(amount) FILTER (WHERE kind IN ('void', 'expire')), 0)::text AS released,
    (array_agg(kind ORDER BY version DESC))[1] AS last
  FROM credits_entries WHERE hold = i.id AND kind <> 'transfer') s`;

const HOLD_COLUMNS = `h.account, h.amount::text, h.remaining::text, h.state, s.*`;

const HOLDS = `SELECT i.id, ${HOLD_COLUMNS} FROM unnest($1::uuid[]) AS i(id)
  LEFT JOIN LATERAL (SELECT * FROM credits_holds WHERE id = i.id LIMIT 1) h ON true ${HOLD_ENTRIES}`;

/** The holds of these ids. */
export async function readHolds(pool: Pool, ids: readonly string[]): Promise<HoldCheckRow[]> {
  return (await pool.query<HoldCheckRow>(HOLDS, [ids])).rows;
}

const HOLD_PIECE = `SELECT i.id, ${HOLD_COLUMNS}
  FROM (SELECT id FROM credits_holds WHERE id > $1 ORDER BY id LIMIT ${PIECE}) i
  JOIN LATERAL (SELECT * FROM credits_holds WHERE id = i.id LIMIT 1) h ON true ${HOLD_ENTRIES} ORDER BY i.id`;

/** All holds after an id, one piece of them. */
export async function readHoldPiece(pool: Pool, after: string): Promise<HoldCheckRow[]> {
  return (await pool.query<HoldCheckRow>(HOLD_PIECE, [after])).rows;
}

export interface TransferCheckRow {
  id: string;
  source: string;
  destination: string;
  debited: boolean;
  credited: boolean;
}

const TRANSFER_PIECE = `SELECT t.id, t.source, t.destination, s.found IS NOT NULL AS debited, d.found IS NOT NULL AS credited
  FROM (SELECT * FROM credits_transfers WHERE id > $1 ORDER BY id LIMIT ${PIECE}) t
  LEFT JOIN LATERAL (SELECT true AS found FROM credits_entries WHERE account = t.source AND version = t.source_version
    AND transfer = t.id AND direction = 'debit' LIMIT 1) s ON true
  LEFT JOIN LATERAL (SELECT true AS found FROM credits_entries WHERE account = t.destination
    AND version = t.destination_version AND transfer = t.id AND direction = 'credit' LIMIT 1) d ON true
  ORDER BY t.id`;

/** All transfers after an id, one piece of them, and whether their entries are there. */
export async function readTransferPiece(pool: Pool, after: string): Promise<TransferCheckRow[]> {
  return (await pool.query<TransferCheckRow>(TRANSFER_PIECE, [after])).rows;
}

/** Jumps from account to account in the index of entries, and says which of them exist. */
const ENTRY_ACCOUNTS = `WITH RECURSIVE jump(id, count) AS (
    SELECT (SELECT account FROM credits_entries WHERE account > $1 ORDER BY account LIMIT 1), 1
    UNION ALL
    SELECT (SELECT account FROM credits_entries WHERE account > jump.id ORDER BY account LIMIT 1), count + 1
    FROM jump WHERE jump.id IS NOT NULL AND count < ${PIECE}
  ) SELECT jump.id, a.id IS NOT NULL AS known
  FROM jump LEFT JOIN LATERAL (SELECT id FROM credits_accounts WHERE id = jump.id LIMIT 1) a ON true
  WHERE jump.id IS NOT NULL ORDER BY jump.id`;

export async function readEntryAccounts(pool: Pool, after: string): Promise<{ id: string; known: boolean }[]> {
  return (await pool.query<{ id: string; known: boolean }>(ENTRY_ACCOUNTS, [after])).rows;
}

/** Accounts that were found in order once and are gone: at most a piece of them. */
export async function readLostAccounts(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ account: string }>(
    `SELECT account FROM credits_checkpoints c WHERE NOT EXISTS (SELECT FROM credits_accounts a WHERE a.id = c.account)
     LIMIT ${PIECE}`,
  );
  return rows.map(({ account }) => account);
}

/** The sum of all balances, which is nothing. */
export async function readSum(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ sum: string }>(
    'SELECT coalesce(sum(posted), 0)::text AS sum FROM credits_accounts',
  );
  return rows[0]?.sum ?? '0';
}

/** The hashes that stand at these versions now; null where there is no such entry. */
export async function readHashes(
  pool: Pool,
  heads: readonly { account: string; version: number }[],
): Promise<(ChainHash | null)[]> {
  const { rows } = await pool.query<{ hash: ChainHash | null }>(
    `SELECT encode(e.hash, 'hex') AS hash
     FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS u(account, version, position)
     LEFT JOIN credits_entries e ON e.account = u.account AND e.version = u.version ORDER BY u.position`,
    [heads.map(({ account }) => account), heads.map(({ version }) => version)],
  );
  return rows.map(({ hash }) => hash);
}

/** The newest hash of accounts after an id, in its order; those that have entries. */
export async function readHeads(pool: Pool, after: string, limit: number): Promise<Head[]> {
  const { rows } = await pool.query<{ account: string; version: string; hash: ChainHash }>(
    `SELECT id AS account, version, encode(hash, 'hex') AS hash FROM credits_accounts WHERE id > $1 AND version > 0
     ORDER BY id LIMIT $2`,
    [after, limit],
  );
  return rows.map((row) => ({ ...row, version: toInteger(row.version) }));
}

const SAVE = `INSERT INTO credits_checkpoints AS c (account, version, hash, posted, held, transfers, checked_at)
  SELECT u.account, u.version, decode(u.hash, 'hex'), u.posted, u.held, u.transfers, $7
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS u(account, version, hash, posted, held, transfers)
  ON CONFLICT (account) DO UPDATE SET version = excluded.version, hash = excluded.hash, posted = excluded.posted,
    held = excluded.held, transfers = excluded.transfers, checked_at = excluded.checked_at
  WHERE c.version <= excluded.version`;

/** Notes how far accounts were found in order. Of two verifications at once the further one holds. */
export async function saveCheckpoints(
  pool: Pool,
  checked: readonly (Position & { account: string })[],
  checkedAt: string,
): Promise<void> {
  if (checked.length === 0) return;
  const columns = ['account', 'version', 'hash', 'posted', 'held', 'transfers'] as const;
  await pool.query(SAVE, [...columns.map((column) => checked.map((row) => row[column])), checkedAt]);
}

/** Forgets that accounts were in order: they are not, and the next run has to say so again. */
export async function dropCheckpoints(pool: Pool, accounts: readonly string[]): Promise<void> {
  await pool.query('DELETE FROM credits_checkpoints WHERE account = ANY($1)', [accounts]);
}
