import { betterAuth, type AuthContext } from 'better-auth';
import { APIError, getOAuthState } from 'better-auth/api';
import { getMigrations } from 'better-auth/db/migration';
import { admin, twoFactor, username } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { migrate, type Migration } from 'realtime-credits-server';
import { BRANDING } from '../../branding.ts';
import { CLIENT_ADDRESS_HEADER } from '../http/client-address.ts';
import { pickUsername } from './names.ts';
import { noteFailure } from '../http/request-scope.ts';
import type { Message } from '../mail/messages.ts';
import { linkKey } from './credentials.ts';
import { withHashedTokens } from './hashed-tokens.ts';
import { passkeys } from './passkeys.ts';
import { cookiePrefix } from './session-cookie.ts';
import {
  assertMayLink,
  isSocial,
  SOCIAL_PROVIDERS,
  toSocialUser,
  withoutTokens,
  type HookContext,
  type NewAccount,
  type SocialProvider,
  type SocialProviders,
} from './social.ts';

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
  /** The origin whose pages use passkeys; null: that of the request. */
  passkeyOrigin: string | null;
  onWarning: (message: string, cause: unknown) => void;
  socialProviders: SocialProviders;
  /** Called for each session that ended: signed out, revoked, or its user banned. */
  onSessionEnded: (session: { userId: string; token: string }) => void;
  /** Called for each user who changed: another name, role or ban. */
  onUserChanged: (userId: string) => void;
  /** Called after a signed-in user linked an account that they have elsewhere. */
  onAccountLinked: (userId: string, provider: SocialProvider, headers: Headers | null) => Promise<void>;
  /** Called for each message that somebody asked for. Must not wait for it. */
  sendMessage: (message: Message) => void;
  /** Remembers a link that changes the address of a user: it works while it is remembered. */
  rememberLink: (userId: string, token: string) => Promise<void>;
  /** Called after somebody set a new password by a link: that person reads the mailbox of the account. */
  onPasswordReset: (user: { id: string; emailVerified: boolean }, headers: Headers | null) => Promise<void>;
  /** Called for each new user after the sign-up was committed, with the headers of its request. */
  onUserCreated: (user: { id: string; email: string }, headers: Headers | null) => Promise<void>;
}

/** What one instance of the dashboard uses of better-auth. */
export type Auth = ReturnType<typeof createAuth>;

/** Creates the instance, which can be used once {@link migrateAuth} has made its tables. */
export function createAuth(options: AuthOptions) {
  const auth = betterAuth(authOptions(options));
  // First of all that wait for it. That it failed is for the others to say.
  void auth.$context.then(
    (context) => {
      context.internalAdapter = withHashedTokens(context as unknown as AuthContext, options.pool);
    },
    () => undefined,
  );
  return auth;
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
  {
    name: '002-passkeys',
    sql: `CREATE UNIQUE INDEX passkey_credential_once ON "passkey" ("credentialID");`,
  },
  {
    name: '003-hashed-tokens',
    // Who is signed in stays so.
    sql: `
UPDATE "session" SET token = 'sha256:' || encode(sha256(convert_to(token, 'UTF8')), 'hex') WHERE token NOT LIKE 'sha256:%';
`,
  },
];

/** Brings better-auth's own tables up to date. Its migrations have no lock: one instance at a time. */
export async function migrateAuth(options: AuthOptions): Promise<void> {
  const { runMigrations } = await getMigrations(authOptions(options));
  await runMigrations();
  await migrate(options.pool, { namespace: 'dashboard_users', migrations: USER_MIGRATIONS });
}

const HOUR_SECONDS = 3_600;

/** What anybody can bring about is no event for the operator. */
const OF_STRANGERS = new Set([
  'Failed to parse state',
  'account_not_linked',
  'Unable to link account - untrusted provider',
  'Provider not found. Make sure to add the provider in your auth config',
]);

/** What the passkey plugin says of whatever it caught: a bad response of a browser, or a database that is away. */
const OF_PASSKEYS = new Set(['Failed to verify registration', 'Failed to verify authentication']);

type Recipient = { id: string; email: string };

/** Links have their token behind a `#`: browsers send it to no server, and programs that open links use nothing up. */
function authOptions(options: AuthOptions) {
  const { baseUrl, sendMessage } = options;
  const isHttps = baseUrl.startsWith('https:');
  return {
    appName: BRANDING.name,
    database: options.pool,
    secret: options.secret,
    baseURL: baseUrl,
    basePath: '/api/auth',
    trustedOrigins: async (request: Request | undefined) => options.trustedOrigins(request),
    telemetry: { enabled: false },
    // A wrong password is no event for the operator.
    logger: {
      level: 'error' as const,
      log: (_level: string, message: string, ...causes: unknown[]) => {
        if (OF_PASSKEYS.has(message)) noteFailure(causes[0]);
        else if (!OF_STRANGERS.has(message)) options.onWarning(`better-auth: ${message}`, causes[0]);
      },
    },
    onAPIError: { onError: noteFailure, errorURL: `${baseUrl}/sign-in` },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      // A response with a session would tell which addresses had no account before.
      autoSignIn: false,
      resetPasswordTokenExpiresIn: HOUR_SECONDS,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, token }: { user: Recipient; token: string }) =>
        sendMessage({ kind: 'reset', userId: user.id, to: user.email, link: `${baseUrl}/reset-password#${token}` }),
      onPasswordReset: async ({ user }: { user: { id: string; emailVerified: boolean } }, request?: Request) =>
        options.onPasswordReset(user, request?.headers ?? null),
    },
    emailVerification: {
      sendOnSignUp: true,
      expiresIn: 24 * HOUR_SECONDS,
      sendVerificationEmail: async ({ user, token }: { user: Recipient; token: string }, request?: Request) => {
        const message = { userId: user.id, to: user.email, link: `${baseUrl}/verify-email#${token}` };
        if (request?.url.endsWith('/change-email') !== true) return sendMessage({ kind: 'verify', ...message });
        // Not waited for: how long it takes would tell that nobody has the new address.
        void options.rememberLink(user.id, token).then(
          () => sendMessage({ kind: 'change', ...message }),
          (error: unknown) => options.onWarning('A link was not sent.', error),
        );
      },
    },
    user: { changeEmail: { enabled: true } },
    verification: { storeIdentifier: 'hashed' as const },
    socialProviders: options.socialProviders,
    // An account is linked where both sides have verified the address. What was told of a person is not asked for again.
    // Who links one while signed in has proved to be both, whatever the addresses.
    account: { updateAccountOnSignIn: false, accountLinking: { allowDifferentEmails: true } },
    // Its own knows nothing of accounts: ours, in `http/rate-limit.ts`, counts before it is asked.
    rateLimit: { enabled: false },
    session: {
      cookieCache: { enabled: false },
      expiresIn: 30 * 24 * HOUR_SECONDS,
      updateAge: 24 * HOUR_SECONDS,
      // Whatever matters asks for the password, however new the session is.
      freshAge: 0,
    },
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
      // After 5 wrong codes the password is asked for again; after 10, however often it is, the account waits.
      twoFactor({
        issuer: BRANDING.name,
        accountLockout: { enabled: true, maxFailedAttempts: 10, durationSeconds: 900 },
      }),
      passkeys({ rpId: new URL(baseUrl).hostname, origin: options.passkeyOrigin }),
    ],
    databaseHooks: {
      user: {
        create: {
          before: async (user: NewUser, context?: HookContext | null) => {
            const asked = isSocial(context) ? toSocialUser(user) : user;
            return { data: { ...asked, ...withUsername(asked) } };
          },
          after: async (user: { id: string; email: string }, context?: { headers?: Headers | undefined } | null) => {
            await options.onUserCreated(user, context?.headers ?? null);
          },
        },
        update: {
          // The person who opened the link reads the mailbox of the new address.
          before: async (change: Record<string, unknown>, context?: HookContext | null) => {
            if (context?.path !== '/verify-email' || !('email' in change)) return undefined;
            const known = await context.context.internalAdapter.consumeVerificationValue(linkKey(context.query?.token));
            if (known === null) throw new APIError('UNAUTHORIZED', { code: 'INVALID_TOKEN', message: 'Invalid token' });
            return { data: { ...change, emailVerified: true } };
          },
          after: async (user: { id: string }) => options.onUserChanged(user.id),
        },
      },
      account: {
        create: {
          before: async (account: NewAccount, context?: HookContext | null) => {
            if (!isSocial(context)) return undefined;
            assertMayLink(await context.context.internalAdapter.findUserById(account.userId));
            return { data: withoutTokens(account) };
          },
          after: async (
            account: { userId: string; providerId: string },
            context?: { headers?: Headers | undefined } | null,
          ) => {
            const provider = SOCIAL_PROVIDERS.find((name) => name === account.providerId);
            if (provider === undefined || (await getOAuthState())?.link === undefined) return;
            await options.onAccountLinked(account.userId, provider, context?.headers ?? null);
          },
        },
        update: {
          before: async (account: Record<string, unknown>, context?: HookContext | null) =>
            isSocial(context) ? { data: withoutTokens(account) } : undefined,
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
