import { type Credits, CreditsError } from 'realtime-credits/contract';
import { createProblems, readBalanceRows, type BalanceRow, type RowProblem } from './balance-rows.ts';
import type { Database } from './database.ts';
import { readBalances } from './export-rows.ts';
import type { Ledger } from './ledger.ts';
import { toCreditsError } from './sql-error.ts';

export interface CompareOptions {
  ledger: Ledger;
  /** The database that the ledger was made on. */
  database: Database;
  /** What the host's number is: what can be spent, or what holds reserve as well. @default 'available' */
  balance?: 'available' | 'posted';
  /** Differences that are listed, at most 100,000; all are counted. @default 50 */
  differencesMax?: number;
  /** Hears how many of the host's rows were read, after each thousand. */
  onProgress?: (rows: number) => void;
}

export interface ComparisonReport {
  /** Whether both sides say the same of everybody. */
  ok: boolean;
  /** What was compared. */
  balance: 'available' | 'posted';
  /** Rows of the host. */
  rows: number;
  equal: number;
  different: number;
  /** Accounts that only the host has. */
  missing: number;
  /** Accounts that only the ledger has. */
  extra: number;
  /** Rows of the host that cannot be compared. */
  invalid: number;
  /** The host's credits in all rows that could be compared. */
  hostTotal: Credits;
  /** The ledger's credits in all accounts but those that an invalid row of the host names. */
  ledgerTotal: Credits;
  differences: BalanceDifference[];
  /** The first 50 of the invalid rows. */
  problems: RowProblem[];
}

/** An account of which the two sides do not say the same. */
export interface BalanceDifference {
  kind: 'different' | 'missing' | 'extra';
  account: string;
  /** Of the host's row. */
  line: number | null;
  /** What the host says; null when it does not have the account. */
  host: Credits | null;
  /** What the ledger says; null when it does not have the account. */
  ledger: Credits | null;
  /** `ledger − host`, with nothing for whoever does not have it. */
  difference: number;
}

const DIFFERENCES_MAX = 100_000;

/**
 * Compares what a host says of its users with what the ledger says. Changes no balance; settles holds past their instant.
 *
 * An account with 0 on one side and absent on the other is no difference: the ledger opens accounts when they are first
 * asked for. While both sides move, an account that changed between the host's list and this look is a difference too:
 * compare again, and look at those that stay.
 *
 * @param rows - In any order, each read once. See {@link BalanceRow}. Memory grows with their number.
 * @throws {CreditsError} `invalid_request` — the options, or more than 1,000,000 rows
 */
export async function compareBalances(
  rows: AsyncIterable<BalanceRow> | Iterable<BalanceRow>,
  options: CompareOptions,
): Promise<ComparisonReport> {
  const { ledger, database, balance = 'available', differencesMax = 50, onProgress = () => undefined } = options;
  if (!Number.isSafeInteger(differencesMax) || differencesMax < 0 || differencesMax > DIFFERENCES_MAX) {
    throw new CreditsError('invalid_request', `differencesMax must be 0 to ${DIFFERENCES_MAX}.`, {
      details: { field: 'differencesMax' },
    });
  }
  const problems = createProblems();
  const { rows: count, balances, unclear, total } = await readBalanceRows(rows, problems, onProgress);
  await ledger.allHolds({ limit: 1 }); // settles what is past its instant: equal versions mean equal state

  const counts = { equal: 0, different: 0, missing: 0, extra: 0 };
  const differences: BalanceDifference[] = [];
  const note = (found: Omit<BalanceDifference, 'difference'>): void => {
    counts[found.kind] += 1;
    if (differences.length >= differencesMax) return;
    differences.push({ ...found, difference: (found.ledger ?? 0) - (found.host ?? 0) });
  };
  let ledgerTotal = 0;
  try {
    for await (const row of readBalances(database.pool)) {
      const { account } = row;
      const here = row[balance];
      const listed = balances.get(account);
      balances.delete(account);
      if (unclear.has(account)) continue;
      ledgerTotal += here;
      if (listed === undefined) {
        if (here !== 0) note({ kind: 'extra', account, line: null, host: null, ledger: here });
      } else if (listed.credits === here) counts.equal += 1;
      else note({ kind: 'different', account, line: listed.line, host: listed.credits, ledger: here });
    }
  } catch (error) {
    throw toCreditsError(error);
  }
  for (const [account, { credits, line }] of balances) {
    if (credits === 0) counts.equal += 1;
    else note({ kind: 'missing', account, line, host: credits, ledger: null });
  }
  return {
    ok: counts.different + counts.missing + counts.extra + problems.count === 0,
    balance,
    rows: count,
    ...counts,
    invalid: problems.count,
    hostTotal: total,
    ledgerTotal,
    differences,
    problems: problems.first,
  };
}
