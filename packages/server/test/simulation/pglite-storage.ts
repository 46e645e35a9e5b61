import { createLedger } from '../../src/ledger/create-ledger.ts';
import type { Database } from '../../src/ledger/database.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { FIRST_EPOCH, type Storage } from './storage.ts';

/** Postgres itself under the simulator: too slow for thousands, and what the memory database is measured by. */
export interface PgliteStorage {
  /** The same database again, empty and in its first life. It cannot be restored from a backup. */
  empty(): Promise<Storage>;
  close(): Promise<void>;
}

const EMPTY = `TRUNCATE credits_entries, credits_transfers, credits_holds, credits_operations, credits_checkpoints;
  DELETE FROM credits_accounts WHERE id NOT LIKE 'house:%';
  UPDATE credits_accounts SET posted = 0, held = 0, version = 0, hash = '';
  UPDATE credits_lives SET epoch = '${FIRST_EPOCH}'`;

export async function openPgliteStorage(): Promise<PgliteStorage> {
  const database: Database = await openEmbeddedDatabase();
  const ledger = await createLedger({ database });
  await ledger.close();
  return {
    async empty() {
      await database.pool.query(EMPTY);
      return {
        epoch: FIRST_EPOCH,
        pool: database.pool,
        backup: () => null,
        restore() {
          throw new Error('The embedded database is not restored in schedules.');
        },
      };
    },
    close: database.close,
  };
}
