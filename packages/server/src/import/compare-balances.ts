import { type Credits, CreditsError } from 'realtime-credits/contract';
import { createProblems, readBalanceRows, type BalanceRow, type RowProblem } from './balance-rows.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readBalances } from '../ledger/postgres/bulk-reads.ts';
import type { Database } from '../ledger/postgres/database.ts';
import { toCreditsError } from '../ledger/postgres/sql-error.ts';

export interface CompareOptions {
  ledger: Ledger;
  /** The database of the ledger. */
  database: Pick<Database, 'pool'>;
  /** The schema of the ledger. @default 'credits' */
  schema?: string;
  /** What the host's number is: what can be spent, or what holds reserve as well. @default 'available' */
  balance?: 'available' | 'posted';
  /** Differences that are listed, at most 100,000; all are counted. @default 50 */
  differencesMax?: number;
  /** Called with the number of rows read, after each thousand. */
  onProgress?: (rows: number) => void;
}

export interface ComparisonReport {
  /** Whether both sides agree on every account. */
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

/** An account on which the two sides differ. */
export interface BalanceDifference {
  kind: 'different' | 'missing' | 'extra';
  account: string;
  /** Of the host's row. */
  line: number | null;
  /** The host's balance; null when it does not have the account. */
  host: Credits | null;
  /** The ledger's balance; null when it does not have the account. */
  ledger: Credits | null;
  /** `ledger − host`; a side that does not have the account counts as 0. */
  difference: number;
}

const DIFFERENCES_MAX = 100_000;

/**
 * Compares a host's balances with the ledger's. Changes no balance; expires holds that are due.
 *
 * An account with 0 on one side that is absent on the other is no difference. While both sides move, an account that changed between the host's list and this look is a difference too:
 * compare again, and look at those that stay.
 *
 * @param rows - In any order, each read once. See {@link BalanceRow}. Memory grows with their number.
 * @throws {CreditsError} `invalid_request` — the options, or more than 1,000,000 rows
 */
export async function compareBalances(
  rows: AsyncIterable<BalanceRow> | Iterable<BalanceRow>,
  options: CompareOptions,
): Promise<ComparisonReport> {
  const {
    ledger,
    database,
    schema = 'credits',
    balance = 'available',
    differencesMax = 50,
    onProgress = () => undefined,
  } = options;
  if (!Number.isSafeInteger(differencesMax) || differencesMax < 0 || differencesMax > DIFFERENCES_MAX) {
    throw new CreditsError('invalid_request', `differencesMax must be 0 to ${DIFFERENCES_MAX}.`, {
      details: { field: 'differencesMax' },
    });
  }
  const problems = createProblems();
  const { rows: count, balances, unclear, total } = await readBalanceRows(rows, problems, onProgress);
  await ledger.allHolds({ limit: 1 }); // expires what is due: equal versions mean equal state

  const counts = { equal: 0, different: 0, missing: 0, extra: 0 };
  const differences: BalanceDifference[] = [];
  const note = (found: Omit<BalanceDifference, 'difference'>): void => {
    counts[found.kind] += 1;
    if (differences.length >= differencesMax) return;
    differences.push({ ...found, difference: (found.ledger ?? 0) - (found.host ?? 0) });
  };
  let ledgerTotal = 0;
  try {
    for await (const row of readBalances(database.pool, schema)) {
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
