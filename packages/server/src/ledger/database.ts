import { Pool } from 'pg';
import { CreditsError } from 'realtime-credits/contract';
import { createListener } from './listener.ts';
import { surviveLostConnections } from './lost-connection.ts';

/** Where the ledger lives: exactly one of the three. */
export type DatabaseOptions =
  /** A Postgres server, such as `postgres://user:password@host/name`. Any number of processes. */
  | { url: string; connectionsMax?: number }
  /** An embedded Postgres in a directory, which is created when missing. One process. */
  | { directory: string }
  /** An embedded Postgres that is gone when closed: for tests and trials. */
  | { memory: true };

/**
 * One interface for both kinds: a `pg` pool, which the host may use for its own tables too.
 *
 * An embedded database has **one** connection. Never wait for the ledger, or for anything else that needs the pool,
 * while holding a client of it: both would wait for each other until the pool gives up after 10 s.
 */
export interface Database {
  readonly kind: 'postgres' | 'embedded';
  readonly pool: Pool;
  /**
   * Hears notifications of other processes on a connection of its own; absent where there can be no other process. Says
   * by `onHearing` from when on nothing is missed, and when something may be: in the beginning it may.
   */
  listen?: (
    channel: string,
    listener: (payload: string) => void,
    onHearing?: (isHearing: boolean) => void,
  ) => () => Promise<void>;
  /** Ends the pool. Close what uses it first. */
  close(): Promise<void>;
}

/** Connections to a Postgres server when the host does not say. One is the ledger's writer; the rest answer reads. */
const CONNECTIONS_MAX = 10;

/**
 * Opens a database of either kind.
 *
 * @param options.connectionsMax - @default 10
 * @throws {CreditsError} `unavailable` — the server cannot be reached, or another process has the directory open.
 */
export async function openDatabase(
  options: DatabaseOptions,
  { onWarning = () => undefined }: { onWarning?: (message: string, cause: unknown) => void } = {},
): Promise<Database> {
  if (!('url' in options)) {
    // PGlite is an optional peer: who has a Postgres server does without it.
    const { openEmbedded } = await import('./embedded.ts');
    return openEmbedded('directory' in options ? options.directory : null, onWarning);
  }
  const pool = new Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? CONNECTIONS_MAX,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
    application_name: 'realtime-credits',
  });
  surviveLostConnections(pool, onWarning);
  try {
    await warnOfUnsafeSettings(pool, onWarning);
  } catch (error) {
    await pool.end();
    throw new CreditsError('unavailable', `The database cannot be reached: ${String(error)}`, { cause: error });
  }
  const listeners = new Set<() => Promise<void>>();
  return Object.freeze({
    kind: 'postgres' as const,
    pool,
    listen(
      channel: string,
      listener: (payload: string) => void,
      onHearing: (isHearing: boolean) => void = () => undefined,
    ) {
      const say = (payload: string): Promise<unknown> => pool.query('SELECT pg_notify($1, $2)', [channel, payload]);
      const stop = createListener({ url: options.url, channel, listener, say, onHearing, onWarning });
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((stop) => stop()));
      await pool.end();
    },
  });
}

/** What a server promises less with when it is off, and what that means. */
const SAFE_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'a machine that loses power may lose or damage everything',
  full_page_writes: 'a machine that loses power may damage what it was writing',
  synchronous_commit: 'a server that crashes may forget the last acknowledged commands',
};

/** Looks at what the server's operator may have switched off for speed. Fails when the server cannot be reached. */
async function warnOfUnsafeSettings(pool: Pool, onWarning: (message: string, cause: unknown) => void): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name = ANY($1) AND setting = 'off' ORDER BY name`,
    [Object.keys(SAFE_SETTINGS)],
  );
  for (const { name } of rows)
    onWarning(`The database server runs with ${name} off: ${SAFE_SETTINGS[name]}.`, undefined);
}
