import type { Pool } from 'pg';
import { isCreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { formatTransferId } from '../../src/ledger/rules/transfer-id.ts';
import { run, type LoadWord } from './load.ts';
import { createRecord, holdOf, transferOf, type Attempt, type Record } from './record.ts';

/**
 * Holds a database against what was said about it. Asks twice: the ledger, by trying every key again, and the tables,
 * which know nothing of the ledger's own opinion.
 */

/** Keys that are tried at the same time: a ledger refuses more than 10,000. */
const TRIED_AT_ONCE = 2_000;

/** Every hold whose entries do not leave what it says remains. */
const HOLDS = `SELECT h.id, h.remaining, h.state, coalesce(e.left, 0) AS left FROM credits.holds h
  LEFT JOIN (SELECT hold, sum(CASE WHEN kind = 'hold' THEN amount ELSE -amount END) AS left
    FROM credits.journal WHERE kind IN ('hold', 'post', 'void', 'expire') GROUP BY hold) e ON e.hold = h.id
  WHERE h.remaining <> coalesce(e.left, 0) OR (h.remaining > 0) <> (h.state IN ('open', 'partly_posted'))`;

/** Every row with a key, with its hold if that is there. */
const ROWS = `SELECT j.key, j.debit, j.debit_version, j.credit, j.hold, h.id AS hold_found
  FROM credits.journal j LEFT JOIN credits.holds h ON h.id = j.hold WHERE j.key IS NOT NULL`;

interface KeyRow {
  key: string;
  debit: string | null;
  debit_version: string | null;
  credit: string | null;
  hold: string | null;
  hold_found: string | null;
}

export interface Findings {
  /** Sentences; empty when all is well. */
  problems: string[];
  /** Keys whose answer had been lost, and which turned out to be committed. */
  survived: number;
}

/** What a check of the newest cycles has to know of all of them. */
export interface Known {
  /** Attempts that no check has seen yet. */
  attempts: [string, Attempt][];
  /** Operations and transfers that there were at the last check. */
  operations: number;
  transfers: number;
}

/** What a record knows of the keys that no check has seen yet. */
export function toKnown(record: Record, checked: ReadonlySet<string>): Known {
  const all = [...record.attempts];
  const known = all.filter(([key]) => checked.has(key));
  return {
    attempts: all.filter(([key]) => !checked.has(key)),
    operations: known.length,
    transfers: transfersOf(known).size,
  };
}

/**
 * Checks what no check has seen: tries its keys again, looks whether there is exactly this in the tables beside what was there
 * before, and verifies from where the last verification ended. Costs what is new, however long the history is.
 * @param publish - Called with the outcome of keys whose response had been lost.
 */
export async function checkNew(
  ledger: Ledger,
  pool: Pool,
  known: Known,
  publish: (word: LoadWord) => void,
): Promise<Findings> {
  const record = createRecord(known.attempts);
  const { problems, survived } = await tryAll(ledger, record, [...record.attempts.keys()], publish);
  const { rows } = await pool.query<KeyRow>(`${ROWS} AND j.key = ANY($1)`, [[...record.attempts.keys()]]);
  problems.push(...compare(rows, record.attempts));
  problems.push(
    ...(await compareCounts(pool, {
      operations: known.operations + record.attempts.size,
      transfers: known.transfers + transfersOf(record.attempts).size,
    })),
  );
  const { differences } = await ledger.verify();
  problems.push(...differences.map(({ message }) => message));
  return { problems, survived };
}

/**
 * Checks everything that is known so far. All keys are tried again, and the answers of those that were lost recorded.
 */
export async function check(ledger: Ledger, pool: Pool, record: Record): Promise<Findings> {
  const { problems, survived } = await tryAll(ledger, record, [...record.attempts.keys()], () => undefined);
  const { rows } = await pool.query<KeyRow>(ROWS);
  problems.push(...compare(rows, record.attempts));
  for (const { key } of rows) {
    if (!record.attempts.has(key)) problems.push(`${key} is in the journal, and was refused or never asked`);
  }
  const { size } = transfersOf(record.attempts);
  problems.push(...(await compareCounts(pool, { operations: record.attempts.size, transfers: size })));
  const { rows: holds } = await pool.query(HOLDS);
  problems.push(...holds.map((hold) => `a hold does not agree with its entries: ${JSON.stringify(hold)}`));
  const { differences } = await ledger.verify();
  problems.push(...differences.map(({ message }) => message));
  const { issued, spent, expired, circulating } = await ledger.circulation();
  if (issued - spent - expired !== circulating) {
    problems.push(`issued ${issued} − spent ${spent} − expired ${expired} is not ${circulating}`);
  }
  return { problems, survived };
}

/** Tries keys again. One that was acknowledged answers the same; the others get their outcome. */
async function tryAll(
  ledger: Ledger,
  record: Record,
  keys: readonly string[],
  publish: (word: LoadWord) => void,
): Promise<Findings> {
  const problems: string[] = [];
  let survived = 0;

  async function tryAgain(key: string): Promise<void> {
    const attempt = record.attempts.get(key);
    if (attempt === undefined) return;
    const known = attempt.receipt !== null;
    try {
      const receipt = await run(ledger, attempt.command);
      if (known && !receipt.replayed) problems.push(`${key} was acknowledged, lost, and now applied again`);
      if (!known && receipt.replayed) survived += 1;
      record.acknowledge(key, receipt);
      publish({ word: 'acknowledged', key, receipt });
    } catch (error) {
      if (!isCreditsError(error)) throw error;
      if (known) problems.push(`${key} was acknowledged, and is now refused: ${error.message}`);
      else if (error.code === 'unavailable') problems.push(`${key} cannot be tried again: ${error.message}`);
      else {
        record.attempts.delete(key);
        publish({ word: 'forgotten', key });
      }
    }
  }

  for (let from = 0; from < keys.length; from += TRIED_AT_ONCE) {
    await Promise.all(keys.slice(from, from + TRIED_AT_ONCE).map(tryAgain));
  }
  problems.push(...record.mismatches);
  return { problems, survived };
}

/** What the tables say of keys that were acknowledged, and know nothing of the ledger's own opinion. */
function compare(rows: readonly KeyRow[], attempts: ReadonlyMap<string, Attempt>): string[] {
  const problems: string[] = [];
  const present = new Map(rows.map((row) => [row.key, row]));
  if (present.size !== rows.length) problems.push('a key is in the journal twice');
  for (const [key, { receipt }] of attempts) {
    const row = present.get(key);
    if (receipt === null) continue;
    if (row === undefined) problems.push(`${key} was acknowledged, and is not in the journal`);
    else if (transferIdOf(row) !== transferOf(receipt) || row.hold !== holdOf(receipt)) {
      problems.push(`${key} names another transfer or hold than its receipt`);
    } else if (row.hold_found !== row.hold) {
      problems.push(`the hold of ${key} is not there`);
    }
  }
  return problems;
}

function transferIdOf({ debit, debit_version: version, credit }: KeyRow): string | null {
  if (debit === null || credit === null) return null;
  return formatTransferId({ debit: Number(debit), version: Number(version) });
}

function transfersOf(attempts: Iterable<readonly [string, Attempt]>): Set<string> {
  return new Set([...attempts].flatMap(([, { receipt }]) => (receipt === null ? null : transferOf(receipt)) ?? []));
}

async function compareCounts(pool: Pool, expected: { operations: number; transfers: number }): Promise<string[]> {
  const { rows } = await pool.query<{ operations: string; transfers: string }>(
    'SELECT count(key) AS operations, count(*) FILTER (WHERE credit IS NOT NULL AND debit IS NOT NULL) AS transfers FROM credits.journal',
  );
  return (['operations', 'transfers'] as const).flatMap((what) => {
    const is = Number(rows[0]?.[what]);
    return is === expected[what] ? [] : [`there are ${is} ${what}, ${expected[what]} were answered`];
  });
}
