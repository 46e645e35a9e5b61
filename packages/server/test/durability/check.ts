import type { Pool } from 'pg';
import { isCreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { run, type LoadWord } from './load.ts';
import { createRecord, type Attempt, type Record } from './record.ts';

/**
 * Holds a database against what was said about it. Asks twice: the ledger, by trying every key again, and the tables,
 * which know nothing of the ledger's own opinion.
 */

/** Every hold whose entries do not leave what it says remains. */
const HOLDS = `SELECT h.id, h.remaining, h.state, coalesce(e.left, 0) AS left FROM credits_holds h
  LEFT JOIN (SELECT hold, sum(CASE WHEN kind = 'hold' THEN amount ELSE -amount END) AS left
    FROM credits_entries WHERE hold IS NOT NULL AND kind IN ('hold', 'post', 'void', 'expire') GROUP BY hold) e ON e.hold = h.id
  WHERE h.remaining <> coalesce(e.left, 0) OR (h.remaining > 0) <> (h.state IN ('open', 'partly_posted'))`;

/** Every operation, with its transfer if that is there. */
const OPERATIONS = `SELECT o.key, o.transfer, t.id AS found, o.hold, h.id AS hold_found
  FROM credits_operations o LEFT JOIN credits_transfers t ON t.id = o.transfer LEFT JOIN credits_holds h ON h.id = o.hold`;

interface OperationRow {
  key: string;
  transfer: string | null;
  found: string | null;
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
 * @param say - Hears what became of keys whose answer had been lost.
 */
export async function checkNew(
  ledger: Ledger,
  pool: Pool,
  known: Known,
  say: (word: LoadWord) => void,
): Promise<Findings> {
  const record = createRecord(known.attempts);
  const { problems, survived } = await tryAll(ledger, record, [...record.attempts.keys()], say);
  const { rows } = await pool.query<OperationRow>(`${OPERATIONS} WHERE o.key = ANY($1)`, [[...record.attempts.keys()]]);
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
  const { rows } = await pool.query<OperationRow>(OPERATIONS);
  problems.push(...compare(rows, record.attempts));
  for (const { key } of rows) {
    if (!record.attempts.has(key)) problems.push(`${key} is in the operations, and was refused or never asked`);
  }
  const { size } = transfersOf(record.attempts);
  problems.push(...(await compareCounts(pool, { operations: record.attempts.size, transfers: size })));
  const { rows: holds } = await pool.query(HOLDS);
  problems.push(...holds.map((hold) => `a hold does not agree with its entries: ${JSON.stringify(hold)}`));
  const { differences } = await ledger.verify({ full: true });
  problems.push(...differences.map(({ message }) => message));
  const { issued, spent, circulating } = await ledger.circulation();
  if (issued - spent !== circulating) problems.push(`issued ${issued} − spent ${spent} is not ${circulating}`);
  return { problems, survived };
}

/** Tries keys again. One that was acknowledged answers the same; of the others it turns out what became of them. */
async function tryAll(
  ledger: Ledger,
  record: Record,
  keys: readonly string[],
  say: (word: LoadWord) => void,
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
      say({ word: 'acknowledged', key, receipt });
    } catch (error) {
      if (!isCreditsError(error)) throw error;
      if (known) problems.push(`${key} was acknowledged, and is now refused: ${error.message}`);
      else if (error.code === 'unavailable') problems.push(`${key} cannot be tried again: ${error.message}`);
      else {
        record.attempts.delete(key);
        say({ word: 'forgotten', key });
      }
    }
  }

  await Promise.all(keys.map(tryAgain));
  problems.push(...record.contradictions);
  return { problems, survived };
}

/** What the tables say of keys that were acknowledged, and know nothing of the ledger's own opinion. */
function compare(rows: readonly OperationRow[], attempts: ReadonlyMap<string, Attempt>): string[] {
  const problems: string[] = [];
  const present = new Map(rows.map((row) => [row.key, row]));
  if (present.size !== rows.length) problems.push('a key is in the operations twice');
  for (const [key, { receipt }] of attempts) {
    const row = present.get(key);
    if (receipt === null) continue;
    if (row === undefined) problems.push(`${key} was acknowledged, and is not in the operations`);
    else if (row.transfer !== (receipt.transfer?.id ?? null) || row.hold !== (receipt.hold?.id ?? null)) {
      problems.push(`${key} names another transfer or hold than its receipt`);
    } else if (row.found !== row.transfer || row.hold_found !== row.hold) {
      problems.push(`the transfer or hold of ${key} is not there`);
    }
  }
  return problems;
}

function transfersOf(attempts: Iterable<readonly [string, Attempt]>): Set<string> {
  return new Set([...attempts].flatMap(([, { receipt }]) => receipt?.transfer?.id ?? []));
}

async function compareCounts(pool: Pool, expected: { operations: number; transfers: number }): Promise<string[]> {
  const { rows } = await pool.query<{ operations: string; transfers: string }>(
    'SELECT (SELECT count(*) FROM credits_operations) AS operations, (SELECT count(*) FROM credits_transfers) AS transfers',
  );
  return (['operations', 'transfers'] as const).flatMap((what) => {
    const is = Number(rows[0]?.[what]);
    return is === expected[what] ? [] : [`there are ${is} ${what}, ${expected[what]} were answered`];
  });
}
