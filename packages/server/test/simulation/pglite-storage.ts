import type { Database } from '../../src/ledger/postgres/database.ts';
import { openPostgresStorage } from '../../src/ledger/postgres/postgres-storage.ts';
import { openEmbeddedDatabase } from '../support/database.ts';
import { FIRST_EPOCH, type Storage } from './storage.ts';

/** Postgres itself under the simulator: too slow for thousands, and what the storage in memory is compared with. */
export interface PgliteStorage {
  /** An empty ledger in its first epoch. It cannot be restored from a backup. */
  empty(): Promise<Storage>;
  close(): Promise<void>;
}

export async function openPgliteStorage(): Promise<PgliteStorage> {
  const database: Database = await openEmbeddedDatabase();
  let schemas = 0;

  async function open(schema: string) {
    const onWarning = (message: string): never => {
      throw new Error(message);
    };
    return (await openPostgresStorage({ database, schema, listenUrl: undefined, onWarning })).storage;
  }

  return {
    async empty() {
      const schema = `simulation_${(schemas += 1)}`;
      await open(schema); // creates its tables
      await database.pool.query(`UPDATE ${schema}.ledger SET epoch = '${FIRST_EPOCH}'`);
      return {
        epoch: FIRST_EPOCH,
        open: () => open(schema),
        backup: () => () => {
          throw new Error('The embedded database is not restored in schedules.');
        },
      };
    },
    close: database.close,
  };
}
