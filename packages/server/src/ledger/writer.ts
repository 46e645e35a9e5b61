import { CreditsError } from 'realtime-credits/contract';
import { commitInParts } from './batch-parts.ts';
import { readBatch } from './batch-read.ts';
import type { Receipt } from './command.ts';
import type { Database } from './database.ts';
import type { Outcome } from './decide.ts';
import { giveBack } from './give-back.ts';
import type { Intent } from './intent.ts';
import { isConflict, isConnectionFailure, isPoolExhausted, isReadOnly, toCreditsError } from './sql-error.ts';

/**
 * Group commit: callers' commands queue here, and one batch at a time takes what has collected while the one before was
 * under way. An idle writer starts on the next turn of the event loop, so a lone caller waits for nobody.
 *
 * A batch is atomic. When it meets a batch of another process it is read and decided again; when it keeps failing it is
 * split, so that one command that cannot be written fails alone. Repeating is safe, also after a lost connection: the
 * keys of what was committed answer for themselves (L-6).
 */

/** Commands of one transaction. Measured: beyond this, waiting grows and throughput does not. */
const BATCH_MAX = 200;

/** Commands that may wait. At 10,000 a second this is one second of patience; beyond it, callers hear `unavailable`. */
const QUEUE_MAX = 10_000;

/** Callers that hear their answers before anything else is looked at: about a millisecond of their work. */
const ANSWERS_AT_ONCE = 32;

/** Attempts at one batch before it is split, or fails. */
const ATTEMPTS_MAX = 4;

export interface Writer {
  /** Queues a command; resolves with its receipt once it is committed. Upkeep resolves with null. */
  submit(intent: Intent): Promise<Receipt | null>;
  /** Refuses new commands and waits for those under way. */
  close(): Promise<void>;
}

export interface WriterOptions {
  database: Database;
  clock: () => number;
  /** Names the ledger on the hint channel, and this process on it. */
  notify: { channel: string; sender: string } | null;
  /** Hears which accounts changed, right after their commit. */
  onCommit: (accounts: readonly string[]) => void;
}

interface Waiting {
  intent: Intent;
  resolve: (receipt: Receipt | null) => void;
  reject: (error: unknown) => void;
}

export function createWriter({ database, clock, notify, onCommit }: WriterOptions): Writer {
  const queue: Waiting[] = [];
  /** For callers whose batch is committed, oldest first. */
  const answers: (() => void)[] = [];
  let isAnswering = false;
  let running: Promise<void> | null = null;
  let closed = false;

  async function run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const committing = commit(queue.splice(0, BATCH_MAX));
      // What callers do with their answers, and the commands that they send next, takes as long as the database takes to
      // lock and read: they get the time in which this process would wait.
      if (answers.length > 0 && !isAnswering) setImmediate(answerSome);
      isAnswering = answers.length > 0;
      answers.push(...(await committing));
    }
    running = null;
    for (const answer of answers.splice(0)) answer();
  }

  /** A few at a time: what the database says meanwhile is heard in between, and it never waits for callers. */
  function answerSome(): void {
    for (const answer of answers.splice(0, ANSWERS_AT_ONCE)) answer();
    isAnswering = answers.length > 0;
    if (isAnswering) setImmediate(answerSome);
  }

  /** Commits a batch, whatever it takes. Returns what answers each caller in it; never throws. */
  async function commit(batch: readonly Waiting[]): Promise<(() => void)[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcomes = await attemptBatch(batch.map(({ intent }) => intent));
        return batch.map(({ resolve, reject }, index) => () => {
          const outcome = outcomes[index];
          if (outcome === undefined) reject(new Error('A command was not decided.'));
          else if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.receipt);
        });
      } catch (error) {
        const repeatable = isConflict(error) || isConnectionFailure(error);
        if (repeatable && attempt < ATTEMPTS_MAX) continue;
        // One bad command is no reason to refuse its neighbours; a database that is away is.
        const away = isConnectionFailure(error) || isPoolExhausted(error) || isReadOnly(error);
        if (batch.length > 1 && !away) {
          const half = Math.ceil(batch.length / 2);
          return [...(await commit(batch.slice(0, half))), ...(await commit(batch.slice(half)))];
        }
        const coded = toCreditsError(error);
        return batch.map(
          ({ reject }) =>
            () =>
              reject(coded),
        );
      }
    }
  }

  async function attemptBatch(intents: readonly Intent[]): Promise<Outcome[]> {
    const client = await database.pool.connect();
    let ended = false;
    try {
      const nowMs = clock();
      const state = await readBatch(client, intents, nowMs);
      const { outcomes, accounts } = await commitInParts(client, intents, { state, nowMs, notify });
      ended = true;
      if (accounts.length > 0) onCommit(accounts);
      return outcomes;
    } finally {
      await giveBack(client, ended);
    }
  }

  return Object.freeze({
    submit(intent: Intent): Promise<Receipt | null> {
      if (closed) return Promise.reject(new CreditsError('unavailable', 'The ledger is closed.'));
      if (queue.length >= QUEUE_MAX) {
        return Promise.reject(
          new CreditsError('unavailable', `More than ${QUEUE_MAX} commands are waiting: try again shortly.`, {
            details: { retryAfterMs: 1_000 },
          }),
        );
      }
      return new Promise((resolve, reject) => {
        queue.push({ intent, resolve, reject });
        running ??= run();
      });
    },
    async close(): Promise<void> {
      closed = true;
      await running;
    },
  });
}
