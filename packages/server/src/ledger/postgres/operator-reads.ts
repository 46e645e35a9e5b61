import type { LedgerHealth, OperatorReader, TransferListPage, UpkeepHealth } from '../operator.ts';
import { formatTransferCursor, parseTransfers, type TransfersQuery } from '../parse-transfers.ts';
import { toTransfer } from '../rules/journal-views.ts';
import { toArrayLiteral } from './array-literal.ts';
import { journalColumns, milliseconds, toInteger, toJournalRow, type Row } from './codecs.ts';
import type { SqlPool } from './database.ts';
import { parseSchema } from './schema.ts';
import { toCreditsError } from './sql-error.ts';
import { createStatement, sendUnnamed, type Statement, type Value } from './statements.ts';

/** Transfers of all accounts that one page looks at: what bounds a filter that hardly any of them passes. */
export const SCAN_MAX = 100_000;

/**
 * Reads over all accounts from the ledger's own tables: ranges of indexes, never a whole table of entries.
 *
 * @param pool - Of the ledger's database.
 * @throws {CreditsError} `invalid_request` — no valid schema
 */
export function createOperatorReader(
  pool: SqlPool,
  { schema = 'credits' }: { /** @default 'credits' */ schema?: string } = {},
): OperatorReader {
  const statements = createStatements(`"${parseSchema(schema)}"`);

  async function read(statement: Statement, values: readonly Value[] = []): Promise<Row[]> {
    try {
      return (await sendUnnamed(pool, statement, values)).rows as Row[];
    } catch (error) {
      throw toCreditsError(error);
    }
  }

  async function readOfAccount(query: TransfersQuery, account: string): Promise<TransferListPage> {
    const before = query.before !== null && 'version' in query.before ? query.before.version : Number.MAX_SAFE_INTEGER;
    const rows = await read(statements.ofAccount, [...toValues(query), account, String(before)]);
    const last = rows.at(-1);
    return {
      transfers: rows.map((row) => toTransfer(toJournalRow(row))),
      next:
        rows.length < query.limit || last === undefined
          ? null
          : formatTransferCursor({ version: toInteger(last['own_version']) }),
    };
  }

  async function readOfAll(query: TransfersQuery): Promise<TransferListPage> {
    const { before } = query;
    const position =
      before !== null && 'atMs' in before
        ? [new Date(before.atMs).toISOString(), String(before.debit), String(before.debitVersion)]
        : [null, null, null];
    const { kinds, reason, amountMin, amountMax, limit, from, until } = query;
    const isFiltered = [kinds, reason, amountMin, amountMax].some((condition) => condition !== null);
    const scanned = String(isFiltered ? SCAN_MAX : limit);
    const rows = await read(statements.ofAll, [...toValues(query), ...position, scanned]);
    // Fewer than asked for: the end of the ledger, or of what one page looks at.
    const isEnd = rows.length < limit && !isFiltered;
    const [end] = isEnd || rows.length === limit ? [] : await read(statements.scannedLast, [from, until, ...position]);
    const last = rows.length === limit ? rows.at(-1) : end;
    const next =
      last === undefined
        ? null
        : formatTransferCursor({
            atMs: toInteger(last['created_at']),
            debit: toInteger(last['debit']),
            debitVersion: toInteger(last['debit_version']),
          });
    return { transfers: rows.map((row) => toTransfer(toJournalRow(row))), next };
  }

  return Object.freeze<OperatorReader>({
    async transfers(options = {}) {
      const query = parseTransfers(options);
      return query.account === null ? readOfAll(query) : readOfAccount(query, query.account);
    },
    async health(): Promise<LedgerHealth> {
      const [row = {}] = await read(statements.health);
      const count = (name: string) => toInteger(row[name]);
      const instant = (name: string) => (row[name] == null ? null : new Date(toInteger(row[name])).toISOString());
      const upkeep = (name: string): UpkeepHealth => ({ due: count(`${name}_due`), next: instant(`${name}_next`) });
      return {
        at: new Date(count('at')).toISOString(),
        rates: { ...upkeep('rates'), active: count('rates_active'), suspended: count('rates_suspended') },
        allowances: { ...upkeep('allowances'), active: count('allowances_active') },
        lots: upkeep('lots'),
        holds: upkeep('holds'),
        events: {
          pending: count('events_pending'),
          failed: count('events_failed'),
          oldestPendingAt: instant('events_oldest'),
        },
      };
    },
  });
}

/** Values $1 to $7 of both lists. */
function toValues({ kinds, reason, amountMin, amountMax, from, until, limit }: TransfersQuery): Value[] {
  const number = (value: number | null) => (value === null ? null : String(value));
  return [
    kinds === null ? null : toArrayLiteral('text', kinds),
    reason === null ? null : `%${reason.replaceAll(/[\\%_]/g, '\\$&')}%`,
    number(amountMin),
    number(amountMax),
    from,
    until,
    String(limit),
  ];
}

const FILTER = `($1::text[] IS NULL OR j.kind = ANY($1)) AND ($2::text IS NULL OR j.reason ILIKE $2)
  AND ($3::bigint IS NULL OR j.amount >= $3) AND ($4::bigint IS NULL OR j.amount <= $4)`;

function createStatements(s: string) {
  const newest = 'ORDER BY j.created_at DESC, j.debit DESC, j.debit_version DESC';
  const between = (from: string, until: string) =>
    `j.created_at >= coalesce(${from}::timestamptz, '-infinity') AND j.created_at < coalesce(${until}::timestamptz, 'infinity')`;
  /** Transfers before a position, the newest first. */
  const range = (from: string, until: string, [at, debit, version]: readonly [string, string, string]) =>
    `FROM ${s}.journal j WHERE j.debit IS NOT NULL AND j.credit IS NOT NULL AND ${between(from, until)}
      AND j.created_at <= coalesce(${at}::timestamptz, 'infinity')
      AND (${at}::timestamptz IS NULL
        OR (j.created_at, j.debit, j.debit_version) < (${at}::timestamptz, ${debit}::bigint, ${version}::bigint))
      ${newest}`;
  const side = (name: 'debit' | 'credit') =>
    `(SELECT j.*, j.${name}_version AS own_version FROM ${s}.journal j
      WHERE j.${name} = (SELECT number FROM ${s}.accounts WHERE id = $8) AND j.${name}_version < $9::bigint
        AND j.debit IS NOT NULL AND j.credit IS NOT NULL AND j.hash IS NOT NULL
        AND ${between('$5', '$6')} AND ${FILTER}
      ORDER BY j.${name}_version DESC LIMIT $7::bigint)`;
  const due = (name: string, from: string, column: string) =>
    `(SELECT count(*) FROM ${s}.${from} AND ${column} <= now()) AS ${name}_due,
     ${milliseconds(`(SELECT min(${column}) FROM ${s}.${from})`)} AS ${name}_next`;
  const count = (name: string, from: string) => `(SELECT count(*) FROM ${s}.${from}) AS ${name}`;
  return {
    ofAccount: createStatement(`SELECT ${journalColumns(s)}, j.own_version
      FROM (${side('debit')} UNION ALL ${side('credit')} ORDER BY own_version DESC LIMIT $7::bigint) j
      ORDER BY j.own_version DESC`),
    ofAll: createStatement(`SELECT ${journalColumns(s)} FROM (
        SELECT * FROM (SELECT j.* ${range('$5', '$6', ['$8', '$9', '$10'])} LIMIT $11::bigint) j
        WHERE ${FILTER} ${newest} LIMIT $7::bigint
      ) j ${newest}`),
    scannedLast: createStatement(`SELECT ${milliseconds('j.created_at')} AS created_at, j.debit, j.debit_version
      ${range('$1', '$2', ['$3', '$4', '$5'])} OFFSET ${SCAN_MAX - 1} LIMIT 1`),
    health: createStatement(`SELECT ${milliseconds('now()')} AS at,
      ${count('rates_active', `rates WHERE state = 'active'`)},
      ${count('rates_suspended', `rates WHERE state = 'suspended'`)},
      ${due('rates', 'rates WHERE due_at IS NOT NULL', 'due_at')},
      ${count('allowances_active', 'allowances WHERE next_at IS NOT NULL')},
      ${due('allowances', 'allowances WHERE next_at IS NOT NULL', 'next_at')},
      ${due('lots', 'lots WHERE free > 0 AND expires_at IS NOT NULL', 'expires_at')},
      ${due('holds', 'holds WHERE remaining > 0', 'expires_at')},
      ${count('events_pending', `outbox WHERE state = 'pending'`)},
      ${count('events_failed', `outbox WHERE state = 'failed'`)},
      ${milliseconds(`(SELECT min(created_at) FROM ${s}.outbox WHERE state = 'pending')`)} AS events_oldest`),
  };
}
