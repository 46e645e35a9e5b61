import { CreditsError, isCreditsError } from 'realtime-credits/contract';
import { verify } from '../audit/verify.ts';
import type { EventRules } from '../rules/events.ts';
import { SLOT_COUNT } from '../rules/system-accounts.ts';
import type { ErrorClass, LedgerStorage } from '../storage.ts';
import type { Outbox } from '../webhooks/outbox.ts';
import { AccountReads, type Read } from './account-reads.ts';
import { AllowanceReads } from './allowance-reads.ts';
import { createReadStatements } from './batch-read.ts';
import { WriteStatements } from './batch-write.ts';
import { checkOut } from './checkout.ts';
import { milliseconds, toInteger, type Row } from './codecs.ts';
import { toDatabase, type Database, type SqlPool } from './database.ts';
import { DatabaseClock } from './database-clock.ts';
import { createAccountsStatement, createOwnTransaction, executeBatch, type BatchContext } from './execute-batch.ts';
import { HoldReads } from './hold-reads.ts';
import { LotReads } from './lot-reads.ts';
import { RateReads } from './rate-reads.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { Notifications } from './notifications.ts';
import { createOutbox } from './outbox.ts';
import { createLedgerMigrations, LEDGER_NAMESPACE, LEDGER_TABLES, parseSchema } from './schema.ts';
import { SnapshotReads } from './snapshot-reads.ts';
import { isConflict, isConnectionFailure, isRefusal, toCreditsError } from './sql-error.ts';
import { TimelineFence } from './timeline.ts';
import { createStatement, sendUnnamed, Statements } from './statements.ts';

export interface PostgresStorageOptions {
  /** What `openDatabase` or `openEmbedded` returned, or a pool of the host that is compatible with the pool of `pg`. */
  database: Database<SqlPool> | SqlPool;
  schema: string;
  /** Where to listen for notifications when the pool is the host's. @default as the pool connects */
  listenUrl: string | undefined;
  onWarning: (message: string, cause: unknown) => void;
  /** What events the host wants. @default none */
  events?: EventRules | null;
}

/** A ledger in a Postgres schema: the storage port, and what joining transactions of the host needs beyond it. */
export interface PostgresStorage {
  storage: LedgerStorage;
  pool: SqlPool;
  context: BatchContext;
  notifications: Notifications;
  /** The slot for transactions of the host. The writer has another, so it does not wait for them. */
  joinedSlot: number;
  outbox: Outbox;
}

/** Options for the migrations of a ledger's schema. */
export function ledgerMigrations(schema: string): MigrateOptions & { schema: string } {
  return {
    schema,
    namespace: LEDGER_NAMESPACE,
    migrations: createLedgerMigrations(schema),
    tables: LEDGER_TABLES,
  };
}

/**
 * Opens a ledger: brings its tables to the newest schema, and takes slots of the system accounts.
 *
 * @throws {CreditsError} `unavailable` — the database cannot be reached, or was used by a newer program
 * @throws {CreditsError} `invalid_request` — no compatible pool, no valid schema, or a schema of another program
 */
export async function openPostgresStorage(options: PostgresStorageOptions): Promise<PostgresStorage> {
  const schema = parseSchema(options.schema);
  const database = await toDatabase(options.database, options).catch((error: unknown) => {
    throw toCreditsError(error);
  });
  const { pool } = database;
  await migrate(pool, ledgerMigrations(schema));
  const s = `"${schema}"`;
  const clock = new DatabaseClock();
  const { epoch, slot, fence, isCitus } = await open(database, s, clock);
  const statements = new Statements(options.onWarning);
  const notifications = new Notifications(database, epoch);
  const { events = null } = options;
  const context: BatchContext = {
    events,
    statements,
    read: createReadStatements(s, fence.column),
    write: new WriteStatements(s),
    createAccounts: createAccountsStatement(s),
    clock,
    fence,
    timed: new Set(),
    channel: notifications.channel,
  };
  const read: Read = async (statement, values) => {
    const rows = (await statements.sendAlone(pool, statement, values)).rows as Row[];
    fence.observe(rows[0]?.['timeline']);
    return rows;
  };
  const source = { epoch, timeline: fence.column };
  const accounts = new AccountReads(s, read);
  const snapshots = new SnapshotReads(s, source, read);
  const holds = new HoldReads(s, source, read, events !== null);
  const lots = new LotReads(s, source, read);
  const rates = new RateReads(s, source, read);
  const allowances = new AllowanceReads(s, source, read);
  const bounds = { ...createOwnTransaction({ plansOnce: !isCitus }), slot, sender: notifications.sender };
  const storage: LedgerStorage = {
    epoch,
    get notificationGeneration() {
      return notifications.generation;
    },
    async executeBatch(intents, { nowMs }) {
      const { client, release } = await checkOut(pool);
      let isEnded = false;
      try {
        const result = await executeBatch(client, context, bounds, { intents, nowMs });
        isEnded = true;
        return result;
      } finally {
        await release(isEnded);
      }
    },
    classifyError,
    toCreditsError,
    readSnapshot: (query) => snapshots.readSnapshot(query),
    readVersions: (ids) => accounts.readVersions(ids),
    readEntries: (query) => accounts.readEntries(query),
    readVersionAt: (account, instantMs) => accounts.readVersionAt(account, instantMs),
    readBalanceAt: (account, version) => accounts.readBalanceAt(account, version),
    readTransfer: (transfer) => accounts.readTransfer(transfer),
    readCirculation: () => accounts.readCirculation(),
    readHold: (id) => holds.readHold(id),
    readHolds: (query) => holds.readHolds(query),
    readAllHolds: (query) => holds.readAllHolds(query),
    readLots: (query) => lots.readLots(query),
    readRates: (query) => rates.readRates(query),
    readAllowances: (query) => allowances.readAllowances(query),
    readExpiredAccounts: (nowMs, limit) => holds.readExpiredAccounts(nowMs, limit),
    readNextExpiry: () => holds.readNextExpiry(),
    readHeads: (query) => accounts.readHeads(query),
    verify: (query) => verify(s, read, query),
    listen: (onChanged) => notifications.start(onChanged),
  };
  return { storage, pool, context, notifications, joinedSlot: slot + 1, outbox: createOutbox(s, read) };
}

function classifyError(error: unknown): ErrorClass {
  if (isConflict(error)) return 'conflict';
  if (isConnectionFailure(error)) return 'connection_lost';
  return isRefusal(error) || (isCreditsError(error) && error.code === 'unavailable') ? 'unavailable' : 'other';
}

/** Reads the epoch and the clock, and takes the next slots. Where the database accepts no changes, any slots do. */
async function open(
  { pool, kind }: Database<SqlPool>,
  s: string,
  clock: DatabaseClock,
): Promise<{ epoch: string; slot: number; fence: TimelineFence; isCitus: boolean }> {
  const { client, release } = await checkOut(pool);
  try {
    const sentAtMs = clock.monotonicMs();
    const text = `SELECT epoch, ${milliseconds('clock_timestamp()')} AS clock FROM ${s}.ledger`;
    const { rows } = await sendUnnamed(client, createStatement(text));
    const [row] = rows as Row[];
    const citus = await sendUnnamed(client, createStatement(`SELECT FROM pg_extension WHERE extname = 'citus'`));
    const isCitus = citus.rows.length > 0;
    if (row?.['epoch'] == null) throw new CreditsError('unavailable', 'The ledger has lost its epoch.');
    clock.observe(toInteger(row['clock']), sentAtMs);
    return { epoch: row['epoch'], isCitus, fence: await openFence(), slot: await takeSlot() };
  } catch (error) {
    throw toCreditsError(error);
  } finally {
    await release(false);
  }

  async function openFence(): Promise<TimelineFence> {
    if (kind === 'embedded') return new TimelineFence(false);
    try {
      const fence = new TimelineFence(true);
      const { rows } = await sendUnnamed(client, createStatement(`SELECT ${fence.column} AS timeline`));
      fence.observe((rows as Row[])[0]?.['timeline']);
      return fence;
    } catch (error) {
      if (isConnectionFailure(error)) throw error;
      return new TimelineFence(false);
    }
  }

  async function takeSlot(): Promise<number> {
    try {
      await sendUnnamed(client, createStatement('BEGIN READ WRITE'));
      const { rows } = await sendUnnamed(
        client,
        createStatement(`SELECT nextval('${s}.slots') % ${SLOT_COUNT / 2} * 2 AS slot`),
      );
      return Number((rows as Row[])[0]?.['slot'] ?? 0);
    } catch (error) {
      if (isRefusal(error)) return 0;
      throw error;
    }
  }
}
