/**
 * The database as one instance of the server sees it: statements take virtual time, hints travel over a bus that may lose,
 * delay and repeat them, and an instance that was killed has lost its connections at that very statement. What the
 * statements do is another's: the memory database's, or Postgres's.
 */
import type { Pool, PoolClient } from 'pg';
import type { Database } from '../../src/ledger/database.ts';
import { readStatement } from './memory-database.ts';
import { planWrite, readRows, type WritePlan, type WrittenRow } from './memory-write.ts';

/** Carries hints between instances. */
export interface HintBus {
  publish(channel: string, payload: string): void;
  subscribe(channel: string, listener: (payload: string) => void): () => void;
}

export interface InstanceDatabaseOptions {
  pool: Pick<Pool, 'connect' | 'query'>;
  bus: HintBus;
  /** Resolves after what a statement takes; at once where it takes no time. */
  wait: () => Promise<void> | null;
  isAlive: () => boolean;
  /** Hears what a transaction wrote, at its commit. */
  onCommit: (rows: readonly WrittenRow[]) => void;
}

export function createInstanceDatabase(options: InstanceDatabaseOptions): Database {
  const { pool, bus, wait, isAlive, onCommit } = options;
  const plans = new Map<string, WritePlan>();
  const stops = new Set<() => void>();

  /** The answer of a statement that a dead instance sent is nobody's. */
  async function hold(): Promise<void> {
    if (!isAlive()) throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
    const waiting = wait();
    if (waiting !== null) await waiting;
    if (!isAlive()) throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
  }

  async function connect(): Promise<PoolClient> {
    await hold();
    const client = await pool.connect();
    let written: WrittenRow[] = [];
    let hints: { channel: string; payloads: string[] } | null = null;

    async function query(...question: unknown[]): Promise<unknown> {
      const { name, statement, values } = readStatement(question);
      await hold();
      const answer = (await (client.query as (...all: unknown[]) => Promise<unknown>)(...question)) as {
        command: string;
      };
      if (name?.startsWith('credits_write') === true) {
        const plan = plans.get(statement) ?? planWrite(statement);
        plans.set(statement, plan);
        written = readRows(plan, values);
      } else if (name === 'credits_notify') {
        hints = { channel: String(values[0]), payloads: values[1] as string[] };
      } else if (statement === 'COMMIT' && answer.command === 'COMMIT') {
        if (written.length > 0) onCommit(written);
        for (const payload of hints?.payloads ?? []) bus.publish(hints?.channel ?? '', payload);
        written = [];
        hints = null;
        // Committed, and on its way back: an instance that dies here never hears of it.
        const waiting = wait();
        if (waiting !== null) await waiting;
        await hold();
      }
      return answer;
    }

    return {
      query,
      release: (destroy?: boolean) => {
        if (destroy !== true) return client.release();
        void client.query('ROLLBACK').then(
          () => client.release(),
          () => client.release(true),
        );
      },
    } as unknown as PoolClient;
  }

  const own = {
    connect,
    off: () => undefined,
    async query(...question: unknown[]) {
      await hold();
      return (pool.query as (...all: unknown[]) => Promise<unknown>)(...question);
    },
  } as unknown as Pool;

  return Object.freeze<Database>({
    kind: 'postgres',
    pool: own,
    listen(channel, listener) {
      const stop = bus.subscribe(channel, (payload) => {
        if (isAlive()) listener(payload);
      });
      stops.add(stop);
      return async () => stop();
    },
    async close() {
      for (const stop of stops) stop();
    },
  });
}
