import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { isCreditsError } from 'realtime-credits/contract';
import { openDatabase, type Database } from '../ledger/postgres/database.ts';
import { createStatement, Statements } from '../ledger/postgres/statements.ts';
import type { Finding } from './doctor.ts';
import { checkTables } from './doctor-tables.ts';

/** The oldest major version of Postgres that the tests were ever run on. */
const POSTGRES_TESTED = 15;

/** Connections that one instance may take: its pool, and the one that listens. */
const CONNECTIONS = 11;

/** Clocks that differ by more make holds end early or late by that much. */
const CLOCK_MS_MAX = 1_000;

/** How long a notification may take, and how often it is repeated meanwhile. */
const NOTIFICATION_MS_MAX = 5_000;
const NOTIFICATION_PAUSE_MS = 100;

/** Checks a Postgres server: whether it responds, keeps what it acknowledges, accepts changes, and delivers notifications. */
export async function* checkServer(url: string, schema: string): AsyncGenerator<Finding> {
  const warnings: string[] = [];
  let database;
  try {
    database = await openDatabase({ url, connectionsMax: 2, onWarning: (message) => warnings.push(message) });
  } catch (error) {
    if (!isCreditsError(error)) throw error;
    yield { status: 'fail', about: 'server', message: error.message };
    return;
  }
  try {
    yield* checkSettings(database.pool);
    if (warnings.length === 0)
      yield { status: 'ok', about: 'durability', message: 'what it acknowledges is on the disk.' };
    for (const message of warnings.splice(0)) yield { status: 'warn', about: 'durability', message };
    yield await checkPreparedStatements(database);
    yield await checkNotifications(database);
    yield* checkTables(database, schema);
  } finally {
    await database.close();
  }
}

async function* checkSettings(pool: Database['pool']): AsyncGenerator<Finding> {
  const sentMs = Date.now();
  const { rows } = await pool.query<{ version: string; standby: boolean; read_only: string; max: string; now: string }>(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
       current_setting('transaction_read_only') AS read_only, current_setting('max_connections') AS max,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now`,
  );
  const row = rows[0];
  if (row === undefined) return;
  const respondedMs = Date.now();
  const isOld = Number.parseInt(row.version, 10) < POSTGRES_TESTED;
  yield {
    status: isOld ? 'warn' : 'ok',
    about: 'server',
    message: `PostgreSQL ${row.version} responds in ${respondedMs - sentMs} ms${isOld ? `: older than ${POSTGRES_TESTED}, which is not tested` : ''}.`,
  };
  if (row.standby || row.read_only === 'on') {
    const message = `it accepts no changes: it is ${row.standby ? 'a standby' : 'set to read only'}. Name the primary.`;
    yield { status: 'fail', about: 'server', message };
  }
  if (Number(row.max) < CONNECTIONS) {
    const message = `it allows ${row.max} connections, and an instance may take ${CONNECTIONS}: raise max_connections.`;
    yield { status: 'warn', about: 'server', message };
  }
  // Its clock was read between the two instants.
  const aheadMs = Number(row.now) - respondedMs;
  const behindMs = sentMs - Number(row.now);
  const offMs = Math.max(aheadMs, behindMs, 0);
  if (offMs > CLOCK_MS_MAX) {
    yield {
      status: 'warn',
      about: 'clock',
      message: `the server's clock and this one differ by ${offMs} ms: synchronize them with NTP.`,
    };
  }
}

/** Publishes on one connection and listens on another, as instances do. */
export async function checkNotifications(
  database: Pick<Database, 'listen' | 'pool'>,
  msMax = NOTIFICATION_MS_MAX,
): Promise<Finding> {
  const about = 'notifications';
  const token = randomUUID();
  const channel = `credits_doctor_${token.slice(0, 8)}`;
  const arrived = new AbortController();
  const stop = database.listen?.({
    channel,
    onNotification: (payload) => {
      if (payload === token) arrived.abort();
    },
    onConnected: () => undefined,
  });
  // Repeated until it arrives: the listener connects meanwhile.
  for (let waitedMs = 0; !arrived.signal.aborted && waitedMs < msMax; waitedMs += NOTIFICATION_PAUSE_MS) {
    await database.pool.query('SELECT pg_notify($1, $2)', [channel, token]);
    await setTimeout(NOTIFICATION_PAUSE_MS);
  }
  await stop?.();
  if (arrived.signal.aborted) {
    return { status: 'ok', about, message: 'they arrive, so instances learn of changes at once.' };
  }
  const message =
    'they do not arrive, as behind a pooler in transaction mode. Set listenUrl to a direct connection; otherwise instances ' +
    'learn of changes seconds later.';
  return { status: 'warn', about, message };
}

/** Prepares a statement and runs it in two transactions: behind a pooler in transaction mode it does not last. */
async function checkPreparedStatements(database: Pick<Database, 'pool'>): Promise<Finding> {
  const about = 'prepared statements';
  const statements = new Statements(() => undefined);
  const probe = createStatement(`SELECT '${randomUUID()}' AS probe`);
  for (let attempt = 0; attempt < 4; attempt += 1) {
    try {
      await statements.send(database.pool, probe);
    } catch (error) {
      if (!statements.recover(error)) throw error;
      const message =
        'they do not last, as behind a pooler in transaction mode: commands work without them, more slowly.';
      return { status: 'warn', about, message };
    }
  }
  return { status: 'ok', about, message: 'they last.' };
}
