import type { ClientBase, Pool } from 'pg';
import { type Balance, type Credits, type Entry, toBalance } from 'realtime-credits/contract';
import { giveBack } from './give-back.ts';
import { toEntry, toInteger, type HistoryRow } from './rows.ts';
import { toCreditsError } from './sql-error.ts';

/** Everything, page by page, however much it is: balances in order of account, entries in order of account and version. */

/** An account and where it stands. */
export interface ExportedBalance extends Balance {
  account: string;
  version: number;
}

/** Rows of a page: what is in memory at a time. */
const PAGE = 1_000;

const BALANCES = `SELECT id, posted, held, version FROM credits_accounts
  WHERE id > $1 AND id NOT LIKE 'house:%' ORDER BY id LIMIT ${PAGE}`;

const ENTRIES = `SELECT e.account, e.version, e.kind, e.direction, e.amount, e.posted_before, e.held_before, e.posted_after,
    e.held_after, e.transfer, e.hold, e.created_at, t.kind AS transfer_kind,
    CASE e.account WHEN t.source THEN t.destination ELSE t.source END AS counterparty,
    coalesce(t.actor, e.actor) AS actor, coalesce(t.reason, e.reason) AS reason, coalesce(t.metadata, e.metadata) AS metadata
  FROM (SELECT * FROM credits_entries WHERE (account, version) > ($1, $2::bigint)
    ORDER BY account, version LIMIT ${PAGE}) e
  LEFT JOIN credits_transfers t ON t.id = e.transfer ORDER BY e.account, e.version`;

/** Users' accounts, each page as it is when it is read. */
export async function* readBalances(queryable: Pool | ClientBase): AsyncGenerator<ExportedBalance> {
  for (let after = ''; ;) {
    const { rows } = await queryable.query<{ id: string; posted: Credits; held: Credits; version: number }>(BALANCES, [
      after,
    ]);
    for (const row of rows) {
      const balance = toBalance(toInteger(row.posted), toInteger(row.held));
      yield { account: row.id, ...balance, version: toInteger(row.version) };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

/** All entries, those of the house included. */
export async function* readAllEntries(queryable: Pool | ClientBase): AsyncGenerator<Entry> {
  for (let after = { account: '', version: '0' }; ;) {
    const { rows } = await queryable.query<HistoryRow & { account: string }>(ENTRIES, [after.account, after.version]);
    for (const row of rows) yield toEntry(row.account, row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last;
  }
}

/**
 * Reads all pages as of one instant. Keeps a connection until its end, which of an embedded database is the only one.
 *
 * @throws {CreditsError} `unavailable` — the connection was lost
 */
export async function* readAtOneInstant<T>(
  pool: Pool,
  read: (client: ClientBase) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  try {
    const client = await pool.connect();
    let ended = false;
    try {
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      yield* read(client);
      await client.query('COMMIT');
      ended = true;
    } finally {
      await giveBack(client, ended);
    }
  } catch (error) {
    throw toCreditsError(error);
  }
}
