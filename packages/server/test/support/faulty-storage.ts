import type { Intent } from '../../src/ledger/rules/command-table.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { BatchResult, LedgerStorage } from '../../src/ledger/storage.ts';
import type { Bench } from './ledger.ts';

/** A storage that fails on order. */
export interface FaultyStorage {
  storage: LedgerStorage;
  /** Fails the next batch in place of carrying it out. */
  failBefore(code: string): void;
  /**
   * Carries the next batch out, then fails. Resolves when that has happened.
   *
   * @param code - SQLSTATE of the failure. Without one it is a failure that nobody expects.
   */
  failAfter(code?: string): Promise<void>;
  /** From now on nothing is carried out, and nothing can be read. */
  failAlways(code?: string): void;
  /** Fails every batch with such an intent, as a constraint of the database would. */
  refuse(isRefused: (intent: Intent) => boolean): void;
  /** From now on everything works again. */
  heal(): void;
  /** Batches that were carried out, as numbers of intents. */
  readonly batches: readonly number[];
}

export function createFaultyStorage(storage: LedgerStorage): FaultyStorage {
  const batches: number[] = [];
  let before: string | null = null;
  let after: { code: string | undefined; happened: () => void } | null = null;
  let dead: { code: string | undefined } | null = null;
  let isRefused: (intent: Intent) => boolean = () => false;

  async function executeBatch(intents: readonly Intent[], options: { nowMs: number }): Promise<BatchResult> {
    if (dead !== null) throw failure(dead.code);
    if (before !== null) {
      const code = before;
      before = null;
      throw failure(code);
    }
    if (intents.some(isRefused)) throw failure('23514');
    const result = await storage.executeBatch(intents, options);
    batches.push(intents.length);
    if (after === null) return result;
    const { code, happened } = after;
    after = null;
    happened();
    throw failure(code);
  }

  return {
    storage: new Proxy(storage, {
      get(target, property) {
        if (property === 'executeBatch') return executeBatch;
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (dead === null || !String(property).startsWith('read')) return value.bind(target) as unknown;
        return () => Promise.reject(failure(dead?.code));
      },
    }),
    failBefore: (code) => void (before = code),
    failAfter: (code) => new Promise((resolve) => void (after = { code, happened: resolve })),
    failAlways: (code) => void (dead = { code }),
    refuse: (predicate) => void (isRefused = predicate),
    heal() {
      dead = null;
      isRefused = () => false;
    },
    batches,
  };
}

/** Opens another ledger on the database of a bench, with a storage that fails on order. */
export async function openFaultyLedger(bench: Bench): Promise<{ ledger: Ledger; faulty: FaultyStorage }> {
  let faulty: FaultyStorage | undefined;
  const ledger = await bench.openLedger({ wrapStorage: (storage) => (faulty = createFaultyStorage(storage)).storage });
  if (faulty === undefined) throw new Error('The storage was not wrapped.');
  return { ledger, faulty };
}

function failure(code: string | undefined): Error {
  return Object.assign(new Error('An injected failure.'), code === undefined ? {} : { code });
}
