import { openDatabase, type Database } from 'realtime-credits-server';
import { openEmbedded } from 'realtime-credits-server/embedded';
import type { Config } from './config.ts';

/** Opens the database that the environment names: a Postgres server, or the embedded one in a directory. */
export function openConfigured(
  { database }: Pick<Config, 'database'>,
  onWarning: (message: string, cause: unknown) => void,
): Promise<Database> {
  return database.kind === 'postgres'
    ? openDatabase({ url: database.url, onWarning })
    : openEmbedded({ directory: database.directory, onWarning });
}
