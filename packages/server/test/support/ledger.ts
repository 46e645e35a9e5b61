import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { isCreditsError, type CreditsError, type CreditsErrorCode } from 'realtime-credits/contract';
import { SYSTEM_CLOCK } from '../../src/clock.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { createLedgerOnStorage, type LedgerTimeOptions } from '../../src/ledger/ledger-on-storage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { openPostgresStorage } from '../../src/ledger/postgres/postgres-storage.ts';
import type { LedgerStorage } from '../../src/ledger/storage.ts';
import { MemoryDatabase } from '../simulation/memory-storage.ts';

/** What a ledger test works with. One database for each test file: tests keep apart by accounts and keys of their own. */
export interface Bench {
  readonly ledger: Ledger;
  /** The ledger's clock: stands still until moved, and only forward. */
  readonly time: { nowMs: number };
  /** Warnings of everything in the background, oldest first. */
  readonly warnings: string[];
  /** Opens another ledger on the same database, as a second instance or a later process would. */
  openLedger(options?: OpenOptions): Promise<Ledger>;
}

export interface OpenOptions {
  expirySweepMs?: number;
  /** How far its clock is ahead of the bench's, in milliseconds. */
  aheadMs?: number;
  /** Puts something between the ledger and its storage. Such a ledger has no transactions of the host. */
  wrapStorage?: (storage: LedgerStorage) => LedgerStorage;
}

/** A bench on a database with SQL. */
export interface DatabaseBench extends Bench {
  readonly database: Database;
}

/** Where a bench keeps its data. */
interface Backend {
  openLedger(options: OpenOptions & LedgerTimeOptions): Promise<Ledger>;
  close(): Promise<void>;
}

/** An hour: expired holds are then settled by whatever reads them, not by the timer. */
const NEVER_MS = 3_600_000;

/** A bench on Maps: the rules and everything above them, without a database. */
export function createMemoryBench(): Bench {
  return createBenchOn(async () => {
    const memory = new MemoryDatabase(randomUUID());
    return {
      async openLedger({ wrapStorage = (storage) => storage, ...options }) {
        return createLedgerOnStorage({ ...options, storage: wrapStorage(memory.openStorage()) });
      },
      close: async () => undefined,
    };
  });
}

/** Opens a database and a ledger around the tests of a file, and closes them afterwards. */
export function createBench(open: () => Promise<{ database: Database; drop?: () => Promise<void> }>): DatabaseBench {
  let opened: { database: Database; drop?: () => Promise<void> } | undefined;
  const bench = createBenchOn(async () => {
    opened = await open();
    const { database, drop } = opened;
    return {
      async openLedger({ wrapStorage, ...options }) {
        if (wrapStorage === undefined) return createLedger({ ...options, database });
        const { onWarning = () => undefined } = options;
        const { storage } = await openPostgresStorage({ database, schema: 'credits', listenUrl: undefined, onWarning });
        return createLedgerOnStorage({ ...options, storage: wrapStorage(storage) });
      },
      async close() {
        await database.close();
        await drop?.();
      },
    };
  });
  return Object.defineProperty(bench, 'database', {
    get() {
      if (opened === undefined) throw new Error('The bench is used before its tests run.');
      return opened.database;
    },
  }) as DatabaseBench;
}

function createBenchOn(open: () => Promise<Backend>): Bench {
  const time = { nowMs: Date.parse('2026-11-22T12:00:00.000Z') };
  const warnings: string[] = [];
  const ledgers: Ledger[] = [];
  let backend: Backend | undefined;

  async function openLedger({ aheadMs = 0, ...options }: OpenOptions = {}): Promise<Ledger> {
    if (backend === undefined) throw new Error('The bench is used before its tests run.');
    const ledger = await backend.openLedger({
      expirySweepMs: NEVER_MS,
      ...options,
      clock: { ...SYSTEM_CLOCK, wallMs: () => time.nowMs + aheadMs },
      onWarning: (message) => warnings.push(message),
    });
    ledgers.push(ledger);
    return ledger;
  }

  beforeAll(async () => {
    backend = await open();
    await openLedger();
  });
  afterAll(async () => {
    for (const ledger of ledgers.toReversed()) await ledger.close();
    await backend?.close();
  });

  return {
    get ledger() {
      const ledger = ledgers[0];
      if (ledger === undefined) throw new Error('The bench is used before its tests run.');
      return ledger;
    },
    time,
    warnings,
    openLedger,
  };
}

let made = 0;

/** A name that no other test of the file uses. */
export function fresh(prefix: string): string {
  made += 1;
  return `${prefix}:${made}`;
}

/** What every command needs and few tests care about. */
export function by(actor: string): { actor: string; reason: string; idempotencyKey: string } {
  return { actor, reason: 'A test', idempotencyKey: fresh('key') };
}

/** An account that nothing uses yet, with this many credits: at version 1, or 0 without credits. */
export async function openAccount({ ledger }: { ledger: Ledger }, credits = 0): Promise<string> {
  const account = fresh('user');
  if (credits > 0) await ledger.grant({ ...by('system:test'), account, amount: credits });
  return account;
}

/** Waits for a refusal, and returns it. Fails when there is none, when it has no code, or another one. */
export async function refusal(command: Promise<unknown>, code: CreditsErrorCode): Promise<CreditsError> {
  const outcome = await command.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) throw new Error(`Expected ${code}, but the command was accepted.`);
  if (!isCreditsError(outcome.error)) throw outcome.error;
  expect(outcome.error.code).toBe(code);
  return outcome.error;
}
