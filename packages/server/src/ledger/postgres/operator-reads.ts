import type { LedgerHealth, OperatorReader, TransferListPage, UpkeepHealth } from '../operator.ts';
import {
  formatTransferCursor,
  parseInstants,
  parseMovers,
  parseTransfers,
  type TransfersQuery,
} from '../parse-transfers.ts';
import { toTransfer } from '../rules/journal-views.ts';
import { SLOT_COUNT, SYSTEM_BREAKAGE, SYSTEM_ISSUED, SYSTEM_SPENT } from '../rules/system-accounts.ts';
import { toArrayLiteral } from './array-literal.ts';
import { journalColumns, milliseconds, toInteger, toJournalRow, type Row } from './codecs.ts';
import type { SqlPool } from './database.ts';
import { parseSchema } from './schema.ts';
import { toCreditsError } from './sql-error.ts';
import { createStatement, sendUnnamed, type Statement, type Value } from './statements.ts';

/** Transfers of all accounts that one read looks at: what bounds a filter that hardly any of them passes. */
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
    async circulationAt(instants) {
      const asked = parseInstants(instants);
      const rows = await read(statements.circulationAt, [toArrayLiteral('timestamptz', asked)]);
      return asked.map((at, index) => {
        const posted = (account: string) =>
          toInteger(
            rows.find((row) => row['account'] === account && row['place'] === String(index + 1))?.['posted'] ?? '0',
          );
        const [given, spent, expired] = [posted(SYSTEM_ISSUED), posted(SYSTEM_SPENT), posted(SYSTEM_BREAKAGE)];
        // From 0, which a minus alone would make −0.
        return { at, issued: 0 - given, spent, expired, circulating: 0 - given - spent - expired };
      });
    },
    async movers(options) {
      const { from, limit } = parseMovers(options);
      const rows = await read(statements.movers, [from, String(limit)]);
      const [first] = rows;
      const isCut = first !== undefined && toInteger(first['scanned']) === SCAN_MAX;
      return {
        movers: rows.map((row) => ({
          account: row['id'] ?? '',
          in: toInteger(row['added']),
          out: toInteger(row['taken']),
          transfers: toInteger(row['transfers']),
        })),
        since: isCut ? new Date(toInteger(first['since'])).toISOString() : from,
      };
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
  const created = (column: string) => `SELECT created_at FROM ${s}.journal
    WHERE ${column} = s.number AND ${column}_version = s.middle AND hash IS NOT NULL`;
  const posted = (column: string) => `SELECT ${column}_posted FROM ${s}.journal
    WHERE ${column} = e.number AND ${column}_version = e.version AND hash IS NOT NULL`;
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
    // Versions of a slot grow with time: what each had at an instant is found by halving, not by reading a period.
    circulationAt: createStatement(`WITH RECURSIVE slots AS (
        SELECT number, version, split_part(id, '#', 1) AS account FROM ${s}.accounts
        WHERE id >= 'system:' AND id < 'system;' AND version > 0
      ), search AS (
        SELECT number, account, place, instant, 1::bigint AS lo, version + 1 AS hi
        FROM slots, unnest($1::timestamptz[]) WITH ORDINALITY instants (instant, place)
        UNION ALL
        SELECT number, account, place, instant, CASE WHEN earlier THEN middle + 1 ELSE lo END,
          CASE WHEN earlier THEN hi ELSE middle END
        FROM (SELECT s.*, (lo + hi) / 2 AS middle FROM search s WHERE lo < hi) s
        CROSS JOIN LATERAL (SELECT (${created('debit')} UNION ALL ${created('credit')}) < s.instant AS earlier) c
      )
      SELECT e.place, e.account, sum((${posted('debit')} UNION ALL ${posted('credit')})) AS posted
      FROM (SELECT number, account, place, lo - 1 AS version FROM search WHERE lo = hi AND lo > 1) e
      GROUP BY e.place, e.account`),
    // As many more as there are slots: what remains without them are the first people.
    movers: createStatement(`WITH scanned AS MATERIALIZED (
        SELECT j.debit, j.credit, j.amount, j.created_at FROM ${s}.journal j
        WHERE j.debit IS NOT NULL AND j.credit IS NOT NULL AND j.created_at >= $1::timestamptz
        ORDER BY j.created_at DESC LIMIT ${SCAN_MAX}
      ), moved AS (
        SELECT number, sum(added) AS added, sum(taken) AS taken, count(*) AS transfers
        FROM scanned CROSS JOIN LATERAL (VALUES (debit, 0, amount), (credit, amount, 0)) sides (number, added, taken)
        GROUP BY number ORDER BY sum(added + taken) DESC, number LIMIT $2::bigint + ${3 * SLOT_COUNT}
      )
      SELECT a.id, m.added, m.taken, m.transfers, (SELECT count(*) FROM scanned) AS scanned,
        ${milliseconds('(SELECT min(created_at) FROM scanned)')} AS since
      FROM moved m CROSS JOIN LATERAL (SELECT id FROM ${s}.accounts WHERE number = m.number LIMIT 1) a
      WHERE a.id NOT LIKE 'system:%' ORDER BY m.added + m.taken DESC, m.number LIMIT $2::bigint`),
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
