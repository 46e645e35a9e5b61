import { hashRow } from './chain-row.ts';
import { CHAIN_START, type ChainHash } from './chain.ts';
import { findRepair } from './verify-repair.ts';
import { computeAfter, type Position, type WalkRow } from './verify-row.ts';

/**
 * Walks over the entries of one account, oldest first, and names whatever does not follow from what came before. Keeps
 * only the last entry in mind, so that a history of any length costs the same memory.
 */

/** Something that is not as it was written. */
export interface Issue {
  version: number | null;
  /** Table and column, where that can be told. */
  column: string | null;
  message: string;
}

export interface Walk {
  readonly position: Position;
  /** The version to read on from. At first the one before what is known, so as to see that it still stands there. */
  readonly after: string;
  /** Whether history is another one than was found in order before. */
  readonly contradicted: boolean;
  /** Takes the next entry. What is wrong with it may come out with the next one, or at the end. */
  take(row: WalkRow): Issue[];
  /** Whether the last entry's own hash is in doubt, which only what follows can settle. */
  readonly doubtful: boolean;
  /** Settles the doubt by the head of the account. */
  finish(head: ChainHash): Issue[];
}

/**
 * @param from - What is known to be in order.
 * @param known - The hash that was at a version when it was found in order before: what came before it cannot have changed
 *   unless it changed too.
 */
export function createWalk(from: Position, known: { version: string; hash: ChainHash } | null): Walk {
  let last = from;
  let after = known?.version === from.version ? `${BigInt(from.version) - 1n}` : from.version;
  let contradicted = false;
  /** An entry whose hash is not what its content makes: one of the two was changed. */
  let doubt: { version: string; stored: ChainHash; computed: ChainHash; issue: Issue } | null = null;

  function settle(isHashWrong: boolean): Issue[] {
    if (doubt === null) return [];
    const { version, stored, computed, issue } = doubt;
    doubt = null;
    if (!isHashWrong) return [issue];
    const message = `version ${version}: its hash is ${nameHash(stored)}, it was written as ${nameHash(computed)}`;
    return [{ version: Number(version), column: 'credits_entries.hash', message }];
  }

  function take(row: WalkRow): Issue[] {
    const isKnown = row.version === from.version;
    after = row.version;
    const issues = isKnown ? [] : follow(row);
    if (known === null || row.version !== known.version || row.hash === known.hash) return issues;
    contradicted = true;
    const message = `version ${row.version} had the hash ${nameHash(known.hash)} when it was verified before, now ${nameHash(row.hash)}: history was written anew`;
    issues.push({ version: Number(row.version), column: 'credits_entries.hash', message });
    return issues;
  }

  function follow(row: WalkRow): Issue[] {
    const version = Number(row.version);
    const issues: Issue[] = [];
    if (doubt !== null) {
      const { computed } = doubt;
      const isHashWrong = hashRow(computed, row) === row.hash;
      if (isHashWrong) last = { ...last, hash: computed };
      issues.push(...settle(isHashWrong));
    }
    const next = Number(last.version) + 1;
    const repair = hashRow(last.hash, row) === row.hash ? null : findRepair(last, row);
    // An entry at a version that is not its own is not a gap as well.
    const isMoved = repair?.changes.some(({ column }) => column === 'credits_entries.version') === true;
    const isGap = version !== next && !isMoved;
    if (isGap) {
      const range = next === version - 1 ? `version ${next} is` : `versions ${next} to ${version - 1} are`;
      issues.push({ version: next, column: null, message: `${range} missing: the next entry is version ${version}` });
    }
    const written = repair === null ? row : repair.row;
    if (repair === null) {
      issues.push(...compare(last, row, isGap));
      // After a gap the hash before this entry is gone: it can only be believed.
      if (!isGap && hashRow(last.hash, row) !== row.hash) doubt = toDoubt(last, row);
    } else {
      for (const { column, is, was } of repair.changes) {
        const message = `version ${version}: ${column} is ${quote(is)}, it was written as ${quote(was)}`;
        issues.push({ version, column, message });
      }
    }
    last = {
      version: written.version,
      posted: written.posted_after,
      held: written.held_after,
      hash: row.hash,
      transfers: last.transfers + (row.transfer === null ? 0 : 1),
    };
    return issues;
  }

  return {
    get position() {
      return last;
    },
    get after() {
      return after;
    },
    get contradicted() {
      return contradicted;
    },
    get doubtful() {
      return doubt !== null;
    },
    take,
    finish: (head) => settle(doubt !== null && head === doubt.computed),
  };
}

function toDoubt(last: Position, row: WalkRow) {
  const { version, hash: stored, transfer, kind } = row;
  const about =
    transfer !== null ? ` or of its transfer ${transfer}` : kind === 'hold' ? ` or of its hold ${row.hold}` : '';
  const computed = hashRow(last.hash, row);
  const message = `version ${version}: a column of the entry${about} was changed: what they say makes the hash ${nameHash(computed)}, written was ${nameHash(stored)}`;
  return { version, stored, computed, issue: { version: Number(version), column: null, message } };
}

/** Compares an entry with the one before it, its transfer, the other side, and the answer under its key. */
function compare(last: Position, row: WalkRow, isGap: boolean): Issue[] {
  const version = Number(row.version);
  const issues: Issue[] = [];
  const expect = (column: string, is: string | null, source: string, says: string | null) => {
    if (is === says) return;
    const message = `version ${version}: ${column} is ${quote(is)}, ${source} says ${quote(says)}`;
    issues.push({ version, column: `credits_entries.${column}`, message });
  };
  if (!isGap) {
    expect('posted_before', row.posted_before, 'the entry before', last.posted);
    expect('held_before', row.held_before, 'the entry before', last.held);
  }
  const after = computeAfter(row);
  expect('posted_after', row.posted_after, 'its amount', after.posted);
  expect('held_after', row.held_after, 'its amount', after.held);
  if (row.transfer !== null) {
    const transfer = `its transfer ${row.transfer}`;
    if (row.t_id === null)
      issues.push({ version, column: null, message: `version ${version}: ${transfer} is missing` });
    else {
      const isDebit = row.direction === 'debit';
      expect('account', row.account, transfer, isDebit ? row.t_source : row.t_destination);
      expect('version', row.version, transfer, isDebit ? row.t_source_version : row.t_destination_version);
      expect('amount', row.amount, transfer, row.t_amount);
      expect('hold', row.hold, transfer, row.t_hold);
      expect('created_at', row.created_at, transfer, row.t_created_at);
      expect('kind', row.kind, transfer, isDebit && row.t_kind === 'post' ? 'post' : 'transfer');
      if (row.other !== row.t_id) {
        const [account, at] = isDebit
          ? [row.t_destination, row.t_destination_version]
          : [row.t_source, row.t_source_version];
        const message = `version ${version}: the other entry of ${transfer}, version ${at} of ${account}, is missing`;
        issues.push({ version, column: null, message });
      }
    }
  }
  if (row.operation === null) return issues;
  if (row.answer_account === null) {
    const message = `version ${version}: no answer is kept under its key ${row.operation}, which could be used again`;
    issues.push({ version, column: null, message });
    return issues;
  }
  const answer = `the answer kept under its key ${row.operation}`;
  expect('transfer', row.transfer, answer, row.answer_transfer);
  expect('hold', row.hold, answer, row.answer_hold);
  if (row.answer_account !== row.account) return issues;
  expect('version', row.version, answer, row.answer_version);
  expect('posted_after', row.posted_after, answer, row.answer_posted);
  expect('held_after', row.held_after, answer, row.answer_held);
  return issues;
}

function quote(value: string | null): string {
  return value ?? 'nothing';
}

/** A hash as a sentence has it. */
export function nameHash(hash: ChainHash): string {
  return hash === CHAIN_START ? 'nothing' : hash;
}
