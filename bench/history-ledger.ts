/**
 * Ledgers with a history: made by the ledger's own writer at full batches. Every row, hash and index is what
 * commands would have left. While it is filled a commit does not wait for the disk; while it is measured it does.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import { openEmbedded } from '../packages/server/src/embedded.ts';
import type { Ledger } from '../packages/server/src/ledger/ledger.ts';
import { openDatabase, type Database } from '../packages/server/src/ledger/postgres/database.ts';
import { startPostgres } from '../packages/server/test/support/postgres.ts';

/** `one`: one account has an entry of every transfer. `many`: one account for each 100 entries, any to any. */
export type Shape = 'one' | 'many';

/** The account that has an entry of every transfer in the shape `one`. */
export const ONE = 'bench:one';

const ACCOUNTS_MIN = 1_000;
const ENTRIES_PER_ACCOUNT = 100;
/** More than a batch takes: the writer always finds a full one. */
const CALLERS = 256;
/** Accounts that are opened at a time. */
const OPENED_AT_ONCE = 100;

/** A statement that the ledger sent to its pool. */
export interface Sent {
  text: string;
  values: unknown[];
}

/** Where a ledger is: opened once to be filled, and once to be measured. */
export interface Place {
  open(options: { filling: boolean }): Promise<Database>;
  remove(): Promise<void>;
}

export interface Grown {
  readonly shape: Shape;
  readonly place: Place;
  readonly database: Database;
  readonly ledger: Ledger;
  /** Statements since it was emptied; of reads, since a batch has a connection of its own. */
  readonly sent: Sent[];
  /** Accounts that take part in transfers, beside {@link ONE}. */
  accounts: number;
  /** Transfers so far. Names the keys. */
  made: number;
  close(): Promise<void>;
}

/** Opens the ledger in a place; the counts are those of the one that was open there before. */
export async function openGrown(
  place: Place,
  shape: Shape,
  { filling, accounts = 0, made = 0 }: { filling: boolean; accounts?: number; made?: number },
): Promise<Grown> {
  const database = await place.open({ filling });
  const { pool } = database;
  const sent: Sent[] = [];
  const query = (...args: Parameters<typeof pool.query>) => {
    const [asked, given = []] = args as unknown as [string | { text: string; values?: unknown[] }, unknown[]?];
    if (typeof asked === 'string') sent.push({ text: asked, values: given });
    else sent.push({ text: asked.text, values: asked.values ?? [] });
    return pool.query(...args);
  };
  const recording = Object.assign(Object.create(pool) as typeof pool, { query });
  const ledger = await createLedger({ database: { ...database, pool: recording }, expirySweepMs: 3_600_000 });
  return {
    shape,
    place,
    database,
    ledger,
    sent,
    accounts,
    made,
    async close() {
      await ledger.close();
      await database.close();
    },
  };
}

/** Any account that takes part. */
export function pickAccount(grown: Grown): string {
  return `bench:${Math.floor(Math.random() * grown.accounts)}`;
}

/** The account whose history is read: the long one, or any. */
export function pickReader(grown: Grown): string {
  return grown.shape === 'one' ? ONE : pickAccount(grown);
}

/** Opens accounts with credits until there are as many as so many entries want. */
export async function openAccounts(grown: Grown, entries: number): Promise<void> {
  const { ledger, shape } = grown;
  async function openOne(account: string): Promise<void> {
    const command = { account, amount: 1_000_000, actor: 'system:bench', reason: 'Bench', idempotencyKey: account };
    await ledger.grant(account === ONE ? { ...command, amount: 100_000_000 } : command);
  }
  if (shape === 'one' && grown.accounts === 0) await openOne(ONE);
  const wanted = shape === 'one' ? ACCOUNTS_MIN : Math.max(ACCOUNTS_MIN, Math.ceil(entries / ENTRIES_PER_ACCOUNT));
  while (grown.accounts < wanted) {
    const from = grown.accounts;
    const until = Math.min(wanted, from + OPENED_AT_ONCE);
    await Promise.all(Array.from({ length: until - from }, (_, index) => openOne(`bench:${from + index}`)));
    grown.accounts = until;
  }
}

/** Makes so many transfers of one credit, as fast as 256 callers can. */
export async function transfer(grown: Grown, count: number): Promise<void> {
  const until = grown.made + count;
  async function call(): Promise<void> {
    while (grown.made < until) {
      grown.made += 1;
      const some = pickAccount(grown);
      const other = grown.shape === 'one' ? ONE : pickAccount(grown);
      if (some === other) continue;
      const [source, destination] = Math.random() < 0.5 ? [some, other] : [other, some];
      const idempotencyKey = `bench-${grown.made}`;
      await grown.ledger.transfer({ source, destination, amount: 1, actor: source, reason: 'Bench', idempotencyKey });
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, call));
}

/** How many entries there are, and what all tables with their indexes take. */
export async function countEntries({ database }: Grown): Promise<{ entries: number; bytes: number }> {
  const { rows } = await database.pool.query<{ entries: string; bytes: string }>(
    `SELECT (SELECT coalesce(sum(version), 0) FROM credits.accounts) AS entries,
       (SELECT sum(pg_total_relation_size(oid)) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'credits'::regnamespace) AS bytes`,
  );
  return { entries: Number(rows[0]?.entries ?? 0), bytes: Number(rows[0]?.bytes ?? 0) };
}

/** Fills a ledger up to so many entries, and opens it again as it is measured. */
export async function fill(grown: Grown, entries: number): Promise<Grown> {
  const { place, shape } = grown;
  await grown.close();
  const filling = await openGrown(place, shape, { ...grown, filling: true });
  await openAccounts(filling, entries);
  await transfer(filling, Math.max(0, Math.ceil((entries - (await countEntries(filling)).entries) / 2)));
  const { accounts, made } = filling;
  await filling.close();
  const filled = await openGrown(place, shape, { filling: false, accounts, made });
  // Statistics, as autovacuum brings them up to date within a minute of such growth.
  await filled.database.pool.query('VACUUM ANALYZE');
  await filled.database.pool.query('CHECKPOINT');
  return filled;
}

/** Makes places: on one server that is `DATABASE_URL` or started for the run, or each a directory. */
export async function createPlaces(
  kind: 'postgres' | 'embedded',
): Promise<{ make(): Promise<Place>; stop(): Promise<void> }> {
  if (kind === 'embedded') {
    return {
      async make() {
        const directory = mkdtempSync(join(tmpdir(), 'credits-history-'));
        return {
          async open({ filling }) {
            const database = await openEmbedded({ directory });
            if (filling) await database.pool.query('SET synchronous_commit = off');
            return database;
          },
          remove: async () => rmSync(directory, { recursive: true }),
        };
      },
      stop: async () => undefined,
    };
  }
  const server = await startPostgres({ durable: true });
  async function administer(statement: string): Promise<void> {
    const database = await openDatabase({ url: server.url, connectionsMax: 1 });
    await database.pool.query(statement);
    await database.close();
  }
  return {
    async make() {
      const name = `credits_history_${randomBytes(4).toString('hex')}`;
      await administer(`CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      const fillingUrl = new URL(url);
      fillingUrl.searchParams.set('options', '-c synchronous_commit=off');
      return {
        open: ({ filling }) => openDatabase({ url: (filling ? fillingUrl : url).href }),
        remove: () => administer(`DROP DATABASE ${name} WITH (FORCE)`),
      };
    },
    stop: server.stop,
  };
}
