import { CreditsError, parseVersion, toBalance, type RatePeriod } from 'realtime-credits/contract';
import type {
  ActivityFilter,
  ActivityKind,
  ActivityLine,
  ActivityPage,
  ActivityReader,
  ActivityTotals,
  BalancePoint,
  FoundActivity,
} from '../activity.ts';
import { parseActivityFilter, parseActivityPage, parseBalances, type ActivityCursor } from '../parse-activity.ts';
import { toEntry } from '../rules/journal-views.ts';
import { parseUserAccount } from '../rules/parse.ts';
import { toPublicAccount } from '../rules/system-accounts.ts';
import { formatTransferId } from '../rules/transfer-id.ts';
import { toArrayLiteral } from './array-literal.ts';
import { journalColumns, milliseconds, toInteger, toJournalRow, type Row } from './codecs.ts';
import type { SqlPool } from './database.ts';
import { parseSchema } from './schema.ts';
import { toCreditsError } from './sql-error.ts';
import { createStatement, Statements, type Statement, type Value } from './statements.ts';

/**
 * Reads activity from the journal, one statement for each page: ranges of the indexes by account and version, with every
 * condition inside. No table of its own, so nothing can differ from the ledger.
 *
 * @param pool - Of the ledger's database.
 * @throws {CreditsError} `invalid_request` — no valid schema
 */
export function createActivityReader(
  pool: SqlPool,
  { schema = 'credits' }: { /** @default 'credits' */ schema?: string } = {},
): ActivityReader {
  const statements = createStatements(`"${parseSchema(schema)}"`);
  // Postgres takes longer to read these texts than to carry them out.
  const prepared = new Statements(() => undefined);

  async function read(statement: Statement, values: readonly Value[]): Promise<Row[]> {
    try {
      return (await prepared.sendAlone(pool, statement, values)).rows as Row[];
    } catch (error) {
      throw toCreditsError(error);
    }
  }

  async function readPage(
    account: string,
    filter: ActivityFilter,
    { cursor, limit }: { cursor: ActivityCursor; limit: number },
  ): Promise<ActivityPage> {
    const position = [cursor.isReserved ? 't' : 'f', String(cursor.before), String(limit)];
    const rows = await read(statements.page, [account, ...toValues(filter), ...position]);
    const lines = rows.map(toLine);
    const last = lines.at(-1);
    const next =
      lines.length < limit || last === undefined ? null : `${last.kind === 'reserved' ? 'r' : ''}${last.version}`;
    return { lines, next };
  }

  return Object.freeze<ActivityReader>({
    async page(account, options = {}) {
      return readPage(parseUserAccount(account), parseActivityFilter(options.filter), parseActivityPage(options));
    },
    async totals(account, filter): Promise<ActivityTotals> {
      const values = toValues(parseActivityFilter(filter));
      const rows = await read(statements.totals, [parseUserAccount(account), ...values]);
      return {
        // An account without lines is one row without a group.
        groups: rows
          .filter((row) => row['kind'] !== null)
          .map((row) => ({
            kind: row['kind'] as ActivityKind,
            category: row['category'] ?? '',
            count: toInteger(row['count']),
            amount: toInteger(row['amount']),
            in: toInteger(row['added']),
            out: toInteger(row['taken']),
          })),
        balance: toBalance(toInteger(rows[0]?.['posted']), toInteger(rows[0]?.['held'])),
        version: toInteger(rows[0]?.['version']),
      };
    },
    async find(account, asked): Promise<FoundActivity | null> {
      const id = parseUserAccount(account);
      const rows = await read(statements.entries, [id, String(parseVersion(asked))]);
      const entries = rows
        .map((row) => toEntry(toJournalRow(row), row['debit_id'] === id ? 'debit' : 'credit'))
        .toSorted((a, b) => a.version - b.version);
      const version = findLineVersion(rows, entries, asked);
      if (version === null) return null;
      for (const isReserved of [true, false]) {
        const cursor = { isReserved, before: version + 1 };
        const { lines } = await readPage(id, {}, { cursor, limit: 1 });
        if (lines[0]?.version === version) return { line: lines[0], entries };
      }
      throw new CreditsError('unavailable', `Account ${id} has just changed: read version ${asked} again.`);
    },
    async balances(account, options): Promise<BalancePoint[]> {
      const { from, until, points } = parseBalances(options);
      const rows = await read(statements.balances, [parseUserAccount(account), from, until, String(points)]);
      return rows.map((row) => ({
        version: toInteger(row['version']),
        available: toInteger(row['available']),
        createdAt: new Date(toInteger(row['created_at'])).toISOString(),
      }));
    },
  });
}

/** Which entry of a group names its line. */
function findLineVersion(rows: readonly Row[], entries: FoundActivity['entries'], asked: number): number | null {
  const own = entries.find(({ version }) => version === asked);
  if (own === undefined || own.kind === 'rate' || own.kind === 'allowance') return null;
  if (own.verb === 'post') return asked;
  const isOpen = rows.some((row) => row['hold_open'] === 't');
  if (isOpen) return entries.find(({ verb }) => verb === 'hold')?.version ?? null;
  // Charged or released: the last charge, or the release where there was none.
  return (entries.findLast(({ verb }) => verb === 'post') ?? entries.at(-1) ?? own).version;
}

function toLine(row: Row): ActivityLine {
  const text = (name: string) => row[name] ?? '';
  const instant = (name: string) => new Date(toInteger(row[name])).toISOString();
  const debit =
    row['debit'] == null ? null : { debit: toInteger(row['debit']), version: toInteger(row['debit_version']) };
  return {
    version: toInteger(row['version']),
    kind: text('kind') as ActivityKind,
    amount: toInteger(row['amount']),
    change: toInteger(row['change']),
    balance: toInteger(row['balance']),
    reason: text('reason'),
    category: text('category'),
    actor: text('actor'),
    counterparty: row['counterparty'] == null ? null : toPublicAccount(row['counterparty']),
    hold:
      row['hold'] == null
        ? null
        : { id: row['hold'], amount: toInteger(row['hold_amount']), expiresAt: instant('hold_expires_at') },
    rate:
      row['rate_id'] == null
        ? null
        : {
            id: row['rate_id'],
            resource: text('rate_resource'),
            amount: toInteger(row['rate_amount']),
            per: text('rate_per') as RatePeriod,
          },
    transfer: debit === null || row['counterparty'] == null ? null : formatTransferId(debit),
    reverses:
      row['reverses'] == null
        ? null
        : {
            version: toInteger(row['reverses']),
            amount: toInteger(row['reverses_amount']),
            reason: text('reverses_reason'),
            createdAt: instant('reverses_at'),
          },
    reversedBy: row['reversed_by'] == null ? null : toInteger(row['reversed_by']),
    createdAt: instant('created_at'),
  };
}

/** Values $2 to $12 of every statement. */
function toValues(filter: ActivityFilter): Value[] {
  const list = (items: readonly string[] | undefined) => (items === undefined ? null : toArrayLiteral('text', items));
  const number = (value: number | undefined) => (value === undefined ? null : String(value));
  const { text } = filter;
  return [
    list(filter.kinds),
    filter.direction ?? null,
    list(filter.categories),
    list(filter.exceptCategories),
    text === undefined ? null : `%${text.reason.replaceAll(/[\\%_]/g, '\\$&')}%`,
    text?.counterparty ?? null,
    number(filter.amountMin),
    number(filter.amountMax),
    filter.from ?? null,
    filter.until ?? null,
    list(filter.rates),
  ];
}

const FILTER = `($2::text[] IS NULL OR kind = ANY($2))
  AND ($3::text IS NULL OR CASE $3 WHEN 'in' THEN change > 0 ELSE change < 0 END)
  AND ($4::text[] IS NULL OR category = ANY($4))
  AND ($5::text[] IS NULL OR category <> ALL($5))
  AND ($6::text IS NULL OR reason ILIKE $6 OR counterparty = $7)
  AND ($8::bigint IS NULL OR amount >= $8)
  AND ($9::bigint IS NULL OR amount <= $9)
  AND ($10::timestamptz IS NULL OR created_at >= $10)
  AND ($11::timestamptz IS NULL OR created_at < $11)
  AND ($12::text[] IS NULL OR rate_id = ANY($12))`;

function createStatements(s: string) {
  const number = `(SELECT number FROM ${s}.accounts WHERE id = $1)`;
  const idOf = (side: string) => `(SELECT id FROM ${s}.accounts WHERE number = ${side})`;
  const category = `coalesce(j.metadata->>'category', '') AS category`;
  const isSpent = `j.credit IN (SELECT number FROM ${s}.accounts WHERE id LIKE 'system:%')`;
  const rest = `j.actor, j.created_at, j.debit, j.debit_version, j.reverses_debit, j.reverses_version,
    h.id AS hold, h.amount AS hold_amount, h.expires_at AS hold_expires_at, j.rate->>0 AS rate_id`;

  const debits = `SELECT j.debit_version AS version, j.amount, -j.amount AS change, j.debit_posted AS balance,
      CASE j.kind WHEN 'adjust' THEN 'adjusted' WHEN 'reverse' THEN 'reversed' WHEN 'transfer' THEN 'sent' WHEN 'breakage' THEN 'expired'
        WHEN 'post' THEN CASE WHEN ${isSpent} THEN 'spent' ELSE 'sent' END WHEN 'spend' THEN 'spent' ELSE 'used' END AS kind,
      coalesce(h.reason, j.reason) AS reason, ${category}, ${idOf('j.credit')} AS counterparty, ${rest}
    FROM ${s}.journal j LEFT JOIN ${s}.holds h ON h.id = j.hold
    WHERE j.debit = ${number} AND j.hash IS NOT NULL AND j.credit IS NOT NULL`;
  // A release is a line of its own only where nothing was charged: what was charged in parts has its lines already.
  const credits = `SELECT j.credit_version AS version, j.amount,
      CASE WHEN j.debit IS NULL THEN 0 ELSE j.amount END AS change, j.credit_posted AS balance,
      CASE j.kind WHEN 'grant' THEN 'granted' WHEN 'allowance' THEN 'granted' WHEN 'refill' THEN 'granted' WHEN 'adjust' THEN 'adjusted' WHEN 'reverse' THEN 'refunded'
        WHEN 'void' THEN 'released' WHEN 'expire' THEN 'released' ELSE 'received' END AS kind,
      coalesce(h.reason, j.reason) AS reason, ${category}, ${idOf('j.debit')} AS counterparty, ${rest}
    FROM ${s}.journal j LEFT JOIN ${s}.holds h ON h.id = j.hold AND h.account = j.credit
    WHERE j.credit = ${number} AND j.hash IS NOT NULL AND (j.debit IS NOT NULL OR j.amount = h.amount)`;
  // What is open counts after everything else: its balances begin at what is posted.
  const reserved = `SELECT j.debit_version AS version, h.remaining AS amount, -h.remaining AS change,
      a.posted - sum(h.remaining) OVER (ORDER BY j.debit_version) AS balance, 'reserved' AS kind,
      h.reason, ${category}, ${idOf('h.destination')} AS counterparty, j.actor, j.created_at, NULL::bigint AS debit,
      NULL::bigint AS debit_version, NULL::bigint AS reverses_debit, NULL::bigint AS reverses_version,
      h.id AS hold, h.amount AS hold_amount, h.expires_at AS hold_expires_at, NULL::text AS rate_id
    FROM ${s}.holds h JOIN ${s}.accounts a ON a.number = h.account
      JOIN ${s}.journal j ON j.hold = h.id AND j.kind = 'hold'
    WHERE h.account = ${number} AND h.remaining > 0`;

  const entry = (side: string, version: string, value: string) => `SELECT ${value} FROM ${s}.journal
    WHERE ${side} = (SELECT number FROM account) AND ${side}_version = ${version} AND hash IS NOT NULL`;
  /** Of the change that made a version of the account: when it was, or what was available after it. */
  const at = (version: string, value: 'created_at' | 'available') => {
    const of = (name: string) => (value === 'available' ? `${name}_posted - ${name}_held` : value);
    return `(${entry('debit', version, of('debit'))} UNION ALL ${entry('credit', version, of('credit'))})`;
  };

  const range = (side: string, lines: string) => `(SELECT * FROM (${lines}
      AND j.${side}_version < CASE WHEN $13::boolean THEN ${Number.MAX_SAFE_INTEGER} ELSE $14::bigint END) l
    WHERE ${FILTER} ORDER BY version DESC LIMIT $15::bigint)`;
  const origin = `SELECT CASE WHEN o.debit = ${number} THEN o.debit_version ELSE o.credit_version END AS version,
      o.amount, o.created_at, coalesce(oh.reason, o.reason) AS reason
    FROM ${s}.journal o LEFT JOIN ${s}.holds oh ON oh.id = o.hold
    WHERE o.debit = l.reverses_debit AND o.debit_version = l.reverses_version AND o.hash IS NOT NULL`;
  const reversal = `SELECT CASE WHEN r.debit = ${number} THEN r.debit_version ELSE r.credit_version END
    FROM ${s}.journal r WHERE r.reverses_debit = l.debit AND r.reverses_version = l.debit_version`;
  return {
    page: createStatement(`SELECT l.version, l.kind, l.amount, l.change, l.balance, l.reason, l.category, l.actor,
        l.rate_id, r.resource AS rate_resource, r.amount AS rate_amount, r.per AS rate_per, l.counterparty, l.hold, l.hold_amount, ${milliseconds('l.hold_expires_at')} AS hold_expires_at, l.debit,
        l.debit_version, o.version AS reverses, o.amount AS reverses_amount, o.reason AS reverses_reason,
        ${milliseconds('o.created_at')} AS reverses_at, (${reversal}) AS reversed_by,
        ${milliseconds('l.created_at')} AS created_at
      FROM (
        SELECT * FROM (
          (SELECT * FROM (${reserved}) l WHERE $13::boolean AND version < $14::bigint AND ${FILTER}
            ORDER BY version DESC LIMIT $15::bigint)
          UNION ALL ${range('debit', debits)} UNION ALL ${range('credit', credits)}
        ) u ORDER BY kind = 'reserved' DESC, version DESC LIMIT $15::bigint
      ) l LEFT JOIN LATERAL (${origin}) o ON true
      LEFT JOIN ${s}.rates r ON r.id = l.rate_id::uuid
      ORDER BY l.kind = 'reserved' DESC, l.version DESC`),
    totals: createStatement(`SELECT coalesce(a.posted, 0) AS posted, coalesce(a.held, 0) AS held,
        coalesce(a.version, 0) AS version, g.kind, g.category, g.count, g.amount, g.added, g.taken
      FROM (SELECT $1::text AS id) q LEFT JOIN ${s}.accounts a ON a.id = q.id
      LEFT JOIN (SELECT kind, category, count(*) AS count, sum(amount) AS amount,
          sum(greatest(change, 0)) AS added, sum(greatest(-change, 0)) AS taken
        FROM (${reserved} UNION ALL ${debits} UNION ALL ${credits}) l WHERE ${FILTER} GROUP BY kind, category) g ON true
      ORDER BY g.kind, g.category`),
    // Versions grow with time: the ends of a period are found by halving, and every point by its version.
    balances: createStatement(`WITH RECURSIVE account AS (SELECT number, version FROM ${s}.accounts WHERE id = $1),
      search AS (
        SELECT place, instant, 1::bigint AS lo, version + 1 AS hi
        FROM account, (VALUES ('from', $2::timestamptz), ('until', $3::timestamptz)) ends (place, instant)
        UNION ALL
        SELECT place, instant, CASE WHEN earlier THEN middle + 1 ELSE lo END, CASE WHEN earlier THEN hi ELSE middle END
        FROM (SELECT s.*, (lo + hi) / 2 AS middle FROM search s WHERE lo < hi AND instant IS NOT NULL) s
        CROSS JOIN LATERAL (SELECT ${at('s.middle', 'created_at')} < s.instant AS earlier) e
      ),
      ends AS (SELECT coalesce((SELECT greatest(lo - 1, 1) FROM search WHERE place = 'from' AND lo = hi), 1) AS first,
        coalesce((SELECT lo - 1 FROM search WHERE place = 'until' AND lo = hi), (SELECT version FROM account)) AS last),
      points AS (SELECT DISTINCT first + (last - first) * i / ($4::bigint - 1) AS version
        FROM ends, generate_series(0, $4::bigint - 1) i WHERE first <= last)
      SELECT version, ${at('version', 'available')} AS available,
        ${milliseconds(`(${at('version', 'created_at')})`)} AS created_at
      FROM points ORDER BY version`),
    // All entries of a hold of the account's own; otherwise the one entry.
    entries: createStatement(`WITH entry AS (
        SELECT * FROM ${s}.journal WHERE debit = ${number} AND debit_version = $2::bigint AND hash IS NOT NULL
        UNION ALL
        SELECT * FROM ${s}.journal WHERE credit = ${number} AND credit_version = $2::bigint AND hash IS NOT NULL
      ), own AS (SELECT h.id, h.remaining > 0 AS open FROM entry e JOIN ${s}.holds h
        ON h.id = e.hold AND h.account = ${number})
      SELECT ${journalColumns(s)}, (SELECT open FROM own) AS hold_open FROM (
        SELECT * FROM entry WHERE NOT EXISTS (SELECT FROM own)
        UNION ALL
        SELECT * FROM ${s}.journal WHERE hold = (SELECT id FROM own) AND hash IS NOT NULL
      ) j`),
  };
}
