import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { admin, username } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { noteFailure } from '../http/request-scope.ts';
import { isReservedName } from './names.ts';
import { cookiePrefix } from './session-cookie.ts';

/**
 * Sign-up, sign-in and sessions by better-auth, on the same pool as the ledger. Which of its endpoints exist, and what they
 * take, is said in `requests.ts`.
 *
 * On the embedded database that pool has one connection. better-auth's hooks named `after` run once its transaction has
 * ended, and only those call out: a ledger command inside the transaction would wait for the connection that it holds.
 */

/** The request header that carries the client's address; the server sets it itself on every request. */
export const CLIENT_ADDRESS_HEADER = 'x-dashboard-client-address';

/** Tries within a window, per client address and path. */
export interface SignInLimit {
  windowSeconds: number;
  triesMax: number;
}

/** Three wrong passwords are a slip, a fourth within the window is a guess. */
export const SIGN_IN_LIMIT: SignInLimit = { windowSeconds: 60, triesMax: 8 };

export interface AuthOptions {
  pool: Pool;
  secret: string;
  /** The origin that links and cookies belong to. */
  baseUrl: string;
  /** Which origins may call, for one request. */
  trustedOrigins: (request: Request | undefined) => string[];
  /** Where counts of tries are kept: in the database when several instances share it. */
  limitStorage: 'memory' | 'database';
  /** @default SIGN_IN_LIMIT */
  signInLimit?: SignInLimit;
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

/** Brings better-auth's own tables up to date. */
export async function migrateAuth(options: AuthOptions): Promise<void> {
  const { runMigrations } = await getMigrations(authOptions(options));
  await runMigrations();
}

function authOptions(options: AuthOptions) {
  const { windowSeconds, triesMax } = options.signInLimit ?? SIGN_IN_LIMIT;
  const isHttps = options.baseUrl.startsWith('https:');
  const rule = { window: windowSeconds, max: triesMax };
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
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128, autoSignIn: true },
    rateLimit: {
      // Also outside production: a limit that only exists there is a limit that nobody has seen work.
      enabled: true,
      storage: options.limitStorage,
      window: 10,
      max: 100,
      customRules: {
        '/sign-in/*': rule,
        '/sign-up/*': rule,
        '/change-password': rule,
        '/get-session': false as const,
      },
    },
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
            return { data: { ...user, ...pickUsername(user) } };
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
function pickUsername(user: NewUser): { username?: string; displayUsername?: string } {
  if (typeof user['username'] === 'string' && user['username'] !== '') return {};
  const stem =
    user.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '')
      .slice(0, 20) || 'player';
  const picked = `${isReservedName(stem) ? 'player' : stem}_${crypto.randomUUID().slice(0, 6)}`;
  return { username: picked, displayUsername: picked };
}
