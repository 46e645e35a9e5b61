import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openEmbedded } from '../../src/embedded.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { administer } from './administer.ts';

/** An embedded database in memory. */
export function openEmbeddedDatabase(): Promise<Database> {
  return openEmbedded({ memory: true });
}

export interface PostgresDatabase {
  url: string;
  /** Call it after everything that uses the database was closed. */
  drop(): Promise<void>;
}

/** A new database on the run's Postgres server. Only in `*.pg.test.ts`, which is what starts the server. */
export async function createPostgresDatabase(): Promise<PostgresDatabase> {
  const url = inject('postgresUrl');
  const name = `credits_test_${randomBytes(6).toString('hex')}`;
  await administer(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => administer(url, `DROP DATABASE ${name} WITH (FORCE)`) };
}
