import type { PoolClient } from 'pg';
import type { Database } from '../../src/ledger/database.ts';

/** A database that fails on order. */
export interface FaultyDatabase {
  database: Database;
  /**
   * The next statement whose name or text begins so is executed, then fails. Resolves when that has happened.
   * @param code - SQLSTATE of the failure; without one it is a failure that nobody expects.
   */
  failAfter(statement: string, code?: string): Promise<void>;
  /** The next statement whose name begins so is replaced by one that the database refuses in the middle of its work. */
  failWithin(statement: string): void;
  /** From now on nothing is executed. */
  failAlways(code?: string): void;
  heal(): void;
}

export function createFaultyDatabase(database: Database): FaultyDatabase {
  let armed: { statement: string; code: string | undefined; happened: () => void } | null = null;
  let replaced: string | null = null;
  let dead: { code: string | undefined } | null = null;

  function failure(code?: string): Error {
    return Object.assign(new Error('An injected failure.'), code === undefined ? {} : { code });
  }

  function wrap(client: PoolClient): PoolClient {
    return new Proxy(client, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property, target);
        if (property !== 'query' || typeof value !== 'function') {
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return async (query: string | { name: string }, ...rest: unknown[]) => {
          const name = typeof query === 'string' ? query : query.name;
          if (dead !== null && name !== 'ROLLBACK') throw failure(dead.code);
          if (replaced !== null && name.startsWith(replaced)) {
            replaced = null;
            return await value.call(target, 'SELECT 1 / (random() * 0)::int');
          }
          const answer: unknown = await value.call(target, query, ...rest);
          if (armed === null || !name.startsWith(armed.statement)) return answer;
          const { code, happened } = armed;
          armed = null;
          happened();
          throw failure(code);
        };
      },
    });
  }

  return {
    database: {
      ...database,
      pool: new Proxy(database.pool, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property, target);
          if (property === 'connect') return async () => wrap(await target.connect());
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    },
    failAfter(statement, code) {
      return new Promise((resolve) => {
        armed = { statement, code, happened: resolve };
      });
    },
    failWithin(statement) {
      replaced = statement;
    },
    failAlways(code) {
      dead = { code };
    },
    heal() {
      dead = null;
    },
  };
}
