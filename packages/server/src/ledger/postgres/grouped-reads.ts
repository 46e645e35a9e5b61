import { isCreditsError } from 'realtime-credits/contract';
import { codeOf, isConnectionFailure, isRefusal } from './sql-error.ts';

/** Reads of one query. Larger groups hold up commands on a database with one connection. */
const GROUP_MAX = 200;

/**
 * Turns of the event loop that may pass before a query is sent, as long as each brings another read. Node accepts one new
 * connection per turn, and an embedded database takes a turn for each query: a thousand streams that open at once would
 * otherwise be a thousand queries.
 */
const TURNS_MAX = 32;

/** A statement that took too long: the read that made it slow must not fail the others. */
const STATEMENT_TIMEOUT = '57014';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
    while (this.#queue.length > 0) {
      await this.#collect();
      await this.#answer(this.#queue.splice(0, GROUP_MAX));
    }
    this.#isRunning = false;
  }

  /** A read that comes alone waits for the end of its turn only. */
  async #collect(): Promise<void> {
    let known = 0;
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      if (this.#queue.length === known || this.#queue.length >= GROUP_MAX) return;
      known = this.#queue.length;
      await nextTurn();
    }
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
