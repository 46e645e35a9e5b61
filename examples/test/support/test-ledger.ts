import { afterAll, beforeAll, expect } from 'vitest';
import { isCreditsError, type CreditsErrorCode } from 'realtime-credits';
import { createLedger, openDatabase, type Database, type DatabaseOptions, type Ledger } from 'realtime-credits-server';

export interface TestLedger {
  readonly ledger: Ledger;
  readonly database: Database;
  /** The ledger's clock: stands still until moved. */
  readonly time: { nowMs: number };
  /** A new account with this many credits. */
  openAccount(credits?: number): Promise<string>;
  readAvailable(account: string): Promise<number>;
}

/** A ledger for the tests of a file, in memory unless said otherwise. What it ends with must verify. */
export function useLedger(open: () => Promise<DatabaseOptions> = async () => ({ memory: true })): TestLedger {
  const time = { nowMs: Date.parse('2026-11-22T12:00:00.000Z') };
  let opened: { ledger: Ledger; database: Database } | undefined;
  let count = 0;
  const get = () => {
    if (opened === undefined) throw new Error('The ledger is used before its tests run.');
    return opened;
  };

  beforeAll(async () => {
    const database = await openDatabase(await open());
    opened = { database, ledger: await createLedger({ database, clock: () => time.nowMs, expirySweepMs: 3_600_000 }) };
  });
  afterAll(async () => {
    const { ledger, database } = get();
    const { differences } = await ledger.verify({ full: true });
    await ledger.close();
    await database.close();
    expect(differences).toEqual([]);
  });

  return {
    get ledger() {
      return get().ledger;
    },
    get database() {
      return get().database;
    },
    time,
    async openAccount(credits = 0) {
      const account = `user-${(count += 1)}`;
      await get().ledger.openAccount(account);
      const by = { actor: 'system:test', reason: 'A test', idempotencyKey: `opening:${account}` };
      if (credits > 0) await get().ledger.grant({ ...by, account, amount: credits });
      return account;
    },
    readAvailable: async (account) => (await get().ledger.balance(account)).balance.available,
  };
}

/** Waits for a refusal; fails when there is none, or another one. */
export async function expectRefusal(command: Promise<unknown>, code: CreditsErrorCode): Promise<void> {
  const error = await command.then(
    () => 'accepted',
    (reason: unknown) => reason,
  );
  expect(isCreditsError(error) ? error.code : error).toBe(code);
}
