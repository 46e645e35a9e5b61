import { afterAll, beforeAll, expect } from 'vitest';
import { type CreditsError, type CreditsErrorCode, isCreditsError } from 'realtime-credits/contract';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/database.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

/** What a ledger test works with. One database for each test file: tests keep apart by accounts and keys of their own. */
export interface Bench {
  readonly database: Database;
  readonly ledger: Ledger;
  /** The ledger's clock: stands still until moved, and only forward. */
  readonly time: { nowMs: number };
  /** Warnings of everything in the background, oldest first. */
  readonly warnings: string[];
  /** Opens another ledger on the same database, as a second instance or a later process would. */
  openLedger(options?: { expirySweepMs?: number; database?: Database }): Promise<Ledger>;
}

/** An hour: expired holds are then settled by whoever meets them, not by the timer. */
const NEVER_MS = 3_600_000;

/** Opens a database and a ledger around the tests of a file, and closes them afterwards. */
export function createBench(open: () => Promise<{ database: Database; drop?: () => Promise<void> }>): Bench {
  const time = { nowMs: Date.parse('2026-11-22T12:00:00.000Z') };
  const warnings: string[] = [];
  const ledgers: Ledger[] = [];
  let opened: { database: Database; drop?: () => Promise<void> } | undefined;

  async function openLedger(options: { expirySweepMs?: number; database?: Database } = {}): Promise<Ledger> {
    const ledger = await createLedger({
      database: options.database ?? bench.database,
      clock: () => time.nowMs,
      expirySweepMs: options.expirySweepMs ?? NEVER_MS,
      onWarning: (message) => warnings.push(message),
    });
    ledgers.push(ledger);
    return ledger;
  }

  beforeAll(async () => {
    opened = await open();
    await openLedger();
  });
  afterAll(async () => {
    for (const ledger of ledgers.toReversed()) await ledger.close();
    await opened?.database.close();
    await opened?.drop?.();
  });

  const bench: Bench = {
    get database() {
      if (opened === undefined) throw new Error('The bench is used before its tests run.');
      return opened.database;
    },
    get ledger() {
      const ledger = ledgers[0];
      if (ledger === undefined) throw new Error('The bench is used before its tests run.');
      return ledger;
    },
    time,
    warnings,
    openLedger,
  };
  return bench;
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

/** A new account with this many credits; at version 1, or 0 without credits. */
export async function openAccount({ ledger }: { ledger: Ledger }, credits = 0): Promise<string> {
  const account = fresh('user');
  await ledger.openAccount(account);
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
