import { CreditsError } from 'realtime-credits/contract';
import { createLedger, type LedgerOptions } from '../ledger/create-ledger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openDatabase, type Database, type SqlPool } from '../ledger/postgres/database.ts';
import { groupFaults } from '../ledger/postgres/group-faults.ts';
import { createCreditsHandler, type CreditsHandler, type CreditsHandlerOptions } from './handler.ts';

export interface CreditsOptions
  extends Omit<CreditsHandlerOptions, 'ledger'>, Pick<LedgerOptions, 'schema' | 'webhooks'> {
  /**
   * Where the ledger is stored: the URL of a Postgres server, your own `pg.Pool`, or what `openDatabase` or `openEmbedded`
   * returned.
   */
  database: string | SqlPool | Database | Promise<Database> | undefined;
}

export interface Credits {
  readonly ledger: Ledger;
  readonly handler: CreditsHandler;
  /** Drains the streams, then closes the ledger and its database. A `pg.Pool` of yours stays open. */
  close(): Promise<void>;
}

/**
 * Opens the ledger and its HTTP API in one call. For other combinations use `createLedger` and `createCreditsHandler`.
 *
 * @example
 * const { ledger, handler } = await createCredits({
 *   database: process.env.DATABASE_URL,
 *   identify: async (request) => findSession(request),
 * });
 * await ledger.grant({ account: '42', amount: 100, actor: 'system:welcome', reason: 'Welcome', idempotencyKey: 'welcome:42' });
 *
 * @throws {CreditsError} `invalid_request` — no database, an option of the wrong shape, or another program's tables
 * @throws {CreditsError} `unavailable` — the database cannot be reached
 */
export async function createCredits(options: CreditsOptions): Promise<Credits> {
  const { database: source, schema, webhooks, ...handlerOptions } = options;
  if (source === undefined || source === '') {
    const sentence =
      'createCredits needs a database: a postgres:// URL (is DATABASE_URL set?), a pg.Pool, or openEmbedded({ directory }) ' +
      'from "realtime-credits-server/embedded".';
    throw new CreditsError('invalid_request', sentence, { details: { field: 'database' } });
  }
  const onWarning = groupFaults(options.onWarning ?? (() => undefined));
  const database = typeof source === 'string' ? await openDatabase({ url: source, onWarning }) : await source;
  const close = async (): Promise<void> => ('pool' in database ? database.close() : undefined);
  try {
    const ledger = await createLedger({
      database,
      onWarning,
      ...(options.observer === undefined ? {} : { observer: options.observer }),
      ...(schema === undefined ? {} : { schema }),
      ...(webhooks === undefined ? {} : { webhooks }),
    });
    const handler = createCreditsHandler({ ...handlerOptions, onWarning, ledger });
    return Object.freeze({
      ledger,
      handler,
      async close() {
        await handler.drain();
        await ledger.close();
        await close();
      },
    });
  } catch (error) {
    await close();
    throw error;
  }
}
