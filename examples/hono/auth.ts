import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import type { Pool } from 'pg';

export interface AuthOptions {
  /** The pool of the ledger's database, embedded or a server. */
  pool: Pool;
  /** The origin that people open. */
  baseUrl: string;
  /** Signs the cookies; without one, better-auth refuses to start in production. */
  secret: string | undefined;
  /** Called for each session that ended. */
  onSessionEnded: (userId: string) => void;
}

/** E-mail, password and sessions by better-auth, whose tables are made here as well. */
export async function createAuth({ pool, baseUrl, secret, onSessionEnded }: AuthOptions) {
  const options = {
    database: pool,
    baseURL: baseUrl,
    ...(secret === undefined ? {} : { secret }),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    databaseHooks: { session: { delete: { after: async ({ userId }) => onSessionEnded(userId) } } },
  } satisfies BetterAuthOptions;
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  return betterAuth(options);
}
