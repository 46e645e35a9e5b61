import type { BatchResult, LedgerStorage } from '../../src/ledger/storage.ts';

/** Carries notifications between instances. */
export interface NotificationBus {
  publish(sender: object, accounts: readonly string[]): void;
  subscribe(receiver: object, listener: (accounts: readonly string[]) => void): () => void;
}

/** How one call of the storage fares. */
export interface CallPlan {
  /** Virtual milliseconds until the database has carried it out, and from then until the result arrives. */
  requestMs: number;
  resultMs: number;
  /** Whether the connection is lost after a commit, before its result arrives. */
  isResultLost: boolean;
}

export interface InstanceStorageOptions {
  storage: LedgerStorage;
  bus: NotificationBus;
  /**
   * Decides how a call fares. Called when the call begins: a database that takes more turns of the event loop
   * gets the same schedule.
   */
  plan: () => CallPlan;
  delay: (ms: number) => Promise<void>;
  isAlive: () => boolean;
  /** Called with each batch at its commit. */
  onCommit: (batch: BatchResult) => void;
}

const READS = [
  'readSnapshot',
  'readVersions',
  'readEntries',
  'readVersionAt',
  'readBalanceAt',
  'readTransfer',
  'readHold',
  'readHolds',
  'readAllHolds',
  'readLots',
  'readRates',
  'readAllowances',
  'readExpiredAccounts',
  'readNextExpiry',
  'readCirculation',
  'readHeads',
  'verify',
] as const;

/**
 * A storage as one instance of the server sees it. Messages take virtual time. An instance that is killed before the
 * commit never had it; one that is killed after it never gets the result. Notifications go over a bus of their own.
 */
export function createInstanceStorage(options: InstanceStorageOptions): LedgerStorage {
  const { storage, bus, plan, delay, isAlive, onCommit } = options;

  /** A message on its way: nobody sends or receives it once the instance is dead. */
  async function travel(ms: number): Promise<void> {
    if (!isAlive()) throw connectionLost();
    if (ms === 0) return;
    await delay(ms);
    if (!isAlive()) throw connectionLost();
  }

  /** A read: its result may be old by the time it arrives. */
  function toSlowRead<Name extends (typeof READS)[number]>(name: Name): [Name, unknown] {
    const read = storage[name].bind(storage) as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]) => {
        const { requestMs, resultMs } = plan();
        await travel(requestMs);
        const result = await read(...args);
        await travel(resultMs);
        return result;
      },
    ];
  }

  const instance: LedgerStorage = {
    ...(Object.fromEntries(READS.map(toSlowRead)) as Pick<LedgerStorage, (typeof READS)[number]>),
    epoch: storage.epoch,
    notificationGeneration: null,
    classifyError: (error) => storage.classifyError(error),
    toCreditsError: (error) => storage.toCreditsError(error),
    async executeBatch(intents, batch) {
      const { requestMs, resultMs, isResultLost } = plan();
      await travel(requestMs);
      const result = await storage.executeBatch(intents, batch);
      if (result.rows.length > 0) onCommit(result);
      if (result.accounts.length > 0) bus.publish(instance, result.accounts);
      if (isResultLost) throw connectionLost();
      await travel(resultMs);
      return result;
    },
    listen(onChanged) {
      const stop = bus.subscribe(instance, (accounts) => {
        if (isAlive()) onChanged(accounts);
      });
      return async () => stop();
    },
  };
  return instance;
}

function connectionLost(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: '08006' });
}
