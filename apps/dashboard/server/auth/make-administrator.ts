import { migrate, type Database } from 'realtime-credits-server';
import { createAudit, OPERATOR } from '../administration/audit.ts';
import { runAlone } from '../run-alone.ts';
import { DASHBOARD_MIGRATIONS } from '../tables.ts';
import { createAuth, migrateAuth, type AuthOptions } from './auth.ts';
import { createCredentials } from './credentials.ts';
import { generatePassword } from './generate-password.ts';

/** An administrator as the operator's command made one. */
export interface MadeAdministrator {
  /** Whether the account is new. */
  created: boolean;
  /** Said once, here; the database has its hash. */
  password: string;
}

/**
 * Makes the account of an address an administrator's, and creates it when there is none.
 *
 * It always gets a new password and loses its sessions: addresses are not verified, and a stranger may have signed up
 * with this one before the operator named it.
 */
export async function makeAdministrator(database: Database, email: string): Promise<MadeAdministrator> {
  const options: AuthOptions = {
    pool: database.pool,
    // Nobody is signed in by this: no cookie is made or read.
    secret: crypto.randomUUID(),
    baseUrl: 'http://localhost',
    trustedOrigins: () => [],
    socialProviders: {},
    passkeyOrigin: null,
    onAccountLinked: async () => undefined,
    onWarning: () => undefined,
    onSignedIn: async () => undefined,
    onSessionEnded: () => undefined,
    onUserChanged: () => undefined,
    sendMessage: () => undefined,
    rememberLink: async () => undefined,
    onPasswordReset: async () => undefined,
    onUserCreated: async () => undefined,
  };
  await migrate(database.pool, { namespace: 'dashboard', migrations: DASHBOARD_MIGRATIONS });
  await runAlone(database, () => migrateAuth(options));
  const credentials = createCredentials(createAuth(options));
  const known = await credentials.find(email);
  const id = known ?? (await credentials.create({ email, name: email.split('@')[0] ?? email }));
  const password = generatePassword();
  await createAudit(database.pool).record({
    actor: OPERATOR,
    kind: 'role',
    target: id,
    details: { role: 'admin', password: 'new' },
    reason: 'npm run admin',
    address: '',
    operationId: crypto.randomUUID(),
  });
  await credentials.setPassword(id, password);
  await credentials.enable(id, 'admin');
  return { created: known === null, password };
}
