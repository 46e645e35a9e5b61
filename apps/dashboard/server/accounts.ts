import { isCreditsError, type Snapshot } from 'realtime-credits';
import type { Ledger } from 'realtime-credits-server';

/** Users' accounts in the ledger: opened on first touch, since a sign-up cannot reach the ledger from within. */
export interface Accounts {
  /** Makes sure that the account exists. */
  open(userId: string): Promise<void>;
  /** The state of an account, and whether these operations are in it. */
  snapshot(userId: string, operations?: readonly string[]): Promise<Snapshot>;
}

/** Bounds the memory of which accounts are known to exist. */
const KNOWN_MAX = 100_000;

export function createAccounts(ledger: Ledger): Accounts {
  const known = new Set<string>();

  async function open(userId: string): Promise<void> {
    if (known.has(userId)) return;
    await ledger.openAccount(userId);
    if (known.size >= KNOWN_MAX) known.clear();
    known.add(userId);
  }

  async function snapshot(userId: string, operations: readonly string[] = []): Promise<Snapshot> {
    const options = operations.length === 0 ? {} : { operations };
    try {
      return await ledger.snapshot(userId, options);
    } catch (error) {
      if (!isCreditsError(error) || error.code !== 'account_not_found') throw error;
      await ledger.openAccount(userId);
      return ledger.snapshot(userId, options);
    }
  }

  return Object.freeze({ open, snapshot });
}
