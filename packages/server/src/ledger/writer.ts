import type { Clock } from '../clock.ts';
import { CreditsError } from 'realtime-credits/contract';
import type { Receipt } from './commands.ts';
import { traceWork, type CreditsTracer } from './observer.ts';
import type { Intent } from './rules/command-table.ts';
import type { Outcome } from './rules/decide.ts';
import type { LedgerStorage } from './storage.ts';

/** Commands of one transaction. Beyond this, measurement showed longer waits and no more throughput. */
const BATCH_MAX = 200;

/** Commands that may wait. At 10,000 per second, the last one waits a second; beyond that callers get `unavailable`. */
const QUEUE_MAX = 10_000;

/** Attempts at one batch before it is split or fails. */
const ATTEMPTS_MAX = 4;

export interface WriterOptions {
  storage: LedgerStorage;
  clock: Pick<Clock, 'wallMs'>;
  /** Called with the accounts that changed, right after their commit. */
  onCommit: (accounts: readonly string[]) => void;
  tracer?: CreditsTracer | undefined;
}

interface Waiting {
  intent: Intent;
  /** Where in a trace the command was submitted. */
  caller: unknown;
  resolve: (receipt: Receipt | null) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: commands queue here, and each batch takes what has collected while the one before was running. An idle
 * writer starts on the next turn of the event loop, so a single caller waits for nobody.
 *
 * A batch is atomic. After a conflict it is read and decided again. When it keeps failing it is split, so one command
 * that cannot be written fails alone. Repeating is safe, also after a lost connection: keys are idempotent.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #queue: Waiting[] = [];
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /**
   * Carries an intent out in one of the next batches. Upkeep resolves to null.
   *
   * @throws {CreditsError} what the rules refuse; `unavailable` — closed, too many commands wait, or the database does
   * not accept changes
   */
  submit(intent: Intent): Promise<Receipt | null> {
    if (this.#isClosed) return Promise.reject(new CreditsError('unavailable', 'The ledger is closed.'));
    if (this.#queue.length >= QUEUE_MAX) {
      const message = `More than ${QUEUE_MAX} commands are waiting. Try again shortly.`;
      return Promise.reject(new CreditsError('unavailable', message, { details: { retryAfterMs: 1_000 } }));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ intent, caller: this.#options.tracer?.current(), resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Intents that wait for a batch. */
  get length(): number {
    return this.#queue.length;
  }

  /** Finishes what was submitted, and refuses anything further. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0, BATCH_MAX));
    this.#running = null;
  }

  /** Commits a batch and settles its callers. Never throws. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    const { storage, clock, onCommit, tracer } = this.#options;
    const intents = batch.map(({ intent }) => intent);
    const span = {
      name: 'ledger.batch',
      attributes: { 'credits.batch.commands': batch.length },
      callers: batch.map(({ caller }) => caller),
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { outcomes, accounts } = await traceWork(tracer, span, () =>
          storage.executeBatch(intents, { nowMs: clock.wallMs() }),
        );
        if (accounts.length > 0) onCommit(accounts);
        for (const [index, waiting] of batch.entries()) settle(waiting, outcomes[index]);
        return;
      } catch (error) {
        const errorClass = storage.classifyError(error);
        const isRepeatable = errorClass === 'conflict' || errorClass === 'connection_lost';
        if (isRepeatable && attempt < ATTEMPTS_MAX) continue;
        // One bad command must not fail its neighbours. Without a database, all of them fail alike.
        const isDown = errorClass === 'connection_lost' || errorClass === 'unavailable';
        if (batch.length === 1 || isDown) {
          const coded = storage.toCreditsError(error);
          for (const { reject } of batch) reject(coded);
          return;
        }
        const half = Math.ceil(batch.length / 2);
        await this.#commit(batch.slice(0, half));
        await this.#commit(batch.slice(half));
        return;
      }
    }
  }
}

function settle({ resolve, reject }: Waiting, outcome: Outcome | undefined): void {
  if (outcome === undefined) reject(new Error('The storage did not decide the command.'));
  else if ('error' in outcome) reject(outcome.error);
  else resolve(outcome.receipt);
}
