import type { BatchResult, LedgerStorage } from '../../src/ledger/storage.ts';

/** Carries notifications between instances. */
export interface NotificationBus {
  publish(sender: object, accounts: readonly string[]): void;
  subscribe(receiver: object, listener: (accounts: readonly string[]) => void): () => void;
}

export interface InstanceStorageOptions {
  storage: LedgerStorage;
  bus: NotificationBus;
  /** Resolves after the time that a message to or from the database takes; null where it takes none. */
  wait: () => Promise<void> | null;
  /** Whether the connection is lost after a commit, before its result arrives. */
  isResultLost: () => boolean;
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
  const { storage, bus, wait, isResultLost, isAlive, onCommit } = options;

  /** A message on its way: nobody sends or receives it once the instance is dead. */
  async function travel(): Promise<void> {
    if (!isAlive()) throw connectionLost();
    const waiting = wait();
    if (waiting === null) return;
    await waiting;
    if (!isAlive()) throw connectionLost();
  }

  /** A read: its result may be old by the time it arrives. */
  function toSlowRead<Name extends (typeof READS)[number]>(name: Name): [Name, unknown] {
    const read = storage[name].bind(storage) as (...args: unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: unknown[]) => {
        await travel();
        const result = await read(...args);
        await travel();
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
      await travel();
      await travel(); // two round trips: what is read, then what is written
      const result = await storage.executeBatch(intents, batch);
      if (result.rows.length > 0) onCommit(result);
      if (result.accounts.length > 0) bus.publish(instance, result.accounts);
      if (isResultLost()) throw connectionLost();
      await travel();
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
