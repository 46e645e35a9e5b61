import { SYSTEM_CLOCK } from '../clock.ts';
import { createLedgerOnStorage, type LedgerTimeOptions } from './ledger-on-storage.ts';
import type { Ledger } from './ledger.ts';
import type { Database, SqlPool } from './postgres/database.ts';
import { groupFaults } from './postgres/group-faults.ts';
import { openPostgresStorage } from './postgres/postgres-storage.ts';
import { HostTransactions } from './transactions.ts';
import { parseWebhooks, type WebhookOptions } from './webhooks/options.ts';

export interface LedgerOptions extends LedgerTimeOptions {
  /** What `openDatabase` or `openEmbedded` returned, or the host's own pool of `pg`. */
  database: Database | Database<SqlPool> | SqlPool;
  /** The Postgres schema of the ledger's tables; created if it is missing. Several ledgers share a database by it. @default 'credits' */
  schema?: string;
  /**
   * Where to listen for notifications, when `database` is the host's pool and its connections pass a pooler: LISTEN needs
   * a connection of its own. @default as the pool connects
   */
  listenUrl?: string;
  /**
   * What to tell your own server, and how: events are stored in the transaction of what they tell, and sent until they
   * arrive. @default nothing is stored or sent
   */
  webhooks?: WebhookOptions;
}

/**
 * Opens the ledger in a database: creates its schema or brings it to the newest version, and reads its epoch.
 *
 * Any number of processes may open a ledger on a Postgres server. Close the ledger before its database.
 *
 * @example
 * const database = await openDatabase({ url: process.env.DATABASE_URL });
 * const ledger = await createLedger({ database });
 * await ledger.grant({ account: '42', amount: 100, actor: 'system:welcome', reason: 'Welcome', idempotencyKey: 'welcome:42' });
 *
 * @throws {CreditsError} `unavailable` — the database cannot be reached, or was used by a newer program
 * @throws {CreditsError} `invalid_request` — no compatible pool, no valid schema, or a schema with tables of another program
 * @throws {CreditsError} `invalid_request` — `webhooks` is not complete, or not in its form
 */
export async function createLedger(options: LedgerOptions): Promise<Ledger> {
  const { database, schema = 'credits', listenUrl } = options;
  const onWarning = groupFaults(options.onWarning ?? (() => undefined));
  const webhooks = options.webhooks === undefined ? null : parseWebhooks(options.webhooks);
  const { storage, pool, context, notifications, joinedSlot, outbox } = await openPostgresStorage({
    database,
    schema,
    listenUrl,
    onWarning,
    events: webhooks?.rules ?? null,
  });
  const clock = options.clock ?? { ...SYSTEM_CLOCK, wallMs: context.clock.wallMs };
  return createLedgerOnStorage({
    ...options,
    clock,
    onWarning,
    storage,
    outbox,
    webhooks,
    createTransactions: (announce) =>
      new HostTransactions({
        pool,
        context,
        joinedSlot,
        clock,
        announce,
        observer: options.observer,
        sender: notifications.sender,
      }),
  });
}
