import { toBalance, type Balance, type Entry } from 'realtime-credits/contract';
import type { Circulation, FoundTransfer, Head } from '../ledger.ts';
import { toEntry, toTransfer } from '../rules/journal-views.ts';
import { formatTransferId, type TransferRef } from '../rules/transfer-id.ts';
import { toArrayLiteral } from './array-literal.ts';
import { journalColumns, toInteger, toJournalRow, type Row } from './codecs.ts';
import { createStatement, type Statement, type Value } from './statements.ts';

/** Sends one statement outside of a transaction. */
export type Read = (statement: Statement, values?: readonly Value[]) => Promise<Row[]>;

/** What every read of a snapshot names. */
export interface SnapshotSource {
  epoch: string;
  /** The column that names the server's timeline: an old primary must not show its balances. */
  timeline: string;
}

/**
 * Reads of accounts and their history, one statement each: what a statement sees is one instant of the database, and an
 * embedded database has a single connection.
 *
 * An account's history is the rows of the journal with the account on either side. Each side has an index by account and
 * version, so every page is two index ranges, whatever the length of the history.
 */
export class AccountReads {
  readonly #read: Read;
  readonly #statements: ReturnType<typeof createStatements>;

  constructor(schema: string, read: Read) {
    this.#read = read;
    this.#statements = createStatements(schema);
  }

  async readVersions(accounts: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.#read(this.#statements.versions, [toArrayLiteral('text', accounts)]);
    return new Map(rows.map((row) => [row['id'] ?? '', toInteger(row['version'])]));
  }

  async readEntries({ account, before, limit }: { account: string; before: number; limit: number }): Promise<Entry[]> {
    const rows = await this.#read(this.#statements.entries, [account, String(before), String(limit)]);
    return rows.map((row) => toEntry(toJournalRow(row), row['debit_id'] === account ? 'debit' : 'credit'));
  }

  async readVersionAt(account: string, instantMs: number): Promise<number> {
    const [row] = await this.#read(this.#statements.versionAt, [account, new Date(instantMs).toISOString()]);
    return toInteger(row?.['version'] ?? '0');
  }

  async readBalanceAt(account: string, version: number): Promise<Balance | null> {
    if (version === 0) return toBalance(0, 0);
    const [row] = await this.#read(this.#statements.balanceAt, [account, String(version)]);
    return row === undefined ? null : toBalance(toInteger(row['posted']), toInteger(row['held']));
  }

  async readTransfer({ debit, version }: TransferRef): Promise<FoundTransfer | null> {
    const rows = await this.#read(this.#statements.transfer, [String(debit), String(version)]);
    const [first, ...later] = rows.map(toJournalRow);
    if (first === undefined) return null;
    const reversals = later.map((row) =>
      formatTransferId({ debit: row.debit?.number ?? 0, version: row.debit?.version ?? 0 }),
    );
    return { ...toTransfer(first), reversals };
  }

  async readCirculation(): Promise<Circulation> {
    const [row] = await this.#read(this.#statements.circulation);
    return {
      issued: toInteger(row?.['issued']),
      spent: toInteger(row?.['spent']),
      expired: toInteger(row?.['expired']),
      circulating: toInteger(row?.['circulating']),
      held: toInteger(row?.['held']),
      accounts: toInteger(row?.['accounts']),
    };
  }

  async readHeads({ after, limit }: { after: string; limit: number }): Promise<Head[]> {
    const rows = await this.#read(this.#statements.heads, [after, String(limit)]);
    return rows.map((row) => ({
      account: row['id'] ?? '',
      version: toInteger(row['version']),
      hash: row['hash'] ?? '',
    }));
  }
}

function createStatements(s: string) {
  const number = `(SELECT number FROM ${s}.accounts WHERE id = $1)`;
  const page = (side: string) => `(SELECT * FROM ${s}.journal
    WHERE ${side} = ${number} AND ${side}_version < $2::bigint AND hash IS NOT NULL
    ORDER BY ${side}_version DESC LIMIT $3::bigint)`;
  const at = (side: string, columns: string, account: string, version: string) => `SELECT ${columns} FROM ${s}.journal
    WHERE ${side} = ${account} AND ${side}_version = ${version} AND hash IS NOT NULL`;
  const balance = (side: string) => at(side, `${side}_posted AS posted, ${side}_held AS held`, number, '$2::bigint');
  const middle = 's.low + (s.high - s.low + 1) / 2';
  const instant = (side: string) => at(side, 'created_at', 's.account', middle);
  return {
    versions: createStatement(`SELECT id, version FROM ${s}.accounts WHERE id = ANY($1::text[])`),
    entries: createStatement(`SELECT ${journalColumns(s)} FROM (${page('debit')} UNION ALL ${page('credit')}) j
      ORDER BY CASE WHEN j.debit = ${number} THEN j.debit_version ELSE j.credit_version END DESC LIMIT $3::bigint`),
    // Versions rise with time, so the last one of an instant is found by halving: no index on time is needed.
    versionAt: createStatement(`WITH RECURSIVE search(account, low, high) AS (
        SELECT number, 0::bigint, version FROM ${s}.accounts WHERE id = $1
        UNION ALL
        SELECT account, CASE WHEN e.created_at <= $2::timestamptz THEN ${middle} ELSE s.low END,
          CASE WHEN e.created_at <= $2::timestamptz THEN s.high ELSE ${middle} - 1 END
        FROM search s CROSS JOIN LATERAL (${instant('debit')} UNION ALL ${instant('credit')}) e
        WHERE s.low < s.high
      ) SELECT max(low) AS version FROM search`),
    balanceAt: createStatement(`${balance('debit')} UNION ALL ${balance('credit')}`),
    transfer: createStatement(`WITH RECURSIVE chain(step, debit, version) AS (
        SELECT 0, $1::bigint, $2::bigint
        UNION ALL
        SELECT c.step + 1, r.debit, r.debit_version FROM chain c
          CROSS JOIN LATERAL (SELECT debit, debit_version FROM ${s}.journal
            WHERE reverses_debit = c.debit AND reverses_version = c.version LIMIT 1) r
      )
      SELECT ${journalColumns(s)} FROM chain c CROSS JOIN LATERAL (SELECT * FROM ${s}.journal
        WHERE debit = c.debit AND debit_version = c.version AND hash IS NOT NULL AND credit IS NOT NULL LIMIT 1) j
      ORDER BY c.step`),
    circulation: createStatement(`SELECT -coalesce(sum(posted) FILTER (WHERE id LIKE 'system:issued#%'), 0) AS issued,
        coalesce(sum(posted) FILTER (WHERE id LIKE 'system:spent#%'), 0) AS spent,
        coalesce(sum(posted) FILTER (WHERE id LIKE 'system:breakage#%'), 0) AS expired,
        coalesce(sum(posted) FILTER (WHERE id NOT LIKE 'system:%'), 0) AS circulating,
        coalesce(sum(held) FILTER (WHERE id NOT LIKE 'system:%'), 0) AS held,
        count(*) FILTER (WHERE id NOT LIKE 'system:%' AND version > 0) AS accounts
      FROM ${s}.accounts`),
    heads: createStatement(`SELECT id, version, encode(hash, 'hex') AS hash FROM ${s}.accounts
      WHERE id > $1 AND version > 0 AND id NOT LIKE 'system:%' ORDER BY id LIMIT $2::bigint`),
  };
}
