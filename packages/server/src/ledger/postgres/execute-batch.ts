import assert from 'node:assert/strict';
import type { Intent } from '../rules/command-table.ts';
import { collectLocks } from '../rules/collect-locks.ts';
import { decide } from '../rules/decide.ts';
import { createHoldId } from '../rules/hold-id.ts';
import { MoreLotsNeeded } from '../rules/lots.ts';
import { isSystemAccount, SYSTEM_BREAKAGE, toSlotAccount } from '../rules/system-accounts.ts';
import type { BatchResult } from '../storage.ts';
import { toArrayLiteral } from './array-literal.ts';
import { readBatch, type ReadStatements } from './batch-read.ts';
import { writeBatch, type WriteStatements } from './batch-write.ts';
import type { SqlClient } from './database.ts';
import { toPayloads } from './notifications.ts';
import { createStatement, roundTrip, sendUnnamed, type Statement, type Statements } from './statements.ts';

/** The statements of one ledger, and how they are sent. */
export interface BatchContext {
  statements: Statements;
  read: ReadStatements;
  write: WriteStatements;
  createAccounts: Statement;
  /** Where to notify other processes; null where there are none. */
  channel: string | null;
}

/** What a batch is part of: a transaction of its own, or one of the host. */
export interface BatchBounds {
  begin: Statement;
  end: Statement;
  /** Undoes the batch, whatever it came to, and releases its locks. */
  undo: Statement;
  /** The slot of the system accounts to use. */
  slot: number;
  /** Named in notifications. */
  sender: string;
}

/**
 * Plans of a batch are index lookups only: a plan made while a table was empty would scan it until the connection
 * ends. They are made once per connection, because they fit any parameters. Left to itself Postgres plans each time,
 * since it takes an array of two for cheaper than the ten it assumes, which is half of the time of a lone command
 * (`bench/README.md`).
 */
const PLANNER =
  'SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; ' +
  'SET LOCAL plan_cache_mode = force_generic_plan';

/** Without it, a null in an array of parameters is a text: a setting for programs of 2006 that a role could still have. */
export const ARRAY_NULLS = 'SET LOCAL array_nulls = on';

/**
 * A batch begins again after it created accounts, when it must lock one more account or read more lots, and after it
 * switched prepared statements off.
 */
const ATTEMPTS_MAX = 8;

/** Lots of an account that a batch reads. When it spends more of them it begins again, with 20 times as many. */
const LOTS_READ = 4;
const LOTS_READ_FACTOR = 20;

/** Bounds of a batch that is a transaction of its own. */
export const OWN_TRANSACTION = {
  begin: createStatement(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ${ARRAY_NULLS}; ${PLANNER}`),
  end: createStatement('COMMIT'),
  undo: createStatement('ROLLBACK'),
} as const;

export function createAccountsStatement(s: string): Statement {
  // In order of ids: two processes that create the same accounts must not wait for each other.
  return createStatement(`INSERT INTO ${s}.accounts (id, floor, created_at)
    SELECT id, 0, $2::timestamptz FROM unnest($1::text[]) AS u(id) ORDER BY id COLLATE "C" ON CONFLICT DO NOTHING`);
}

/**
 * Carries a batch out: locks, reads, decides, writes, ends. The one place where commands meet the database, for the
 * writer's batches and for commands inside a transaction of the host.
 *
 * Accounts that do not exist yet are created first and locked afterwards like all others, so the first use of an account
 * is decided under its lock too.
 *
 * When it throws, the batch is undone, unless the connection was lost: then its outcome is unknown.
 */
export async function executeBatch(
  client: SqlClient,
  context: BatchContext,
  bounds: BatchBounds,
  { intents, nowMs }: { intents: readonly Intent[]; nowMs: number },
): Promise<BatchResult> {
  const { statements } = context;
  const locks = collectLocks(intents, bounds.slot);
  const breakage = toSlotAccount(SYSTEM_BREAKAGE, bounds.slot);
  const accountsToLock = new Set(locks.accounts);
  let lotsMax = LOTS_READ;
  const undo = () => sendUnnamed(client, bounds.undo);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const query = { locks: { ...locks, accounts: [...accountsToLock] }, nowMs, breakage, lotsMax };
      const found = await readBatch({ client, ...context, begin: bounds.begin }, query);
      if ('unlocked' in found) {
        assert(attempt < ATTEMPTS_MAX, `The account ${found.unlocked} cannot be locked.`);
        await undo();
        accountsToLock.add(found.unlocked);
        continue;
      }
      if ('missing' in found) {
        assert(attempt < ATTEMPTS_MAX, `The accounts ${found.missing.join(', ')} cannot be created.`);
        await undo();
        const values = [toArrayLiteral('text', found.missing), new Date(nowMs).toISOString()];
        await roundTrip(client, [
          () => sendUnnamed(client, bounds.begin),
          () => statements.send(client, context.createAccounts, values),
          () => sendUnnamed(client, bounds.end),
        ]);
        continue;
      }
      const options = { nowMs, slot: bounds.slot, createId: () => createHoldId(nowMs) };
      const { outcomes, changes } = decide(intents, found.state, options);
      const accounts = [...changes.accounts].map(({ id }) => id).filter((id) => !isSystemAccount(id));
      if (changes.rows.length === 0) {
        await undo();
      } else {
        const { channel } = context;
        const notify =
          channel === null || accounts.length === 0 ? null : { channel, payloads: toPayloads(bounds.sender, accounts) };
        await writeBatch({ client, ...context, end: bounds.end }, changes, notify);
      }
      return { outcomes, accounts, rows: changes.rows };
    } catch (error) {
      await undo().catch(() => undefined);
      if (error instanceof MoreLotsNeeded && attempt < ATTEMPTS_MAX) {
        lotsMax *= LOTS_READ_FACTOR;
        continue;
      }
      if (!statements.recover(error) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}
