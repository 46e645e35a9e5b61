import { Pool, type ClientConfig } from 'pg';
import { CreditsError } from 'realtime-credits/contract';
import { groupFaults } from './group-faults.ts';
import { NotificationListener } from './notification-listener.ts';
import { createStatement, sendUnnamed, type Value } from './statements.ts';

/**
 * What the ledger needs of a database: a small structural port that `pg`'s pool satisfies, the host's own included. It
 * names no class, so another copy or version of `pg` fits too.
 */

export interface SqlQuery {
  name?: string;
  text: string;
  values?: Value[];
  /** Replaces the type parsers of the process for this query. */
  types?: { getTypeParser: () => (value: unknown) => unknown };
}

export interface SqlResult {
  rows: object[];
  /** The first word of the statement that ran: a COMMIT of a failed transaction returns ROLLBACK. */
  command: string;
}

/** One connection, as `pg`'s clients are. */
export interface SqlClient {
  query(query: SqlQuery): Promise<SqlResult>;
  /** Whether statements may be sent without waiting for the one before. */
  readonly pipeline?: boolean;
}

export interface SqlPoolClient extends SqlClient {
  /** @param isBroken - Closes the connection instead of keeping it. */
  release(isBroken?: boolean): void;
}

/** Many connections, as `pg`'s pool is. */
export interface SqlPool {
  query(query: SqlQuery): Promise<SqlResult>;
  connect(): Promise<SqlPoolClient>;
}

/** Receives notifications of one channel until it is stopped. */
export interface Listening {
  channel: string;
  onNotification: (payload: string) => void;
  /** Called with true when nothing is missed from now on, and with false when something may be. */
  onConnected: (isConnected: boolean) => void;
}

/** A database that the ledger opened, or the host's own pool in the same form. */
export interface Database<P extends SqlPool = Pool> {
  readonly kind: 'postgres' | 'embedded';
  /**
   * May be used for the host's own tables too. An embedded database has **one** connection: never wait for the ledger, or
   * for anything else that needs the pool, while holding a client of it.
   */
  readonly pool: P;
  /** Listens on a connection of its own. Null where that is impossible, or where no other process can change anything. */
  readonly listen: ((listening: Listening) => () => Promise<void>) | null;
  /** Ends the pool. Close the ledgers that use it first. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Such as `postgres://user:password@host/name`. */
  url: string;
  /** Connections of the pool. One serves the ledger's writer, the rest serve reads. @default 10 */
  connectionsMax?: number;
  /**
   * Where to listen for notifications, when `url` names a pooler in transaction mode: LISTEN needs a connection of its
   * own. @default `url`
   */
  listenUrl?: string;
  /** Called for what went wrong in the background. */
  onWarning?: (message: string, cause: unknown) => void;
}

const CONNECTIONS_MAX = 10;

/**
 * How sessions of our pools write values and begin transactions, whatever the server, the database or the role says. The
 * ledger's own statements depend on none of it: those that hosts send on the same pool do.
 */
const SESSION = `SELECT ${Object.entries({
  array_nulls: 'on',
  bytea_output: 'hex',
  datestyle: 'ISO, YMD',
  default_transaction_deferrable: 'off',
  default_transaction_isolation: 'read committed',
  extra_float_digits: '1',
  intervalstyle: 'postgres',
  standard_conforming_strings: 'on',
})
  .map(([name, value]) => `set_config('${name}', '${value}', false)`)
  .join(', ')}`;

/**
 * Opens a pool of connections to a Postgres server.
 *
 * @throws {CreditsError} `unavailable` — the server cannot be reached
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const url = nameSslMode(options.url);
  const { connectionsMax = CONNECTIONS_MAX } = options;
  const listenUrl = nameSslMode(options.listenUrl ?? options.url);
  const onWarning = groupFaults(options.onWarning ?? (() => undefined));
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
    application_name: 'realtime-credits',
  });
  keepAliveOnLostConnections(pool, onWarning);
  pool.on('connect', (client) => {
    // A connection that was lost meanwhile fails at its first use.
    client.query(SESSION).catch(() => undefined);
  });
  try {
    await warnOfUnsafeSettings(pool, onWarning);
  } catch (error) {
    await pool.end();
    throw new CreditsError('unavailable', describeFailure(error), { cause: error });
  }
  const listeners = new Set<NotificationListener>();
  return Object.freeze({
    kind: 'postgres' as const,
    pool,
    listen: (listening: Listening) => {
      const listener = new NotificationListener({
        ...listening,
        config: { connectionString: listenUrl },
        publish: createPublish(pool, listening.channel),
        onWarning,
      });
      listeners.add(listener);
      return async () => {
        listeners.delete(listener);
        await listener.stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((listener) => listener.stop()));
      await pool.end();
    },
  });
}

/**
 * Brings what a host passes as `database` into one form.
 *
 * @param options.listenUrl - Where to listen when the pool is the host's. @default a connection as the pool makes them
 * @throws {CreditsError} `invalid_request` — it is neither a database of ours nor a pool that is compatible with `pg`
 */
export async function toDatabase(
  value: Database<SqlPool> | SqlPool,
  { listenUrl, onWarning }: { listenUrl: string | undefined; onWarning: (message: string, cause: unknown) => void },
): Promise<Database<SqlPool>> {
  if (isDatabase(value)) return value;
  await assertCompatible(value);
  const config = listenUrl === undefined ? configOf(value) : { connectionString: listenUrl };
  return {
    kind: 'postgres',
    pool: value,
    listen:
      config === null
        ? null
        : (listening) => {
            const publish = createPublish(value, listening.channel);
            const listener = new NotificationListener({ ...listening, config, publish, onWarning });
            return () => listener.stop();
          },
    close: async () => undefined,
  };
}

function isDatabase(value: unknown): value is Database<SqlPool> {
  return typeof value === 'object' && value !== null && 'kind' in value && 'pool' in value && 'listen' in value;
}

const PROBE = createStatement('SELECT 1::bigint AS one, $1::text AS text');

async function assertCompatible(pool: unknown): Promise<void> {
  const candidate = pool as Partial<SqlPool> | null;
  if (typeof candidate?.connect === 'function' && typeof candidate.query === 'function') {
    const result: Partial<SqlResult> | undefined = await sendUnnamed(candidate as SqlPool, PROBE, ['text']);
    const row: { one?: unknown; text?: unknown } | undefined = result?.rows?.[0];
    if (row?.one === '1' && row.text === 'text') return;
  }
  throw new CreditsError(
    'invalid_request',
    'database must be what openDatabase or openEmbedded returned, or a connection pool that is compatible with the pool of pg.',
    { details: { field: 'database' } },
  );
}

/** How a pool of `pg` connects. Null for a pool that does not say, or that connects through a stream of its own. */
function configOf(pool: SqlPool): ClientConfig | null {
  const { options } = pool as { options?: ClientConfig };
  if (typeof options !== 'object' || options === null || options.stream !== undefined) return null;
  // pg hides the password from enumeration.
  return { ...options, ...(options.password === undefined ? {} : { password: options.password }) };
}

const PUBLISH = createStatement('SELECT pg_notify($1, $2)');

function createPublish(pool: SqlPool, channel: string): (payload: string) => Promise<unknown> {
  return (payload) => sendUnnamed(pool, PUBLISH, [channel, payload]);
}

/**
 * Keeps a lost connection from ending the process, whether it was idle or in use: its statements fail, and the next use
 * opens another. The pool itself handles errors of idle connections only.
 */
export function keepAliveOnLostConnections(pool: Pool, onWarning: (message: string, cause: unknown) => void): void {
  pool.on('error', () => undefined); // the pool repeats the same error
  pool.on('connect', (client) => {
    client.on('error', (error) => onWarning('A database connection was lost.', error));
  });
}

/**
 * Writes the SSL modes that the driver takes for `verify-full` as that. The same happens, without its warning of six lines.
 */
function nameSslMode(url: string): string {
  if (/[?&]uselibpqcompat=true(?:&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}

function describeFailure(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (/SELF_SIGNED|UNABLE_TO_VERIFY|CERT|ISSUER/.test(code)) {
    return (
      `The database presents a certificate that this machine does not trust (${code}). Append ` +
      '"&sslrootcert=/path/to/ca.pem&sslmode=verify-full" to the URL, or "&uselibpqcompat=true&sslmode=require" to encrypt without verifying.'
    );
  }
  return `The database cannot be reached: ${String(error)}`;
}

/** Settings that an operator may have switched off for speed, and what can be lost as a result. */
const SAFE_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'a machine that loses power may lose or damage everything',
  full_page_writes: 'a machine that loses power may damage what it was writing',
  synchronous_commit: 'a server that crashes may lose the last acknowledged commands',
};

const UNSAFE = createStatement(
  `SELECT name FROM pg_settings WHERE name = ANY($1::text[]) AND setting = 'off' ORDER BY name`,
);

async function warnOfUnsafeSettings(pool: Pool, onWarning: (message: string, cause: unknown) => void): Promise<void> {
  const { rows } = await sendUnnamed(pool, UNSAFE, [`{${Object.keys(SAFE_SETTINGS).join(',')}}`]);
  for (const { name } of rows as { name: string }[]) {
    onWarning(`The database server runs with ${name} off: ${SAFE_SETTINGS[name]}.`, undefined);
  }
}
