import type { Pool } from 'pg';
import { createMemoryDatabase } from './memory-database.ts';
import type { Tables } from './memory-tables.ts';

/** Where the instances of a cluster keep their one database. */
export interface Storage {
  readonly epoch: string;
  readonly pool: Pick<Pool, 'connect' | 'query'>;
  backup(): Tables | null;
  restore(backup: Tables | null, epoch: string): void;
}

export const FIRST_EPOCH = '00000000-0000-4000-8000-000000000001';

/** The ledger's statements over Maps: what makes a million schedules possible. */
export function createMemoryStorage(connections?: number): Storage {
  const memory = createMemoryDatabase(FIRST_EPOCH, connections);
  return {
    epoch: FIRST_EPOCH,
    pool: memory.database.pool,
    backup: memory.backup,
    restore(backup, epoch) {
      if (backup !== null) memory.restore(backup, epoch);
    },
  };
}
