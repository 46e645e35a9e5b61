import assert from 'node:assert/strict';
import type { BatchChanges } from '../rules/state.ts';
import { toArrayLiteral } from './array-literal.ts';
import {
  ACCOUNT_CHANGES,
  ALLOWANCE_CHANGES,
  ALLOWANCE_INSERT,
  ALERT_WRITE,
  CLAIM_INSERT,
  EVENT_INSERT,
  HOLD_CHANGES,
  HOLD_INSERT,
  JOURNAL_INSERT,
  LOT_ALERT_KEY,
  LOT_CHANGES,
  LOT_INSERT,
  RATE_CHANGES,
  RATE_INSERT,
  type Columns,
} from './codecs.ts';
import type { SqlClient } from './database.ts';
import { createStatement, roundTrip, sendUnnamed, type Statement, type Statements } from './statements.ts';

/**
 * The second round trip of a batch: one statement that writes everything and notifies, and the end of the transaction.
 *
 * One statement, in which each table is written at most once, from arrays: two updates of one table in a single statement
 * wait for each other, and one statement per row costs a round trip per row.
 */

/** One table of the write, and the rows for it. */
interface Part<T = never> {
  columns: Columns<T>;
  rows: (changes: BatchChanges) => Iterable<T>;
  /** The statement, given where its rows come from. */
  write: (s: string, from: string) => string;
}

function part<T>(definition: Part<T>): Part {
  return definition as unknown as Part;
}

function insert(table: string, columns: object): (s: string, from: string) => string {
  const names = Object.keys(columns).join(', ');
  return (s, from) => `INSERT INTO ${s}.${table} (${names}) SELECT ${names} FROM ${from} RETURNING 1`;
}

const PARTS: readonly Part[] = [
  part({
    columns: ACCOUNT_CHANGES,
    rows: ({ accounts }) => accounts,
    write: (s, from) => `UPDATE ${s}.accounts a SET posted = u.posted, held = u.held, version = u.version, hash = u.hash
      FROM ${from} WHERE a.number = u.number AND a.version = u.version_before RETURNING 1`,
  }),
  part({
    columns: HOLD_CHANGES,
    rows: ({ holdsChanged }) => holdsChanged,
    write: (s, from) => `UPDATE ${s}.holds h SET remaining = u.remaining, state = u.state, expires_at = u.expires_at
      FROM ${from} WHERE h.id = u.id RETURNING 1`,
  }),
  part({ columns: HOLD_INSERT, rows: ({ holdsOpened }) => holdsOpened, write: insert('holds', HOLD_INSERT) }),
  part({
    columns: LOT_CHANGES,
    rows: ({ lotsChanged }) => lotsChanged,
    write: (s, from) => `UPDATE ${s}.lots l SET free = u.free, held = u.held
      FROM ${from} WHERE l.account = u.account AND l.version = u.version AND l.part = u.part RETURNING 1`,
  }),
  part({ columns: LOT_INSERT, rows: ({ lotsOpened }) => lotsOpened, write: insert('lots', LOT_INSERT) }),
  part({
    columns: RATE_CHANGES,
    rows: ({ ratesChanged }) => ratesChanged,
    write: (s, from) => `UPDATE ${s}.rates r SET state = u.state, settled_until = u.settled_until,
      remainder = u.remainder, prepaid = u.prepaid, charged = u.charged, next_at = u.next_at, due_at = u.due_at
      FROM ${from} WHERE r.id = u.id RETURNING 1`,
  }),
  part({ columns: RATE_INSERT, rows: ({ ratesOpened }) => ratesOpened, write: insert('rates', RATE_INSERT) }),
  part({
    columns: ALLOWANCE_CHANGES,
    rows: ({ allowancesChanged }) => allowancesChanged,
    write: (s, from) => `UPDATE ${s}.allowances w SET amount = u.amount, carry_over = u.carry_over, period = u.period,
      next_at = u.next_at, granted = u.granted FROM ${from} WHERE w.id = u.id RETURNING 1`,
  }),
  part({
    columns: ALLOWANCE_INSERT,
    rows: ({ allowancesOpened }) => allowancesOpened,
    write: insert('allowances', ALLOWANCE_INSERT),
  }),
  part({ columns: JOURNAL_INSERT, rows: ({ rows }) => rows, write: insert('journal', JOURNAL_INSERT) }),
  part({ columns: CLAIM_INSERT, rows: ({ claims }) => claims, write: insert('claims', CLAIM_INSERT) }),
  part({ columns: EVENT_INSERT, rows: ({ events }) => events, write: insert('outbox', EVENT_INSERT) }),
  part({
    columns: ALERT_WRITE,
    rows: ({ alerts }) => alerts,
    write: (
      s,
      from,
    ) => `INSERT INTO ${s}.alerts (account, level, day, lows) SELECT account, level, day, lows FROM ${from}
      ON CONFLICT (account) DO UPDATE SET level = excluded.level, day = excluded.day, lows = excluded.lows RETURNING 1`,
  }),
  part({
    columns: LOT_ALERT_KEY,
    rows: ({ lotAlertsOpened }) => lotAlertsOpened,
    write: insert('lot_alerts', LOT_ALERT_KEY),
  }),
  part({
    columns: LOT_ALERT_KEY,
    rows: ({ lotAlertsDone }) => lotAlertsDone,
    write: (s, from) => `DELETE FROM ${s}.lot_alerts l USING ${from}
      WHERE l.at = u.at AND l.account = u.account AND l.version = u.version AND l.part = u.part RETURNING 1`,
  }),
];

/** Makes the statement that writes some of the tables. Others are not touched: that would cost a single command most. */
export class WriteStatements {
  readonly #schema: string;
  readonly #made = new Map<string, Statement>();

  constructor(schema: string) {
    this.#schema = schema;
  }

  /**
   * @param parts - Which of the tables to write.
   * @param isNotifying - Whether it also sends notifications: then the channel and the payloads are the last parameters.
   */
  get(parts: readonly Part[], isNotifying: boolean): Statement {
    const key = `${PARTS.map((each) => Number(parts.includes(each))).join('')}${Number(isNotifying)}`;
    const made = this.#made.get(key) ?? createStatement(this.#write(parts, isNotifying));
    this.#made.set(key, made);
    return made;
  }

  #write(parts: readonly Part[], isNotifying: boolean): string {
    let parameter = 0;
    const writes = parts.map(({ columns, write }, index) => {
      const arrays = Object.values(columns).map(([type]) => `$${(parameter += 1)}::${type}[]`);
      return `w${index} AS (${write(this.#schema, `unnest(${arrays.join(', ')}) AS u(${Object.keys(columns).join(', ')})`)})`;
    });
    const count = parts.map((_, index) => `(SELECT count(*) FROM w${index})`).join(' + ');
    // The end of the transaction is on its way already. Only an error of this statement can still prevent the commit, so
    // it divides by zero if it wrote other rows than were decided.
    const complete = `1 / (${count} = $${(parameter += 1)}::bigint)::int AS complete`;
    const [channel, payloads] = [parameter + 1, parameter + 2];
    const notified = `, (SELECT count(pg_notify($${channel}, payload)) FROM unnest($${payloads}::text[]) AS payload) AS notified`;
    return `WITH ${writes.join(', ')} SELECT ${complete}${isNotifying ? notified : ''}`;
  }
}

/** What a batch is written with. */
export interface BatchWriter {
  client: SqlClient;
  statements: Statements;
  write: WriteStatements;
  /** Ends the transaction, or the part of the host's transaction. Sent with the write. */
  end: Statement;
}

/**
 * Writes the changes of a batch, notifies, and ends the transaction. Throws if any of it failed.
 *
 * @param notify - Null where nobody listens.
 */
export async function writeBatch(
  { client, statements, write, end }: BatchWriter,
  changes: BatchChanges,
  notify: { channel: string; payloads: readonly string[] } | null,
): Promise<void> {
  let count = 0;
  const values: string[] = [];
  const parts = PARTS.filter(({ columns, rows }) => {
    const records = [...rows(changes)];
    if (records.length === 0) return false;
    count += records.length;
    for (const [type, cell] of Object.values(columns)) {
      const cells = records.map(cell);
      // The rows of shorter arrays are filled with nulls.
      values.push(cells.every((each) => each === null) ? '{}' : toArrayLiteral(type, cells));
    }
    return true;
  });
  values.push(String(count));
  if (notify !== null) values.push(notify.channel, toArrayLiteral('text', notify.payloads));
  const [, ended] = await roundTrip(client, [
    () => statements.send(client, write.get(parts, notify !== null), values),
    () => sendUnnamed(client, end),
  ]);
  // The COMMIT of a failed transaction is no error: it answers ROLLBACK.
  assert.equal(ended.command, end.text.split(' ')[0], 'The batch was not committed.');
}
