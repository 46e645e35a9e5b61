import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Database } from '../../src/ledger/postgres/database.ts';
import { createLedgers, type Ledgers, type LedgersOptions } from '../../src/ledgers/create-ledgers.ts';
import { by } from '../support/ledger.ts';

/** Lists of ledgers in one database. Each test makes a list of its own. */
export interface LedgersBench {
  readonly database: Database;
  /** Opens ledgers that are closed after the test. */
  open(options: Partial<LedgersOptions>): Promise<Ledgers>;
  /** A new list of so many ledgers, and how to open it again. */
  openNew(count: number, options?: Partial<LedgersOptions>): Promise<NewList>;
}

export interface NewList {
  ledgers: Ledgers;
  directory: string;
  schemas: string[];
  /** Another process on the same list. */
  openAgain(options?: Partial<LedgersOptions>): Promise<Ledgers>;
}

let made = 0;

export function createLedgersBench(
  open: () => Promise<{ database: Database; drop?: () => Promise<void> }>,
): LedgersBench {
  let opened: { database: Database; drop?: () => Promise<void> } | undefined;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.database.close();
    await opened?.drop?.();
  });
  const bench: LedgersBench = {
    get database() {
      if (opened === undefined) throw new Error('The bench is used before its tests run.');
      return opened.database;
    },
    async open(options) {
      const each = await createLedgers({
        database: bench.database,
        recoverEveryMs: 0,
        expirySweepMs: 3_600_000,
        ...options,
      });
      onTestFinished(() => each.close());
      return each;
    },
    async openNew(count, options = {}) {
      made += 1;
      const directory = `list_${made}`;
      const schemas = Array.from({ length: count }, (_, index) => `list_${made}_${'abcdefghijkl'[index]}`);
      const all = { directory, schemas, ...options };
      return {
        ledgers: await bench.open(all),
        directory,
        schemas,
        openAgain: (more) => bench.open({ ...all, ...more }),
      };
    },
  };
  return bench;
}

/** New accounts, one on each ledger of a list, with this many credits each. */
export async function openOnEach({ ledgers, schemas }: NewList, credits: number): Promise<string[]> {
  const accounts = new Map<string, string>();
  for (let index = 0; accounts.size < schemas.length; index += 1) {
    const account = `user-${made}-${(count += 1)}`;
    const schema = await ledgers.schemaOf(account);
    if (!accounts.has(schema)) accounts.set(schema, account);
    expect(index).toBeLessThan(1_000);
  }
  const ordered = schemas.map((schema) => accounts.get(schema) ?? '');
  for (const account of ordered) {
    if (credits > 0) await ledgers.grant({ ...by('system:test'), account, amount: credits });
  }
  return ordered;
}

let count = 0;

export async function balancesOf(ledger: Ledger, accounts: readonly string[]): Promise<number[]> {
  return Promise.all(accounts.map(async (account) => (await ledger.balance(account)).balance.available));
}

export async function expectVerified(ledger: Ledger): Promise<void> {
  const { differences } = await ledger.verify();
  expect(differences).toEqual([]);
}
