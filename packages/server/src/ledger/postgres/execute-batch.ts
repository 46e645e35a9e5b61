import assert from 'node:assert/strict';
import type { Intent } from '../rules/command-table.ts';
import { collectLocks } from '../rules/collect-locks.ts';
import { decide } from '../rules/decide.ts';
import type { EventRules } from '../rules/events.ts';
import { createHoldId } from '../rules/hold-id.ts';
import { MoreLotsNeeded } from '../rules/lots.ts';
import {
  isSystemAccount,
  SYSTEM_BREAKAGE,
  SYSTEM_ISSUED,
  SYSTEM_SPENT,
  toSlotAccount,
} from '../rules/system-accounts.ts';
import type { BatchResult } from '../storage.ts';
import { toArrayLiteral } from './array-literal.ts';
import { readBatch, type ReadStatements, type TimedAccounts } from './batch-read.ts';
import { writeBatch, type WriteStatements } from './batch-write.ts';
import type { SqlClient } from './database.ts';
import type { DatabaseClock } from './database-clock.ts';
import { toPayloads } from './notifications.ts';
import type { TimelineFence } from './timeline.ts';
import { createStatement, roundTrip, sendUnnamed, type Statement, type Statements } from './statements.ts';

/** The statements of one ledger, and how they are sent. */
export interface BatchContext {
  statements: Statements;
  read: ReadStatements;
  write: WriteStatements;
  createAccounts: Statement;
  /** Kept by what batches read of it. */
  clock: DatabaseClock;
  /** What events the host wants; null: none. */
  events: EventRules | null;
  fence: TimelineFence;
  /** Kept by what batches read. */
  timed: TimedAccounts;
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
const PLANNER = 'SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off';
const PLAN_ONCE = 'SET LOCAL plan_cache_mode = force_generic_plan';

/** Without it, a null in an array of parameters is a text: a setting for programs of 2006 that a role could still have. */
export const ARRAY_NULLS = 'SET LOCAL array_nulls = on';

/**
 * A batch begins again after it created accounts, when it must lock more accounts, and after it switched prepared
 * statements off; and it reads again when it needs more lots.
 */
const ATTEMPTS_MAX = 8;

/** Lots of an account that a batch reads for each of its commands. When it needs more it reads 8 times as many. */
const LOTS_READ = 4;
const LOTS_READ_FACTOR = 8;

/**
 * Bounds of a batch that is a transaction of its own.
 *
 * @param options.plansOnce - Not on Citus, which needs the parameters to find the worker ("could not create distributed plan").
 */
export function createOwnTransaction({ plansOnce }: { plansOnce: boolean }) {
  const settings = [ARRAY_NULLS, PLANNER, ...(plansOnce ? [PLAN_ONCE] : [])].join('; ');
  return {
    begin: createStatement(`BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; ${settings}`),
    end: createStatement('COMMIT'),
    undo: createStatement('ROLLBACK'),
  };
}

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
  const spent = toSlotAccount(SYSTEM_SPENT, bounds.slot);
  const issued = toSlotAccount(SYSTEM_ISSUED, bounds.slot);
  const accountsToLock = new Set(locks.accounts);
  let lotsMax = LOTS_READ * Math.max(1, locks.commandsMax);
  let isBegun = false;
  const undo = () => sendUnnamed(client, bounds.undo);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const query = {
        locks: { ...locks, accounts: [...accountsToLock] },
        nowMs,
        breakage,
        spent,
        issued,
        lotsMax,
        isTelling: context.events !== null,
        isSettling: intents.some(({ kind }) => kind === 'expire'),
      };
      const found = await readBatch({ client, ...context, begin: isBegun ? null : bounds.begin }, query);
      isBegun = false;
      if ('unlocked' in found) {
        assert(attempt < ATTEMPTS_MAX, `The accounts ${found.unlocked.join(', ')} cannot be locked.`);
        await undo();
        for (const id of found.unlocked) accountsToLock.add(id);
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
      const events = context.events === null ? null : { rules: context.events, found: found.alerts };
      const options = { nowMs, slot: bounds.slot, createId: () => createHoldId(nowMs), events };
      const { outcomes, changes } = decide(intents, found.state, options);
      const { lotsOpened, ratesOpened, allowancesOpened } = changes;
      for (const { account } of [...lotsOpened, ...ratesOpened, ...allowancesOpened]) context.timed.add(account.id);
      const changed = [...changes.accounts, ...changes.events.map(({ account }) => account)].map(({ id }) => id);
      const accounts = [...new Set(changed)].filter((id) => !isSystemAccount(id));
      if (changes.rows.length + changes.lotAlertsDone.length === 0) {
        await undo();
      } else {
        const { channel } = context;
        const notify =
          channel === null || accounts.length === 0 ? null : { channel, payloads: toPayloads(bounds.sender, accounts) };
        await writeBatch({ client, ...context, end: bounds.end }, changes, notify);
      }
      return { outcomes, accounts, rows: changes.rows };
    } catch (error) {
      if (error instanceof MoreLotsNeeded && attempt < ATTEMPTS_MAX) {
        // Everything is locked, and nothing is written: it only reads again.
        lotsMax *= LOTS_READ_FACTOR;
        isBegun = true;
        continue;
      }
      isBegun = false;
      await undo().catch(() => undefined);
      if (!statements.recover(error) || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}
