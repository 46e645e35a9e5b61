import { CreditsError } from '../contract/error.ts';
import { readBatch } from './batch-read.ts';
import { writeBatch } from './batch-write.ts';
import type { Receipt } from './command.ts';
import type { Database } from './database.ts';
import { decide, type Outcome } from './decide.ts';
import { giveBack } from './give-back.ts';
import { toPayloads } from './hint.ts';
import { createId } from './id.ts';
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
  let running: Promise<void> | null = null;
  let closed = false;

  async function run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    let answer: () => void = () => undefined;
    while (queue.length > 0) {
      const committing = commit(queue.splice(0, BATCH_MAX));
      // What callers do with their answers, and the commands that they send next, take as long as the database takes to
      // lock and read: they get the time in which this process would wait.
      setImmediate(answer);
      answer = await committing;
    }
    running = null;
    answer();
  }

  /** Commits a batch, whatever it takes. Returns what answers every caller in it; never throws. */
  async function commit(batch: readonly Waiting[]): Promise<() => void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcomes = await attemptBatch(batch.map(({ intent }) => intent));
        return () => {
          for (const [index, { resolve, reject }] of batch.entries()) {
            const outcome = outcomes[index];
            if (outcome === undefined) reject(new Error('A command was not decided.'));
            else if ('error' in outcome) reject(outcome.error);
            else resolve(outcome.receipt);
          }
        };
      } catch (error) {
        const repeatable = isConflict(error) || isConnectionFailure(error);
        if (repeatable && attempt < ATTEMPTS_MAX) continue;
        // One bad command is no reason to refuse its neighbours; a database that is away is.
        const away = isConnectionFailure(error) || isPoolExhausted(error) || isReadOnly(error);
        if (batch.length > 1 && !away) {
          const half = Math.ceil(batch.length / 2);
          const answers = [await commit(batch.slice(0, half)), await commit(batch.slice(half))];
          return () => answers.forEach((answer) => answer());
        }
        const coded = toCreditsError(error);
        return () => batch.forEach(({ reject }) => reject(coded));
      }
    }
  }

  async function attemptBatch(intents: readonly Intent[]): Promise<Outcome[]> {
    const client = await database.pool.connect();
    let ended = false;
    try {
      const nowMs = clock();
      const state = await readBatch(client, intents, nowMs);
      const { outcomes, changes } = decide(intents, state, { nowMs, createId: () => createId(nowMs) });
      const accounts = [...changes.accounts];
      if (accounts.length > 0 || changes.operations.length > 0) {
        const now = new Date(nowMs).toISOString();
        const hint =
          notify === null ? null : { channel: notify.channel, payloads: toPayloads(notify.sender, accounts) };
        await writeBatch(client, { changes, state, now, notify: hint, end: 'COMMIT' });
      } else {
        await client.query('ROLLBACK');
      }
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
