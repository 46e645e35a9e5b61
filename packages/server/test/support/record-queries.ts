import type { SqlPool, SqlQuery } from '../../src/ledger/postgres/database.ts';

/** The same pool, which notes every query of itself and of its clients. */
export function recordQueries(pool: SqlPool, note: (query: SqlQuery) => void): SqlPool {
  const record = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(inner, property) {
        const value: unknown = Reflect.get(inner, property, inner);
        if (typeof value !== 'function') return value;
        return (...values: unknown[]) => {
          if (property === 'query') note(values[0] as SqlQuery);
          const result: unknown = value.apply(inner, values);
          return property === 'connect' ? (result as Promise<Target>).then(record) : result;
        };
      },
    });
  return record(pool);
}
