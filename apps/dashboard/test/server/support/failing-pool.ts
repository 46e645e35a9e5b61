import type { Database } from 'realtime-credits-server';

/** A database that fails on order, as a server that is away or a full disk makes it fail. */
export interface FailingDatabase {
  database: Database;
  /** From now on these fail: everything, or only what changes something. Null: it works again. */
  fail(what: 'everything' | 'changes' | null): void;
}

const AWAY = () =>
  Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), { code: 'ECONNREFUSED', syscall: 'connect' });
const READ_ONLY = () =>
  Object.assign(new Error('cannot execute INSERT in a read-only transaction'), { code: '25006', severity: 'ERROR' });

const CHANGES = /^\s*(?:insert|update|delete|with[^]*(?:insert|update|delete))/i;

export function createFailingDatabase(database: Database): FailingDatabase {
  let failing: 'everything' | 'changes' | null = null;

  function failureOf(query: unknown): Error | null {
    if (failing === 'everything') return AWAY();
    const text = typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? '');
    return failing === 'changes' && CHANGES.test(text) ? READ_ONLY() : null;
  }

  function wrap<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get(wrapped, property) {
        const value: unknown = Reflect.get(wrapped, property, wrapped);
        if (typeof value !== 'function') return value;
        if (property === 'query') {
          return (...parts: unknown[]): unknown => {
            const error = failureOf(parts[0]);
            return error === null ? Reflect.apply(value, wrapped, parts) : Promise.reject(error);
          };
        }
        if (property === 'connect') {
          return async () => {
            if (failing === 'everything') throw AWAY();
            return wrap((await Reflect.apply(value, wrapped, [])) as object);
          };
        }
        return value.bind(wrapped) as unknown;
      },
    });
  }

  return {
    database: { ...database, pool: wrap(database.pool) },
    fail: (what) => {
      failing = what;
    },
  };
}
