/**
 * A database for the real ledger that answers in microseconds: the ledger's own statements over Maps, with transactions,
 * row locks and unique keys as far as the ledger leans on them. Everything else is the ledger's own code.
 *
 * A statement that it was not taught fails loudly. That it answers as Postgres does is shown by the ledger's own suite,
 * and by schedules of the simulator that must come out the same on both.
 */
import type { Pool, PoolClient } from 'pg';
import type { Database } from '../../src/ledger/database.ts';
import { findStatement } from './memory-statements.ts';
import { copyTables, createTables, sqlError, type Tables } from './memory-tables.ts';
import { executeWrite, planWrite, undoAll, type WritePlan } from './memory-write.ts';

export interface MemoryDatabase {
  database: Database;
  tables(): Tables;
  backup(): Tables;
  /** Everything is as it was at the backup, in another life. */
  restore(backup: Tables, epoch: string): void;
}

interface Transaction {
  locks: Set<string>;
  staged: { plan: WritePlan; values: readonly unknown[] } | null;
  failed: boolean;
}

interface Statement {
  name: string | null;
  statement: string;
  values: readonly unknown[];
}

interface Result {
  rows: readonly object[];
  rowCount: number;
  command: string;
}

const DONE: Result = Object.freeze({ rows: [], rowCount: 0, command: 'SELECT' });

/** @param connections - How many clients there are at a time, as in a pool. */
export function createMemoryDatabase(epoch: string, connections = Infinity): MemoryDatabase {
  let tables = createTables(epoch);
  const locks = new Map<string, { holder: Transaction; waiting: (() => void)[] }>();
  const plans = new Map<string, WritePlan>();
  const queue: (() => void)[] = [];
  let taken = 0;
  const releaseListeners = new Set<(error: unknown, client: PoolClient) => void>();

  async function lock(transaction: Transaction, ids: readonly string[]): Promise<void> {
    for (const id of ids.toSorted()) {
      if (transaction.locks.has(id) || !tables.accounts.has(id)) continue;
      for (let held = locks.get(id); held !== undefined; held = locks.get(id)) {
        const { waiting } = held;
        await new Promise<void>((resolve) => void waiting.push(resolve));
      }
      locks.set(id, { holder: transaction, waiting: [] });
      transaction.locks.add(id);
    }
  }

  function unlock(transaction: Transaction): void {
    for (const id of transaction.locks) {
      const held = locks.get(id);
      locks.delete(id);
      for (const resolve of held?.waiting ?? []) resolve();
    }
    transaction.locks.clear();
  }

  function planOf(statement: string): WritePlan {
    const plan = plans.get(statement) ?? planWrite(statement);
    plans.set(statement, plan);
    return plan;
  }

  async function execute(transaction: Transaction | null, { name, statement, values }: Statement): Promise<Result> {
    if (transaction?.failed === true) throw sqlError('25P02', 'the transaction is aborted');
    if (name === 'credits_notify') return DONE;
    if (name?.startsWith('credits_write') === true) {
      if (transaction === null) throw new Error('The ledger writes outside of a transaction.');
      const plan = planOf(statement);
      // Tried now, so that it fails now; seen by others when it is committed.
      undoAll(executeWrite(tables, plan, values));
      transaction.staged = { plan, values };
      return DONE;
    }
    if (name === 'credits_lock') {
      if (transaction === null) throw new Error('The ledger locks outside of a transaction.');
      await lock(transaction, values[0] as string[]);
    }
    const rows = findStatement(name, statement)(tables, values);
    return { rows, rowCount: rows.length, command: 'SELECT' };
  }

  /** Waits for a free connection, first come first served. */
  async function take(): Promise<void> {
    if (taken >= connections) await new Promise<void>((resolve) => void queue.push(resolve));
    else taken += 1;
  }

  function giveBack(): void {
    const next = queue.shift();
    if (next === undefined) taken -= 1;
    else next();
  }

  async function connect(): Promise<PoolClient> {
    await take();
    let transaction: Transaction | null = null;

    function end(): void {
      if (transaction !== null) unlock(transaction);
      transaction = null;
    }

    async function query(...question: unknown[]): Promise<Result> {
      const asked = readStatement(question);
      const { statement } = asked;
      if (statement.startsWith('BEGIN')) {
        transaction = { locks: new Set(), staged: null, failed: false };
        return DONE;
      }
      if (statement === 'ROLLBACK') {
        end();
        return DONE;
      }
      if (statement === 'COMMIT') {
        const command = transaction?.failed === true ? 'ROLLBACK' : 'COMMIT';
        if (command === 'COMMIT' && transaction?.staged) {
          executeWrite(tables, transaction.staged.plan, transaction.staged.values);
        }
        end();
        return { ...DONE, command };
      }
      const current = transaction;
      try {
        return await execute(current, asked);
      } catch (error) {
        if (current !== null) current.failed = true;
        throw error;
      }
    }

    const client = {
      query,
      release(error?: unknown): void {
        end();
        giveBack();
        for (const listener of releaseListeners) listener(error, client);
      },
    } as unknown as PoolClient;
    return client;
  }

  const pool = {
    connect,
    async query(...question: unknown[]) {
      await take();
      try {
        return await execute(null, readStatement(question));
      } finally {
        giveBack();
      }
    },
    on: (_event: 'release', listener: (error: unknown, client: PoolClient) => void) => releaseListeners.add(listener),
    off: (_event: 'release', listener: (error: unknown, client: PoolClient) => void) =>
      releaseListeners.delete(listener),
  } as unknown as Pool;

  return Object.freeze<MemoryDatabase>({
    database: { kind: 'embedded', pool, close: async () => undefined },
    tables: () => tables,
    backup: () => copyTables(tables),
    restore(backup, next) {
      tables = { ...copyTables(backup), epoch: next };
      locks.clear();
    },
  });
}

/** The three ways in which `pg` takes a statement. */
export function readStatement([first, second]: readonly unknown[]): Statement {
  if (typeof first === 'string')
    return { name: null, statement: first, values: (second as unknown[] | undefined) ?? [] };
  const { name = null, text, values = [] } = first as { name?: string; text: string; values?: unknown[] };
  return { name, statement: text, values };
}
