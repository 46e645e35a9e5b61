import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { isCreditsError } from 'realtime-credits/contract';
import { openDatabase, type Database } from '../ledger/database.ts';
import type { Finding } from './doctor.ts';
import { checkTables } from './doctor-tables.ts';

/** The oldest major version of Postgres that the tests were ever run on. */
const POSTGRES_TESTED = 15;

/** Connections that one instance may take: its pool, and the one that listens. */
const CONNECTIONS = 11;

/** Clocks that differ by more make holds end early or late by as much. */
const CLOCK_MS_MAX = 1_000;

/** How long a notification may take, and how often it is said again meanwhile. */
const HINT_MS_MAX = 5_000;
const HINT_PAUSE_MS = 100;

/** Looks at a Postgres server: whether it answers, keeps what it acknowledges, takes changes, and passes notifications on. */
export async function* checkServer(url: string): AsyncGenerator<Finding> {
  const warnings: string[] = [];
  let database;
  try {
    database = await openDatabase({ url, connectionsMax: 2 }, { onWarning: (message) => warnings.push(message) });
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
    yield await checkHints(database);
    yield* checkTables(database.pool);
  } finally {
    await database.close();
  }
}

async function* checkSettings(pool: Pool): AsyncGenerator<Finding> {
  const sentMs = Date.now();
  const { rows } = await pool.query<{ version: string; standby: boolean; read_only: string; max: string; now: Date }>(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
       current_setting('transaction_read_only') AS read_only, current_setting('max_connections') AS max,
       clock_timestamp() AS now`,
  );
  const row = rows[0];
  if (row === undefined) return;
  const answeredMs = Date.now();
  const isOld = Number.parseInt(row.version, 10) < POSTGRES_TESTED;
  yield {
    status: isOld ? 'warn' : 'ok',
    about: 'server',
    message: `PostgreSQL ${row.version} answers in ${answeredMs - sentMs} ms${isOld ? `: older than ${POSTGRES_TESTED}, which is not tested` : ''}.`,
  };
  if (row.standby || row.read_only === 'on') {
    const message = `it takes no changes: it is ${row.standby ? 'a standby' : 'set to read only'}. Name the primary.`;
    yield { status: 'fail', about: 'server', message };
  }
  if (Number(row.max) < CONNECTIONS) {
    const message = `it allows ${row.max} connections, and an instance may take ${CONNECTIONS}: raise max_connections.`;
    yield { status: 'warn', about: 'server', message };
  }
  // Its clock was read between the two instants.
  const aheadMs = row.now.getTime() - answeredMs;
  const behindMs = sentMs - row.now.getTime();
  const offMs = Math.max(aheadMs, behindMs, 0);
  if (offMs > CLOCK_MS_MAX) {
    yield {
      status: 'warn',
      about: 'clock',
      message: `the server's clock and this one differ by ${offMs} ms: set them by NTP.`,
    };
  }
}

/** Says something on one connection and listens on another, as instances do to each other. */
export async function checkHints(database: Pick<Database, 'listen' | 'pool'>, msMax = HINT_MS_MAX): Promise<Finding> {
  const about = 'notifications';
  const token = randomUUID();
  const channel = `credits_doctor_${token.slice(0, 8)}`;
  const heard = new AbortController();
  const stop = database.listen?.(channel, (payload) => {
    if (payload === token) heard.abort();
  });
  // Said again until it is heard: the listener's connection is made meanwhile.
  for (let waitedMs = 0; !heard.signal.aborted && waitedMs < msMax; waitedMs += HINT_PAUSE_MS) {
    await database.pool.query('SELECT pg_notify($1, $2)', [channel, token]);
    await setTimeout(HINT_PAUSE_MS);
  }
  await stop?.();
  if (heard.signal.aborted) {
    return { status: 'ok', about, message: 'they arrive, so that instances hear of each other at once.' };
  }
  const message =
    'they do not arrive: a pooler in transaction mode is in between. Use session mode, or connect to the server itself; ' +
    'until then instances hear of each other seconds later.';
  return { status: 'warn', about, message };
}
