import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { admin, username } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { migrate, type Migration } from 'realtime-credits-server';
import { CLIENT_ADDRESS_HEADER } from '../http/client-address.ts';
import { pickUsername } from './names.ts';
import { noteFailure } from '../http/request-scope.ts';
import { cookiePrefix } from './session-cookie.ts';

/**
 * Sign-up, sign-in and sessions by better-auth, on the same pool as the ledger. Which of its endpoints exist, and what they
 * take, is said in `requests.ts`.
 *
 * On the embedded database that pool has one connection. better-auth's hooks named `after` run once its transaction has
 * ended, and only those call out: a ledger command inside the transaction would wait for the connection that it holds.
 */

export interface AuthOptions {
  pool: Pool;
  secret: string;
  /** The origin that links and cookies belong to. */
  baseUrl: string;
  /** Which origins may call, for one request. */
  trustedOrigins: (request: Request | undefined) => string[];
  onWarning: (message: string, cause: unknown) => void;
  /** Called for each session that ended: signed out, revoked, or its user banned. */
  onSessionEnded: (session: { userId: string; token: string }) => void;
  /** Called for each user who changed: another name, role or ban. */
  onUserChanged: (userId: string) => void;
  /** Called for each new user after the sign-up was committed, with the headers of its request. */
  onUserCreated: (user: { id: string; email: string }, headers: Headers | null) => Promise<void>;
}

/** What one instance of the dashboard uses of better-auth. */
export type Auth = ReturnType<typeof createAuth>;

/** Creates the instance. Its tables are made by {@link migrateAuth}, which goes first. */
export function createAuth(options: AuthOptions) {
  return betterAuth(authOptions(options));
}

/** What better-auth's tables have to hold besides. Its `role` is a list in a text: `user,admin` would be an administrator. */
const USER_MIGRATIONS: readonly Migration[] = [
  {
    name: '001-roles',
    sql: `
UPDATE "user" SET role = 'user' WHERE role NOT IN ('user', 'admin');
ALTER TABLE "user" ADD CONSTRAINT user_role_known CHECK (role IN ('user', 'admin'));
`,
  },
];

/** Brings better-auth's own tables up to date. */
export async function migrateAuth(options: AuthOptions): Promise<void> {
  const { runMigrations } = await getMigrations(authOptions(options));
  await runMigrations();
  await migrate(options.pool, { namespace: 'dashboard_users', migrations: USER_MIGRATIONS });
}

function authOptions(options: AuthOptions) {
  const isHttps = options.baseUrl.startsWith('https:');
  return {
    appName: 'Real-Time Credits',
    database: options.pool,
    secret: options.secret,
    baseURL: options.baseUrl,
    basePath: '/api/auth',
    trustedOrigins: async (request: Request | undefined) => options.trustedOrigins(request),
    telemetry: { enabled: false },
    // A wrong password is no event for the operator.
    logger: {
      level: 'error' as const,
      log: (_level: string, message: string, ...causes: unknown[]) =>
        options.onWarning(`better-auth: ${message}`, causes[0]),
    },
    onAPIError: { onError: noteFailure },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      // A response with a session would tell which addresses had no account before.
      autoSignIn: false,
    },
    // Its own knows nothing of accounts: ours, in `http/rate-limit.ts`, counts before it is asked.
    rateLimit: { enabled: false },
    session: { cookieCache: { enabled: false }, expiresIn: 30 * 24 * 3600, updateAge: 24 * 3600 },
    advanced: {
      cookiePrefix: cookiePrefix(isHttps),
      // Else it would put `__Secure-` before our own prefix.
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' as const, secure: isHttps, path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    plugins: [
      username({ minUsernameLength: 3, maxUsernameLength: 30 }),
      admin({ defaultRole: 'user', adminRoles: ['admin'] }),
    ],
    databaseHooks: {
      user: {
        create: {
          before: async (user: NewUser) => {
            return { data: { ...user, ...withUsername(user) } };
          },
          after: async (user: { id: string; email: string }, context?: { headers?: Headers | undefined } | null) => {
            await options.onUserCreated(user, context?.headers ?? null);
          },
        },
        update: {
          after: async (user: { id: string }) => options.onUserChanged(user.id),
        },
      },
      session: {
        delete: {
          after: async (session: { userId: string; token: string }) => options.onSessionEnded(session),
        },
      },
    },
  };
}

type NewUser = { name: string; email: string } & Record<string, unknown>;

/** Everyone can be found by a user name: transfers and referrals show it instead of the e-mail address. */
function withUsername(user: NewUser): { username?: string; displayUsername?: string } {
  if (typeof user['username'] === 'string' && user['username'] !== '') return {};
  const picked = pickUsername(user.name);
  return { username: picked, displayUsername: picked };
}
