import type { Database } from '../ledger/postgres/database.ts';
import { readPendingNames } from './connect.ts';
import type { Finding } from './doctor.ts';

/** Checks that the ledger's tables exist and are up to date. */
export async function* checkTables(database: Database, schema: string): AsyncGenerator<Finding> {
  const pending = await readPendingNames(database, schema);
  if (pending.length > 0) {
    const message = `the schema "${schema}" lacks ${pending.join(', ')}: run "migrate", or start the dashboard.`;
    yield { status: 'warn', about: 'tables', message };
    return;
  }
  yield { status: 'ok', about: 'tables', message: 'they are up to date.' };
}
