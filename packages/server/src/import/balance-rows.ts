import { type Credits, CREDITS_MAX, CreditsError, isCreditsError, parseBalanceAmount } from 'realtime-credits/contract';
import { parseUserAccount } from '../ledger/rules/parse.ts';

/**
 * Balances as a host lists them: one row for each account, in any order, each read as if it could be anything.
 *
 * Owns which rows can be used at all. What is done with them is the caller's: {@link importBalances} and
 * {@link compareBalances}. All rows are read before anything is done with one of them, because only the last row tells
 * whether an account stands there twice.
 */

/** A row of a host's list. Its values are checked when it is read: a host need not have checked them. */
export type BalanceRow =
  | {
      /** 1–128 of `A-Z a-z 0-9 _ . : -`; a whole number is taken as its digits. */
      account: unknown;
      /** Whole credits, 0 to 2^53−1. */
      credits: unknown;
      /** Where it stands in its file. @default its place among the rows, from 1 */
      line?: number;
    }
  /** A row that the reader of the file could not parse, and why. */
  | { line: number; unreadable: string };

/** A row that is left out, and why. */
export interface RowProblem {
  line: number;
  /** As the row says; null where it says none. */
  account: string | null;
  message: string;
}

/**
 * Rows of one list. Beyond it the list is refused whole; it can be split, and keeps its name. Bounds memory: five times as
 * many took 1.4 GB, which is more than Node gives itself on a small machine.
 */
export const BALANCE_ROWS_MAX = 1_000_000;

/** Rows that a report lists; all are counted. */
export const PROBLEMS_LISTED_MAX = 50;

/** Rows between two words about progress. */
const ROWS_PER_PROGRESS = 1_000;

/** Counts problems, and keeps the first ones. */
export interface Problems {
  readonly count: number;
  readonly first: RowProblem[];
  add(problem: RowProblem): void;
}

export function createProblems(): Problems {
  const first: RowProblem[] = [];
  let count = 0;
  return Object.freeze({
    get count() {
      return count;
    },
    first,
    add(problem: RowProblem) {
      count += 1;
      if (first.length < PROBLEMS_LISTED_MAX) first.push(problem);
    },
  });
}

export interface ListedBalance {
  credits: Credits;
  line: number;
}

export interface BalanceList {
  /** Rows read, those with problems included. */
  rows: number;
  /** Of each account with one row in order. */
  balances: Map<string, ListedBalance>;
  /** Accounts that a row with a problem names: nobody knows what the host says of them. */
  unclear: Set<string>;
  /** What the balances are together. */
  total: Credits;
}

/**
 * Reads all rows, and keeps those that can be used.
 *
 * @throws {CreditsError} `invalid_request` — more than {@link BALANCE_ROWS_MAX} rows
 */
export async function readBalanceRows(
  rows: AsyncIterable<BalanceRow> | Iterable<BalanceRow>,
  problems: Problems,
  onProgress: (rows: number) => void,
): Promise<BalanceList> {
  const balances = new Map<string, ListedBalance>();
  const unclear = new Set<string>();
  let count = 0;
  let total = 0;
  function leaveOut(line: number, account: string | null, message: string): void {
    problems.add({ line, account, message });
    if (account !== null) unclear.add(account);
  }
  for await (const row of rows) {
    count += 1;
    if (count > BALANCE_ROWS_MAX) {
      throw new CreditsError('invalid_request', `More than ${BALANCE_ROWS_MAX} rows: split them into several lists.`);
    }
    if (count % ROWS_PER_PROGRESS === 0) onProgress(count);
    const line = row.line ?? count;
    const read = readRow(row, line);
    if ('message' in read) {
      leaveOut(line, read.account, read.message);
      continue;
    }
    const { account, credits } = read;
    const before = balances.get(account);
    if (before !== undefined) {
      // Nobody knows which of the two is meant, also when they say the same: neither counts.
      total -= before.credits;
      balances.delete(account);
      leaveOut(before.line, account, `account ${account} stands again in line ${line}.`);
      leaveOut(line, account, `account ${account} stands in line ${before.line} already.`);
    } else if (unclear.has(account)) {
      leaveOut(line, account, `account ${account} stands in an earlier line already.`);
    } else if (credits > CREDITS_MAX - total) {
      leaveOut(line, account, `the rows up to here are more than ${CREDITS_MAX} credits together.`);
    } else {
      total += credits;
      balances.set(account, { credits, line });
    }
  }
  return { rows: count, balances, unclear, total };
}

function readRow(row: BalanceRow, line: number): { account: string; credits: Credits } | RowProblem {
  if ('unreadable' in row) return { line, account: null, message: row.unreadable };
  const name = Number.isSafeInteger(row.account) ? String(row.account) : row.account;
  try {
    return { account: parseUserAccount(name), credits: parseBalanceAmount(row.credits, 'credits') };
  } catch (error) {
    if (!isCreditsError(error)) throw error;
    return {
      line,
      account: typeof name === 'string' && name !== '' ? name.slice(0, 128) : null,
      message: error.message,
    };
  }
}
