import type { PoolClient } from 'pg';
import type { Database } from '../../src/ledger/postgres/database.ts';

/** A database whose connection is cut, for real and by the server, around one statement. */
export interface CuttingDatabase {
  database: Database;
  /** Cuts the connection that runs the next statement whose text matches. Resolves when that has happened. */
  cut(statement: RegExp, when: 'before' | 'after'): Promise<void>;
}

/** @param administer - A client that stays: what ends the others. */
export function createCuttingDatabase(
  database: Database,
  administer: (sql: string, values: unknown[]) => Promise<unknown>,
): CuttingDatabase {
  let armed: { statement: RegExp; when: 'before' | 'after'; happened: () => void } | null = null;

  function wrap(client: PoolClient): PoolClient {
    const terminate = async (): Promise<void> => {
      await administer('SELECT pg_terminate_backend($1, 5000)', [Reflect.get(client, 'processID')]);
    };
    return new Proxy(client, {
      get(target, property) {
        // One statement after the other: each is between two moments.
        if (property === 'pipeline') return false;
        const value: unknown = Reflect.get(target, property, target);
        if (property !== 'query' || typeof value !== 'function') {
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return async (query: string | { text: string }, ...rest: unknown[]) => {
          const text = typeof query === 'string' ? query : query.text;
          if (armed === null || !armed.statement.test(text)) return await value.call(target, query, ...rest);
          const { when, happened } = armed;
          armed = null;
          if (when === 'before') await terminate();
          const answer: unknown = await value.call(target, query, ...rest).finally(happened);
          await terminate();
          // As if the answer had been on its way when the line went dead.
          throw Object.assign(new Error('Connection terminated unexpectedly'), { answer });
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
    cut: (statement, when) =>
      new Promise((resolve) => {
        armed = { statement, when, happened: resolve };
      }),
  };
}
