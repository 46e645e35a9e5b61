import { openEmbedded } from '../../src/embedded.ts';
import { openDatabase, type Database } from '../../src/ledger/postgres/database.ts';

/** Where a database is: a server, or a directory of its own. */
export type Location = { url: string } | { directory: string };

export function openLocation(location: Location): Promise<Database> {
  return 'url' in location ? openDatabase(location) : openEmbedded(location);
}
