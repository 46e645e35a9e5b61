import type { Pool } from 'pg';
import type { Head, VerifyProgress, VerifyReport } from './ledger.ts';
import { HOUSE_ISSUED } from './intent.ts';
import { toInteger } from './rows.ts';
import {
  dropCheckpoints,
  PIECE,
  readAccounts,
  readEntryAccounts,
  readHashes,
  readHoldPiece,
  readHolds,
  readLostAccounts,
  readRanges,
  readSum,
  readTransferPiece,
  saveCheckpoints,
  type AccountRow,
  type HoldCheckRow,
  type Range,
} from './verify-read.ts';
import { BEGINNING, type Position } from './verify-row.ts';
import { nameHash, createWalk, type Issue, type Walk } from './verify-walk.ts';

/**
 * Recomputes what the ledger says from its entries, and names every difference (L-3, L-11). It trusts nothing that the
 * writer computed: balances from the sum of entries, versions from their count, hashes from what is written, holds from
 * what happened to them.
 *
 * Entries are read in pieces, and other work gets in between. What is written meanwhile does no harm: an account is read
 * first, then its entries up to there, which never change. Where an account was in order its checkpoint says so, and the
 * next run begins there; a full run believes no checkpoint, and also looks for what no entry leads to.
 */

/** Differences that one report names; the first ones say enough, and the run ends. */
const DIFFERENCES_MAX = 100;

/** Before all ids of ours. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export interface VerifyTask {
  pool: Pool;
  /** Null for all. */
  account: string | null;
  full: boolean;
  heads: readonly Head[];
  checkedAt: string;
  onProgress: (progress: VerifyProgress) => void;
  onWarning: (message: string, cause: unknown) => void;
}

/** An account under way. */
interface Check {
  row: AccountRow;
  walk: Walk;
  /** Nothing wrong so far. */
  clean: boolean;
  upTo: string;
}

export async function verifyLedger(task: VerifyTask): Promise<VerifyReport> {
  const { pool, account, full } = task;
  const differences: VerifyReport['differences'] = [];
  const counts = { accounts: 0, entries: 0, compared: 0, transfers: 0 };
  /** Whose checkpoints are not true any more. */
  const spoilt = new Set<string>();
  /** Whose checkpoints contradict what stands there: they stay, as the evidence. */
  const contradicted = new Set<string>();

  function report(id: string | null, issues: readonly Issue[]): void {
    for (const { version, column, message } of issues) {
      const sentence = id === null ? `In total ${message}.` : `Account ${id}: ${message}.`;
      if (differences.length < DIFFERENCES_MAX) differences.push({ account: id, version, column, message: sentence });
    }
  }
  const isOver = () => differences.length >= DIFFERENCES_MAX;

  function reportHolds(holds: readonly HoldCheckRow[]): void {
    for (const hold of holds) {
      const issues = compareHold(hold);
      if (issues.length === 0) continue;
      report(hold.account, issues);
      if (hold.account !== null) spoilt.add(hold.account);
    }
  }

  async function save(checks: readonly Check[]): Promise<void> {
    const sound = checks.filter(
      ({ row, clean, walk }) => clean && !walk.doubtful && !spoilt.has(row.id) && !contradicted.has(row.id),
    );
    try {
      await saveCheckpoints(
        pool,
        sound.map(({ row, walk }) => ({ account: row.id, ...walk.position })),
        task.checkedAt,
      );
    } catch (error) {
      task.onWarning('A verification could not note how far it came: the next one begins earlier.', error);
    }
  }

  /** Walks over all that is new of the accounts of a piece. */
  async function walkAll(checks: readonly Check[]): Promise<void> {
    const waiting = [...checks];
    const byId = new Map(checks.map((check) => [check.row.id, check]));
    while (waiting.length > 0 && !isOver()) {
      const ranges = takeRanges(waiting);
      const rows = await readRanges(pool, ranges);
      const holds = new Set<string>();
      const seen = new Map<string, number>();
      for (const row of rows) {
        const check = byId.get(row.account);
        if (check === undefined) continue;
        if (row.hold !== null && row.kind !== 'transfer') holds.add(row.hold);
        seen.set(row.account, (seen.get(row.account) ?? 0) + 1);
        note(check, check.walk.take(row));
      }
      counts.compared += rows.length;
      if (holds.size > 0) reportHolds(await readHolds(pool, [...holds]));
      const ended = ranges.flatMap(({ account: id }) => byId.get(id) ?? []);
      for (const check of ended) {
        if ((seen.get(check.row.id) ?? 0) < PIECE) finish(check);
        else waiting.unshift(check); // there is more of it
      }
      await save(ended);
      task.onProgress({ accounts: counts.accounts, entries: counts.compared });
    }
  }

  function note(check: Check, issues: readonly Issue[]): void {
    if (issues.length === 0) return;
    check.clean = false;
    report(check.row.id, issues);
    spoilt.add(check.row.id);
    if (check.walk.contradicted) contradicted.add(check.row.id);
  }

  function finish(check: Check): void {
    const { row, walk } = check;
    note(check, [...walk.finish(row.hash), ...compareAccount(row, walk.position)]);
    counts.entries += Number(walk.position.version);
    counts.transfers += walk.position.transfers;
  }

  async function checkAccounts(): Promise<void> {
    for (let after = ''; !isOver();) {
      const rows = await readAccounts(pool, { after, account, full });
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      counts.accounts += rows.length;
      const checks: Check[] = [];
      for (const row of rows) {
        if (row.same) {
          counts.entries += toInteger(row.version);
          counts.transfers += toInteger(row.c_transfers);
          continue;
        }
        checks.push(begin(row, full));
        const contradiction = contradict(row);
        if (contradiction.length > 0) contradicted.add(row.id);
        report(row.id, contradiction);
      }
      await walkAll(checks);
      task.onProgress({ accounts: counts.accounts, entries: counts.compared });
    }
  }

  /** What no entry leads to. */
  async function checkOrphans(): Promise<void> {
    for (let after = FIRST_ID; !isOver();) {
      const transfers = await readTransferPiece(pool, after);
      for (const { id, source, destination, debited, credited } of transfers) {
        if (!debited) report(source, [lost(`transfer ${id} has no entry on this side`)]);
        if (!credited) report(destination, [lost(`transfer ${id} has no entry on this side`)]);
      }
      after = transfers.at(-1)?.id ?? '';
      if (after === '') break;
    }
    for (let after = FIRST_ID; !isOver();) {
      const holds = await readHoldPiece(pool, after);
      reportHolds(holds.filter(({ last }) => last === null)); // the others were met with their entries
      after = holds.at(-1)?.id ?? '';
      if (after === '') break;
    }
    for (let after = ''; !isOver();) {
      const accounts = await readEntryAccounts(pool, after);
      for (const { id, known } of accounts) if (!known) report(id, [lost('has entries but does not exist')]);
      after = accounts.at(-1)?.id ?? '';
      if (after === '') break;
    }
  }

  await checkHeads(task, report);
  await checkAccounts();
  if (account === null) {
    for (const id of await readLostAccounts(pool))
      report(id, [lost('was verified before and does not exist any more')]);
    const sum = await readSum(pool);
    if (sum !== '0') report(null, [lost(`the balances of all accounts sum to ${sum} where they must sum to 0`)]);
    if (full) await checkOrphans();
  }
  const untrue = [...spoilt].filter((id) => !contradicted.has(id));
  if (untrue.length > 0) {
    await dropCheckpoints(pool, untrue).catch((error: unknown) =>
      task.onWarning('A verification could not take back what an earlier one had noted.', error),
    );
  }
  return {
    ok: differences.length === 0,
    full,
    accounts: counts.accounts,
    entries: counts.entries,
    compared: counts.compared,
    // Each has an entry on two of all accounts, and on one of one.
    transfers: account === null ? Math.round(counts.transfers / 2) : counts.transfers,
    differences,
    checkedAt: task.checkedAt,
  };
}

function lost(message: string): Issue {
  return { version: null, column: null, message };
}

/** Where the walk over an account begins: at its checkpoint, unless that contradicts the account or is not believed. */
function begin(row: AccountRow, full: boolean): Check {
  const upTo = BigInt(row.version) > BigInt(row.newest ?? 0) ? row.version : (row.newest ?? '0');
  const known = row.c_version === null ? null : { version: row.c_version, hash: row.c_hash };
  const position = full || contradict(row).length > 0 ? BEGINNING : toPosition(row);
  return { row, walk: createWalk(position, known), clean: contradict(row).length === 0, upTo };
}

function toPosition(row: AccountRow): Position {
  if (row.c_version === null) return BEGINNING;
  const { c_version: version, c_posted: posted, c_held: held, c_hash: hash, c_transfers: transfers } = row;
  return { version, posted, held, hash, transfers: toInteger(transfers) };
}

/** What cannot be, after what was found in order before. */
function contradict(row: AccountRow): Issue[] {
  if (row.c_version === null) return [];
  const [was, is] = [toInteger(row.c_version), BigInt(row.version)];
  if (is < BigInt(was)) {
    const message = `version is ${is}, it was ${was} when it was verified before: entries are gone`;
    return [{ version: was, column: 'credits_accounts.version', message }];
  }
  if (is > BigInt(was) || row.hash === row.c_hash) return [];
  const message = `version ${is} had the hash ${nameHash(row.c_hash)} when it was verified before, now ${nameHash(row.hash)}: history was written anew`;
  return [{ version: was, column: 'credits_accounts.hash', message }];
}

/** Takes as many accounts as make about one piece of entries; of the last one perhaps only the beginning. */
function takeRanges(waiting: Check[]): Range[] {
  const ranges: Range[] = [];
  let count = 0n;
  while (count < PIECE) {
    const check = waiting.shift();
    if (check === undefined) break;
    const { after } = check.walk;
    ranges.push({ account: check.row.id, after, upTo: check.upTo });
    count += BigInt(check.upTo) - BigInt(after);
  }
  return ranges;
}

/** Compares the row of an account with where its entries end. */
function compareAccount(row: AccountRow, entries: Position): Issue[] {
  const issues: Issue[] = [];
  const differ = (column: string, message: string) =>
    issues.push({ version: null, column: `credits_accounts.${column}`, message });
  if (row.version !== entries.version)
    differ('version', `version is ${row.version}, its entries say ${entries.version}`);
  if (row.posted !== entries.posted || row.held !== entries.held) {
    const is = `posted ${row.posted} held ${row.held}`;
    const column = row.posted === entries.posted ? 'held' : 'posted';
    differ(column, `balance is ${is}, its entries say posted ${entries.posted} held ${entries.held}`);
  }
  if (row.hash !== entries.hash)
    differ('hash', `hash is ${nameHash(row.hash)}, its newest entry says ${nameHash(entries.hash)}`);
  if (row.held !== (row.open ?? '0')) differ('held', `held is ${row.held}, its open holds say ${row.open ?? 0}`);
  const floor = row.id === HOUSE_ISSUED ? `${-Number.MAX_SAFE_INTEGER}` : '0';
  if (row.floor !== floor) differ('floor', `floor is ${row.floor}, it must be ${floor}`);
  const available = BigInt(row.posted) - BigInt(row.held);
  if (available < BigInt(floor)) differ('posted', `available is ${available}, below the floor of ${floor}`);
  return issues;
}

/** Compares the row of a hold with what its entries say happened to it. */
function compareHold(hold: HoldCheckRow): Issue[] {
  if (hold.account === null) return [lost(`hold ${hold.id} has entries but does not exist`)];
  if (hold.last === null) return [lost(`hold ${hold.id} has no entry that opened it`)];
  const issues: Issue[] = [];
  const expect = (column: string, is: string, says: string) => {
    if (is === says) return;
    const message = `hold ${hold.id}: ${column} is ${is}, its entries say ${says}`;
    issues.push({ version: null, column: `credits_holds.${column}`, message });
  };
  const remaining = BigInt(hold.opened) - BigInt(hold.posted) - BigInt(hold.released);
  expect('amount', hold.amount, hold.opened);
  expect('remaining', hold.remaining, `${remaining}`);
  const final = { post: 'posted', void: 'voided', expire: 'expired' }[hold.last] ?? 'open';
  expect('state', hold.state, remaining === 0n ? final : hold.posted === '0' ? 'open' : 'partly_posted');
  return issues;
}

/** Compares what was written down elsewhere with what stands there now. */
async function checkHeads(
  { pool, heads, account }: VerifyTask,
  report: (id: string, issues: readonly Issue[]) => void,
): Promise<void> {
  const own = heads.filter((head) => account === null || head.account === account);
  for (let from = 0; from < own.length; from += PIECE) {
    const piece = own.slice(from, from + PIECE);
    const hashes = await readHashes(pool, piece);
    for (const [index, { account: id, version, hash }] of piece.entries()) {
      const is = hashes[index] ?? null;
      if (is === hash) continue;
      const message =
        is === null
          ? `version ${version} is gone, its hash was written down as ${nameHash(hash)}`
          : `version ${version} has the hash ${nameHash(is)}, written down was ${nameHash(hash)}: history was written anew`;
      report(id, [{ version, column: is === null ? null : 'credits_entries.hash', message }]);
    }
  }
}
