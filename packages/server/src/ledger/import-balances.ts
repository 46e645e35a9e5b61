import assert from 'node:assert/strict';
import { type Credits, CREDITS_MAX, CreditsError, isCreditsError } from 'realtime-credits/contract';
import { createProblems, readBalanceRows, type BalanceRow, type Problems, type RowProblem } from './balance-rows.ts';
import type { Receipt } from './command.ts';
import type { Database } from './database.ts';
import type { Ledger } from './ledger.ts';
import { openAccounts, readOpenings } from './opening.ts';
import { toCreditsError } from './sql-error.ts';

/**
 * Opening balances: what a host's users had before there was a ledger becomes the first entry of each account.
 *
 * Three passes: all rows are read, all are compared with what the ledger has, and only then anything is written. The
 * third may be cut at any moment: what it wrote is there under keys that the next run finds, and it goes on from there.
 */

export interface ImportOptions {
  ledger: Ledger;
  /** The database that the ledger was made on. */
  database: Database;
  /** Names the import, 1 to 64 of `A-Z a-z 0-9 _ . -`. An account is paid once under one name. @default 'opening' */
  name?: string;
  /** Leaves out the rows that cannot be imported, and imports the others. @default false */
  skipInvalid?: boolean;
  /** Reads and compares everything, and writes nothing. @default false */
  dryRun?: boolean;
  /** Hears how far it is, after each thousand rows. */
  onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  phase: 'reading' | 'comparing' | 'writing';
  done: number;
  /** Null while nobody knows. */
  total: number | null;
}

export interface ImportReport {
  /** Whether the ledger now has every row as it stands; of a dry run, whether it would. */
  ok: boolean;
  dryRun: boolean;
  name: string;
  rows: number;
  /** Accounts that got their opening balance now; of a dry run, that would. */
  imported: number;
  /** What they got together. */
  credits: Credits;
  /** Accounts that had it before. */
  unchanged: number;
  /** Rows that cannot be imported: unreadable, out of range, or of an account that stands there twice. */
  invalid: number;
  /** Rows of accounts that got another amount under this name before. */
  conflicts: number;
  /** The first 50 of both. */
  problems: RowProblem[];
}

/** Accounts that are looked up, or written, at a time: some batches of the ledger's writer, which commits 200 together. */
const PIECE = 1_000;

const REASON = 'Opening balance';

/** Refusals that are about one row, and no reason to stop the others. */
const CONFLICTS = new Set(['idempotency_key_reused', 'already_claimed', 'balance_limit_exceeded']);

interface Opening {
  account: string;
  credits: Credits;
  line: number;
}

/**
 * Pays each account its opening balance out of the house, once. Accounts are opened; a row of 0 only does that.
 *
 * Without `skipInvalid`, one row that cannot be imported keeps all from being written. Running it again changes nothing;
 * after it was cut, or with further rows, it writes what is missing. A changed amount is a conflict, never a payment.
 * Memory grows with the number of accounts.
 *
 * @param rows - In any order, each read once. See {@link BalanceRow}.
 * @throws {CreditsError} `invalid_request` — the name, or more than 1,000,000 rows; nothing was written
 * @throws {CreditsError} `balance_limit_exceeded` — more credits than a ledger can issue; nothing was written
 * @throws {CreditsError} `unavailable` — the database went away: run it again
 */
export async function importBalances(
  rows: AsyncIterable<BalanceRow> | Iterable<BalanceRow>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { ledger, database, skipInvalid = false, dryRun = false, onProgress = () => undefined } = options;
  const name = parseName(options.name ?? 'opening');
  const actor = `system:import:${name}`;
  const invalid = createProblems();
  const list = await readBalanceRows(rows, invalid, (done) => onProgress({ phase: 'reading', done, total: null }));
  onProgress({ phase: 'reading', done: list.rows, total: list.rows });

  const conflicts = createProblems();
  const openings: Opening[] = [];
  let unchanged = 0;
  for (const piece of toPieces(list.balances)) {
    const known = await coded(() =>
      readOpenings(
        database.pool,
        actor,
        piece.map(({ account }) => account),
      ),
    );
    for (const opening of piece) {
      const before = known.get(opening.account);
      if (before === undefined) openings.push(opening);
      else if (before === opening.credits) unchanged += 1;
      else conflicts.add(toConflict(opening, `got ${before} under the name "${name}" before, and is not paid again`));
    }
    const done = openings.length + unchanged + conflicts.count;
    onProgress({ phase: 'comparing', done, total: list.balances.size });
  }
  const credits = openings.reduce((sum, opening) => sum + opening.credits, 0);
  const isRefused = !skipInvalid && invalid.count + conflicts.count > 0;
  const { issued } = await ledger.circulation();
  if (!isRefused && credits > CREDITS_MAX - issued) {
    const message = `${credits} credits more than the ${issued} that are issued would exceed ${CREDITS_MAX}.`;
    throw new CreditsError('balance_limit_exceeded', message);
  }

  const written =
    dryRun || isRefused
      ? { imported: isRefused ? 0 : openings.length, credits: isRefused ? 0 : credits, unchanged: 0 }
      : await writeOpenings(openings, { ledger, database, actor, name, conflicts, onProgress });
  return {
    ok: invalid.count + conflicts.count === 0,
    dryRun,
    name,
    rows: list.rows,
    imported: written.imported,
    credits: written.credits,
    unchanged: unchanged + written.unchanged,
    invalid: invalid.count,
    conflicts: conflicts.count,
    problems: [...invalid.first, ...conflicts.first].slice(0, 50).toSorted((a, b) => a.line - b.line),
  };
}

interface Writing {
  ledger: Ledger;
  database: Database;
  actor: string;
  name: string;
  conflicts: Problems;
  onProgress: (progress: ImportProgress) => void;
}

async function writeOpenings(
  openings: readonly Opening[],
  { ledger, database, actor, name, conflicts, onProgress }: Writing,
): Promise<{ imported: number; credits: Credits; unchanged: number }> {
  let imported = 0;
  let credits = 0;
  let unchanged = 0;
  const open = ({ account, credits: amount }: Opening): Promise<Receipt> => {
    const command = { account, actor, reason: REASON, idempotencyKey: account, once: `import:${name}` };
    // An adjustment to nothing moves nothing and leaves a key: another amount later is then a conflict as well.
    if (amount === 0) return ledger.adjust({ ...command, available: 0, expectedVersion: 0 });
    return ledger.grant({ ...command, amount });
  };
  for (let start = 0; start < openings.length; start += PIECE) {
    const piece = openings.slice(start, start + PIECE);
    await coded(() =>
      openAccounts(
        database.pool,
        piece.map(({ account }) => account),
      ),
    );
    const outcomes = await Promise.allSettled(piece.map(open));
    for (const [index, outcome] of outcomes.entries()) {
      const opening = piece[index];
      assert(opening !== undefined, 'Each opening has one outcome.');
      if (outcome.status === 'fulfilled') {
        if (outcome.value.replayed) {
          unchanged += 1; // another import at the same time was quicker
        } else {
          imported += 1;
          credits += opening.credits;
        }
        continue;
      }
      const error: unknown = outcome.reason;
      if (!isCreditsError(error)) throw error;
      // An account that has a history already needs no nothing.
      if (error.code === 'version_conflict') unchanged += 1;
      else if (CONFLICTS.has(error.code)) conflicts.add(toConflict(opening, `was refused: ${error.message}`));
      else throw error;
    }
    onProgress({ phase: 'writing', done: start + piece.length, total: openings.length });
  }
  return { imported, credits, unchanged };
}

function toConflict({ account, credits, line }: Opening, what: string): RowProblem {
  return { line, account, message: `account ${account} with ${credits} credits ${what}.` };
}

function* toPieces(balances: ReadonlyMap<string, { credits: Credits; line: number }>): Generator<Opening[]> {
  let piece: Opening[] = [];
  for (const [account, { credits, line }] of balances) {
    piece.push({ account, credits, line });
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function parseName(name: unknown): string {
  if (typeof name === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(name)) return name;
  throw new CreditsError('invalid_request', 'name must be 1 to 64 characters of A-Z a-z 0-9 _ . -', {
    details: { field: 'name' },
  });
}

async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toCreditsError(error);
  }
}
