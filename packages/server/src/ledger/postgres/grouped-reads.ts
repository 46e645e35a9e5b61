import { isCreditsError } from 'realtime-credits/contract';
import { codeOf, isConnectionFailure, isRefusal } from './sql-error.ts';

/** Reads of one query. Larger groups hold up commands on a database with one connection. */
const GROUP_MAX = 200;

/** A statement that took too long: the read that made it slow must not fail the others. */
const STATEMENT_TIMEOUT = '57014';

interface Waiting<Query, Result> {
  query: Query;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Combines reads into one query, as the writer combines commands into one commit: reads queue here, and each query takes
 * what has collected while the one before was running. A read is never part of a query that began before it, so it sees
 * every commit that was acknowledged before the read.
 *
 * A query that fails is split, so a read that cannot be answered fails alone. Without a database, all of them fail alike.
 */
export class GroupedReads<Query, Result> {
  readonly #readAll: (queries: readonly Query[]) => Promise<readonly Result[]>;
  readonly #queue: Waiting<Query, Result>[] = [];
  #isRunning = false;

  /** @param readAll - Sends one query. Its results are in the order of the reads. */
  constructor(readAll: (queries: readonly Query[]) => Promise<readonly Result[]>) {
    this.#readAll = readAll;
  }

  read(query: Query): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ query, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#answer(this.#queue.splice(0, GROUP_MAX));
    this.#isRunning = false;
  }

  /** Settles a group. Never throws. */
  async #answer(group: readonly Waiting<Query, Result>[]): Promise<void> {
    try {
      const results = await this.#readAll(group.map(({ query }) => query));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      const isDown =
        isCreditsError(error) ||
        isConnectionFailure(error) ||
        (isRefusal(error) && codeOf(error) !== STATEMENT_TIMEOUT);
      if (group.length === 1 || isDown) {
        for (const { reject } of group) reject(error);
        return;
      }
      const half = Math.ceil(group.length / 2);
      await this.#answer(group.slice(0, half));
      await this.#answer(group.slice(half));
    }
  }
}
