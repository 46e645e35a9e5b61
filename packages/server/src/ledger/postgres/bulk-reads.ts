import { toBalance, type Balance, type Entry } from 'realtime-credits/contract';
import { digestKey } from '../rules/fingerprint.ts';
import { toEntry } from '../rules/journal-views.ts';
import { toArrayLiteral } from './array-literal.ts';
import { journalColumns, toInteger, toJournalRow, type Row } from './codecs.ts';
import type { SqlClient, SqlPool } from './database.ts';
import { checkOut } from './checkout.ts';
import { parseSchema } from './schema.ts';
import { toCreditsError } from './sql-error.ts';
import { createStatement, sendUnnamed, type Value } from './statements.ts';

/** Reads of everything, page by page, for imports, comparisons and exports. Memory does not grow with the ledger. */

/** An account and its balance. */
export interface AccountBalance extends Balance {
  account: string;
  version: number;
}

/** Rows per page. */
const PAGE = 1_000;

async function send(client: Pick<SqlClient, 'query'>, text: string, values: readonly Value[] = []): Promise<Row[]> {
  return (await sendUnnamed(client, createStatement(text), values)).rows as Row[];
}

/**
 * The amounts that an actor's keys moved: 0 when a key is known and moved nothing. Unknown keys are left out.
 * @throws {CreditsError} `unavailable` — the connection was lost
 */
export async function readAmountsOfKeys(
  pool: SqlPool,
  schema: string,
  { actor, keys }: { actor: string; keys: readonly string[] },
): Promise<Map<string, number>> {
  const digests = toArrayLiteral(
    'bytea',
    keys.map((key) => digestKey(actor, key)),
  );
  const text = `SELECT key, coalesce(amount, 0) AS amount FROM "${parseSchema(schema)}".journal
    WHERE key_digest = ANY($1::bytea[])`;
  try {
    const rows = await send(pool, text, [digests]);
    return new Map(rows.map((row) => [row['key'] ?? '', toInteger(row['amount'])]));
  } catch (error) {
    throw toCreditsError(error);
  }
}

/** User accounts in order of their ids, each page as it is when it is read. */
export async function* readBalances(client: SqlClient, schema: string): AsyncGenerator<AccountBalance> {
  const text = `SELECT id, posted, held, version FROM "${parseSchema(schema)}".accounts
    WHERE id > $1 AND id NOT LIKE 'system:%' ORDER BY id LIMIT ${PAGE}`;
  for (let after = ''; ;) {
    const rows = await send(client, text, [after]);
    for (const row of rows) {
      after = row['id'] ?? '';
      const balance = toBalance(toInteger(row['posted']), toInteger(row['held']));
      yield { account: after, ...balance, version: toInteger(row['version']) };
    }
    if (rows.length < PAGE) return;
  }
}

/** All entries of user accounts, in order of account and version. */
export async function* readAllEntries(client: SqlClient, schema: string): AsyncGenerator<Entry> {
  const s = `"${parseSchema(schema)}"`;
  const side = (name: string) => `(SELECT * FROM ${s}.journal WHERE ${name} = $1::bigint
    AND ${name}_version > $2::bigint AND hash IS NOT NULL ORDER BY ${name}_version LIMIT ${PAGE})`;
  const page = `SELECT ${journalColumns(s)} FROM (${side('debit')} UNION ALL ${side('credit')}) j
    ORDER BY CASE WHEN j.debit = $1::bigint THEN j.debit_version ELSE j.credit_version END LIMIT ${PAGE}`;
  const accounts = `SELECT id, number FROM ${s}.accounts
    WHERE id > $1 AND version > 0 AND id NOT LIKE 'system:%' ORDER BY id LIMIT ${PAGE}`;
  for (let after = ''; ;) {
    const found = await send(client, accounts, [after]);
    for (const { id, number } of found) {
      after = id ?? '';
      yield* readAccount(client, page, { id: after, number: number ?? '' });
    }
    if (found.length < PAGE) return;
  }
}

async function* readAccount(
  client: SqlClient,
  page: string,
  { id, number }: { id: string; number: string },
): AsyncGenerator<Entry> {
  for (let version = 0; ;) {
    const rows = await send(client, page, [number, String(version)]);
    for (const row of rows) {
      const entry = toEntry(toJournalRow(row), row['debit_id'] === id ? 'debit' : 'credit');
      version = entry.version;
      yield entry;
    }
    if (rows.length < PAGE) return;
  }
}

/**
 * Reads all pages as of one instant. Holds a connection until its end; an embedded database has only one.
 *
 * @throws {CreditsError} `unavailable` — the connection was lost
 */
export async function* readAtOneInstant<T>(
  pool: SqlPool,
  read: (client: SqlClient) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  try {
    const { client, release } = await checkOut(pool);
    let isEnded = false;
    try {
      await send(client, 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      yield* read(client);
      await send(client, 'COMMIT');
      isEnded = true;
    } finally {
      await release(isEnded);
    }
  } catch (error) {
    throw toCreditsError(error);
  }
}
