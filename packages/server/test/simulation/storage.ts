import type { LedgerStorage } from '../../src/ledger/storage.ts';
import { MemoryDatabase } from './memory-storage.ts';

/** Where the instances of a cluster keep their one database. */
export interface Storage {
  readonly epoch: string;
  /** The storage of one instance. */
  open(): Promise<LedgerStorage>;
  /** Keeps the present state. Returns what restores it, in another epoch. */
  backup(): (epoch: string) => void;
}

export const FIRST_EPOCH = '00000000-0000-4000-8000-000000000001';

/** The ledger's tables as Maps: what makes a million schedules possible. */
export function createMemoryStorage(): Storage {
  const database = new MemoryDatabase(FIRST_EPOCH);
  return {
    epoch: FIRST_EPOCH,
    open: async () => database.openStorage(),
    backup() {
      const tables = database.backup();
      return (epoch) => database.restore(tables, epoch);
    },
  };
}
