import type { Receipt } from '../../src/ledger/commands.ts';
import type { LoadCommand, LoadWord } from './load.ts';

/** The transfer that a receipt names. */
export function transferOf(receipt: Receipt): string | null {
  return 'transfer' in receipt ? (receipt.transfer?.id ?? null) : null;
}

/** The hold that a receipt names. */
export function holdOf(receipt: Receipt): string | null {
  return 'hold' in receipt ? receipt.hold.id : null;
}

/** What is known of one key: only an acknowledgement obliges the ledger to anything. */
export interface Attempt {
  command: LoadCommand;
  /** The first answer, as if it was never replayed. */
  receipt: Receipt | null;
  /** Times it was asked and no response arrived. */
  unanswered: number;
}

/** What a load said about one database, from its first command on: what a check holds against the database. */
export interface Record {
  readonly attempts: Map<string, Attempt>;
  /** Differences between answers to one key. */
  readonly mismatches: string[];
  /** Takes down one word. */
  add(word: LoadWord): void;
  /** Takes down an answer. */
  acknowledge(key: string, receipt: Receipt): void;
}

/** @param known - What another record knows, to go on from there. */
export function createRecord(known: Iterable<readonly [string, Attempt]> = []): Record {
  const attempts = new Map(known);
  const mismatches: string[] = [];

  function acknowledge(key: string, receipt: Receipt): void {
    const attempt = attempts.get(key);
    if (attempt === undefined) {
      mismatches.push(`${key} was answered, and never asked`);
      return;
    }
    attempt.unanswered -= 1;
    const first = { ...receipt, replayed: false };
    if (attempt.receipt === null) {
      attempt.receipt = first;
    } else if (JSON.stringify(attempt.receipt) !== JSON.stringify(first)) {
      mismatches.push(`${key} was answered ${JSON.stringify(attempt.receipt)}, and then ${JSON.stringify(first)}`);
    }
  }

  return Object.freeze({
    attempts,
    mismatches,
    add(word: LoadWord): void {
      if (word.word === 'asked') {
        attempts.set(word.command.idempotencyKey, { command: word.command, receipt: null, unanswered: word.times });
      } else if (word.word === 'acknowledged') {
        acknowledge(word.key, word.receipt);
      } else if (word.word === 'forgotten') {
        attempts.delete(word.key);
      } else if (word.word === 'refused') {
        const attempt = attempts.get(word.key);
        if (attempt === undefined) return;
        attempt.unanswered -= 1;
        // A refused command leaves no key. Asked twice at once, it may be refused once and accepted once.
        if (attempt.unanswered === 0 && attempt.receipt === null) attempts.delete(word.key);
      }
    },
    acknowledge,
  });
}
