import { CreditsError } from 'realtime-credits/contract';
import { verify } from '../audit/verify.ts';
import { SLOT_COUNT } from '../rules/system-accounts.ts';
import type { ErrorClass, LedgerStorage } from '../storage.ts';
import { AccountReads, type Read } from './account-reads.ts';
import { createReadStatements } from './batch-read.ts';
import { WriteStatements } from './batch-write.ts';
import { checkOut } from './checkout.ts';
import type { Row } from './codecs.ts';
import { toDatabase, type Database, type SqlPool } from './database.ts';
import { createAccountsStatement, executeBatch, OWN_TRANSACTION, type BatchContext } from './execute-batch.ts';
import { HoldReads } from './hold-reads.ts';
import { LotReads } from './lot-reads.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { Notifications } from './notifications.ts';
import { createLedgerMigrations, LEDGER_NAMESPACE, LEDGER_TABLES, parseSchema } from './schema.ts';
import { isConflict, isConnectionFailure, isRefusal, toCreditsError } from './sql-error.ts';
import { createStatement, sendUnnamed, Statements } from './statements.ts';

export interface PostgresStorageOptions {
  /** What `openDatabase` or `openEmbedded` returned, or a pool of the host that is compatible with the pool of `pg`. */
  database: Database<SqlPool> | SqlPool;
  schema: string;
  /** Where to listen for notifications when the pool is the host's. @default as the pool connects */
  listenUrl: string | undefined;
  onWarning: (message: string, cause: unknown) => void;
}

/** A ledger in a Postgres schema: the storage port, and what joining transactions of the host needs beyond it. */
export interface PostgresStorage {
  storage: LedgerStorage;
  pool: SqlPool;
  context: BatchContext;
  notifications: Notifications;
  /** The slot for transactions of the host. The writer has another, so it does not wait for them. */
  joinedSlot: number;
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
  const { epoch, slot } = await open(pool, s);
  const statements = new Statements(options.onWarning);
  const notifications = new Notifications(database, epoch);
  const context: BatchContext = {
    statements,
    read: createReadStatements(s),
    write: new WriteStatements(s),
    createAccounts: createAccountsStatement(s),
    channel: notifications.channel,
  };
  const read: Read = async (statement, values) => (await statements.sendAlone(pool, statement, values)).rows as Row[];
  const accounts = new AccountReads(s, epoch, read);
  const holds = new HoldReads(s, epoch, read);
  const lots = new LotReads(s, epoch, read);
  const bounds = { ...OWN_TRANSACTION, slot, sender: notifications.sender };
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
    readSnapshot: (query) => accounts.readSnapshot(query),
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
    readExpiredAccounts: (nowMs, limit) => holds.readExpiredAccounts(nowMs, limit),
    readNextExpiry: () => holds.readNextExpiry(),
    readHeads: (query) => accounts.readHeads(query),
    verify: (query) => verify(s, read, query),
    listen: (onChanged) => notifications.start(onChanged),
  };
  return { storage, pool, context, notifications, joinedSlot: slot + 1 };
}

function classifyError(error: unknown): ErrorClass {
  if (isConflict(error)) return 'conflict';
  if (isConnectionFailure(error)) return 'connection_lost';
  return isRefusal(error) ? 'unavailable' : 'other';
}

/** Reads the epoch, and takes the next slots. Where the database accepts no changes, any slots do. */
async function open(pool: SqlPool, s: string): Promise<{ epoch: string; slot: number }> {
  const { client, release } = await checkOut(pool);
  try {
    const { rows } = await sendUnnamed(client, createStatement(`SELECT epoch FROM ${s}.ledger`));
    const [row] = rows as Row[];
    if (row?.['epoch'] == null) throw new CreditsError('unavailable', 'The ledger has lost its epoch.');
    return { epoch: row['epoch'], slot: await takeSlot() };
  } catch (error) {
    throw toCreditsError(error);
  } finally {
    await release(false);
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
