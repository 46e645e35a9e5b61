import {
  createCreditsHandler,
  createLedger,
  migrate,
  type CreditsHandler,
  type Database,
  type Ledger,
} from 'realtime-credits/server';
import { createAccounts } from './accounts.ts';
import { createApi } from './api.ts';
import { createAuth, migrateAuth, type AuthOptions, type SignInLimit } from './auth/auth.ts';
import { createSessions, type Sessions } from './auth/sessions.ts';
import type { Config } from './config.ts';
import { createDailyBonus } from './daily/daily-bonus.ts';
import { createDay } from './daily/day.ts';
import { trustedOriginsOf } from './http/origin.ts';
import { createRateLimiter, type Limit, type LimitName } from './http/rate-limit.ts';
import { createPayouts } from './payouts/payouts.ts';
import { createProfiles } from './profiles.ts';
import { createReferrals } from './referrals/referrals.ts';
import { readReferralCode } from './referrals/visit.ts';
import { toMe } from './routes/user.ts';
import type { DashboardRuntime } from './runtime.ts';
import { readOrCreateSecret } from './secret.ts';
import { DASHBOARD_MIGRATIONS } from './tables.ts';

/**
 * The dashboard without its pages: everything behind `/api`, on one database. Whoever opened the database closes it.
 */
export interface Dashboard {
  /** Answers every request below `/api`. Never throws. */
  fetch(request: Request): Promise<Response>;
  /** What pages read from. */
  readonly runtime: DashboardRuntime;
  readonly ledger: Ledger;
  readonly credits: CreditsHandler;
  readonly sessions: Sessions;
  /** Notes a visit by a referral link. Returns whether the code is worth remembering. */
  recordVisit(code: string, visitor: { address: string; headers: Headers }): Promise<boolean>;
  /** Settles what a process that died left behind, then keeps doing so. */
  startSweeping(): Promise<void>;
  /** Ends timers and the ledger; streams are ended by `credits.drain()` before. */
  close(): Promise<void>;
}

export interface DashboardOptions {
  config: Config;
  database: Database;
  /** The origin that links name when `config.publicUrl` is null. */
  localUrl: string;
  /** Wall-clock milliseconds. @default Date.now */
  now?: () => number;
  signInLimit?: SignInLimit;
  limits?: Record<LimitName, Limit>;
  onWarning: (message: string, cause: unknown) => void;
}

/** How often each instance looks for what others left unfinished. */
const SWEEP_MS = 15_000;

/** Brings the tables up to date and puts the parts together. Listens nowhere, starts no timer. */
export async function createDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { config, database, localUrl, onWarning, now = Date.now } = options;
  const { pool } = database;
  const monotonicNow = () => performance.now();
  const publicUrl = config.publicUrl ?? localUrl;

  const ledger = await createLedger({ database, onWarning });
  await migrate(pool, { namespace: 'dashboard', migrations: DASHBOARD_MIGRATIONS });
  const secret =
    config.secret ??
    (await readOrCreateSecret(database.kind === 'postgres' ? { pool } : { directory: config.dataDirectory }));

  const day = createDay(config.timeZone);
  const accounts = createAccounts(ledger);
  const profiles = createProfiles(pool);
  const referrals = createReferrals({ pool, profiles, secret, day, now, publicUrl });
  const payouts = createPayouts({ pool, ledger, accounts, now, onWarning });
  const daily = createDailyBonus({ pool, payouts, day, now, onClaimed: (userId) => referrals.qualify(userId) });

  const originRules = { publicUrl: config.publicUrl, trustedOrigins: config.trustedOrigins };
  const authOptions: AuthOptions = {
    pool,
    secret,
    baseUrl: publicUrl,
    trustedOrigins: (request) =>
      request === undefined ? [publicUrl, ...config.trustedOrigins] : trustedOriginsOf(request, originRules),
    limitStorage: database.kind === 'postgres' ? 'database' : 'memory',
    ...(options.signInLimit === undefined ? {} : { signInLimit: options.signInLimit }),
    adminEmails: config.adminEmails,
    onSessionEnded: ({ userId }) => {
      sessions.forget(userId);
      credits.signOut(userId);
    },
    onUserCreated: async (user, headers) => {
      const code = headers === null ? null : readReferralCode(headers);
      if (code === null) return;
      try {
        await referrals.recordSignup(user, code);
      } catch (error) {
        onWarning('A referral was not recorded.', error);
      }
    },
  };
  await migrateAuth(authOptions);
  const auth = createAuth(authOptions);
  const sessions = createSessions(auth, monotonicNow);
  const credits = createCreditsHandler({
    ledger,
    identify: async (request) => {
      const user = await sessions.read(request.headers);
      return user === null ? null : { account: user.id };
    },
    ...(config.publicUrl === null && config.trustedOrigins.length === 0
      ? {}
      : { trustedOrigins: [publicUrl, ...config.trustedOrigins] }),
    onWarning,
  });
  const limiter = createRateLimiter(monotonicNow, options.limits);

  const api = createApi({
    auth,
    credits,
    sessions,
    accounts,
    ledger,
    pool,
    profiles,
    referrals,
    payouts,
    daily,
    limiter,
    originRules,
    onWarning,
  });

  let timer: NodeJS.Timeout | undefined;
  async function sweep(): Promise<void> {
    try {
      await payouts.sweep();
    } catch (error) {
      onWarning('The sweep failed; the next one tries again.', error);
    }
  }

  const runtime: DashboardRuntime = Object.freeze({
    readMe: async (headers: Headers) => {
      const user = await sessions.read(headers);
      if (user === null) return null;
      const snapshot = await accounts.snapshot(user.id);
      return { user: await toMe(user, snapshot, { profiles, referrals }), snapshot };
    },
    readDaily: (userId: string) => daily.check(userId),
    readReferrals: (userId: string) => referrals.read(userId),
    facts: {
      demo: null,
      provisioner: 'simulator' as const,
      timeZone: config.timeZone,
    },
  }) as DashboardRuntime;

  return Object.freeze({
    fetch: api,
    runtime,
    ledger,
    credits,
    sessions,
    recordVisit: async (code: string, visitor: { address: string; headers: Headers }) => {
      const user = await sessions.read(visitor.headers);
      return referrals.recordClick(code, { address: visitor.address, userId: user?.id ?? null });
    },
    startSweeping: async () => {
      await sweep();
      timer = setInterval(() => void sweep(), SWEEP_MS);
      timer.unref();
    },
    close: async () => {
      clearInterval(timer);
      await ledger.close();
    },
  });
}
