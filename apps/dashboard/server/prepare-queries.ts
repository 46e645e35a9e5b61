import { createHash } from 'node:crypto';
import type { Pool, QueryConfig } from 'pg';

/** Texts that are made from values would fill the memory of the connection. */
const NAMES_MAX = 500;

/**
 * The same pool, whose queries are prepared once: an embedded Postgres spends two thirds of a short query on reading its text.
 * Not for pools of a server: a pooler in front of it may lose what was prepared.
 */
export function prepareQueries(pool: Pool): Pool {
  const names = new Map<string, string>();

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= NAMES_MAX) return known;
    const name = `dashboard_${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
    names.set(text, name);
    return name;
  }

  return new Proxy(pool, {
    get(target, key) {
      if (key !== 'query') {
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (query: string | QueryConfig, values?: unknown[], ...rest: unknown[]) => {
        const name = typeof query === 'string' && values !== undefined ? nameOf(query) : undefined;
        const send = target.query.bind(target) as (...given: unknown[]) => unknown;
        return name === undefined || typeof query !== 'string'
          ? send(query, values, ...rest)
          : send({ name, text: query, values }, undefined, ...rest);
      };
    },
  });
}
