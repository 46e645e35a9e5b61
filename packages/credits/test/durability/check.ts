import type { Pool } from 'pg';
import { isCreditsError } from '../../src/contract/error.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { run } from './load.ts';
import type { Record } from './record.ts';

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

/**
 * Checks everything that is known so far. Keys whose answer was lost are tried again, and their answers recorded.
 * @param keys - Those to try again; the tables are held against all of them.
 */
export async function check(ledger: Ledger, pool: Pool, record: Record, keys: Iterable<string>): Promise<Findings> {
  const problems: string[] = [];
  let survived = 0;

  async function tryAgain(key: string): Promise<void> {
    const attempt = record.attempts.get(key);
    if (attempt === undefined) return; // refused
    const known = attempt.receipt !== null;
    try {
      const receipt = await run(ledger, attempt.command);
      if (known && !receipt.replayed) problems.push(`${key} was acknowledged, lost, and now applied again`);
      if (!known && receipt.replayed) survived += 1;
      record.acknowledge(key, receipt);
    } catch (error) {
      if (!isCreditsError(error)) throw error;
      if (known) problems.push(`${key} was acknowledged, and is now refused: ${error.message}`);
      else if (error.code === 'unavailable') problems.push(`${key} cannot be tried again: ${error.message}`);
      else record.attempts.delete(key);
    }
  }

  await Promise.all([...keys].map(tryAgain));
  problems.push(...record.contradictions);

  const { rows } = await pool.query<OperationRow>(OPERATIONS);
  const present = new Map(rows.map((row) => [row.key, row]));
  if (present.size !== rows.length) problems.push('a key is in the operations twice');
  const transfers = new Set<string>();
  for (const [key, { receipt }] of record.attempts) {
    const row = present.get(key);
    if (receipt === null) continue;
    if (row === undefined) problems.push(`${key} was acknowledged, and is not in the operations`);
    else if (row.transfer !== (receipt.transfer?.id ?? null) || row.hold !== (receipt.hold?.id ?? null)) {
      problems.push(`${key} names another transfer or hold than its receipt`);
    } else if (row.found !== row.transfer || row.hold_found !== row.hold) {
      problems.push(`the transfer or hold of ${key} is not there`);
    }
    if (receipt.transfer !== null) transfers.add(receipt.transfer.id);
  }
  for (const key of present.keys()) {
    if (!record.attempts.has(key)) problems.push(`${key} is in the operations, and was refused or never asked`);
  }
  const { rows: counts } = await pool.query<{ transfers: string }>(
    'SELECT count(*) AS transfers FROM credits_transfers',
  );
  if (Number(counts[0]?.transfers) !== transfers.size) {
    problems.push(`there are ${counts[0]?.transfers} transfers, ${transfers.size} were answered`);
  }
  const { rows: holds } = await pool.query(HOLDS);
  problems.push(...holds.map((hold) => `a hold does not agree with its entries: ${JSON.stringify(hold)}`));
  const { differences } = await ledger.verify({ full: true });
  problems.push(...differences.map(({ message }) => message));
  const { issued, spent, circulating } = await ledger.circulation();
  if (issued - spent !== circulating) problems.push(`issued ${issued} − spent ${spent} is not ${circulating}`);
  return { problems, survived };
}
