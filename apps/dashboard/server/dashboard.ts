import {
  createActivityReader,
  createCreditsHandler,
  createLedger,
  createOperatorReader,
  groupFaults,
  migrate,
  toDisplayEntry,
  toUnavailable,
  type CreditsHandler,
  type Database,
  type Ledger,
} from 'realtime-credits-server';
import { createOpenTelemetryTracer } from 'realtime-credits-server/opentelemetry';
import { createAdjustments } from './administration/adjustments.ts';
import { createAudit, OPERATOR } from './administration/audit.ts';
import { createClosing } from './administration/closing.ts';
import { createPeople } from './administration/people.ts';
import { createTrends } from './administration/trends.ts';
import { createActivity } from './activity/activity.ts';
import { createApi } from './api.ts';
import { createAuth, migrateAuth, type AuthOptions } from './auth/auth.ts';
import { createCredentials } from './auth/credentials.ts';
import { createPasswordTries } from './auth/password-tries.ts';
import { SOCIAL_PROVIDERS } from './auth/social.ts';
import { createUserNames } from './auth/user-names.ts';
import { createSessions, type Sessions } from './auth/sessions.ts';
import { createCodes } from './codes/codes.ts';
import { createRedemptions } from './codes/redeem.ts';
import type { Config } from './config.ts';
import { createDailyBonus } from './daily/daily-bonus.ts';
import { createDay } from './daily/day.ts';
import { closeDemoAccounts, openDemoAccounts } from './demo/accounts.ts';
import { readOrCreateDemoPassword } from './demo/password.ts';
import { seedDemo } from './demo/seed.ts';
import { DEMO_USERS } from './demo/users.ts';
import { createHealth, type Health } from './health.ts';
import { readClientAddress } from './http/client-address.ts';
import { trustedOriginsOf } from './http/origin.ts';
import { createRateLimiter, type Limit, type LimitName, type LimitStore } from './http/rate-limit.ts';
import { currentRequestId } from './http/request-scope.ts';
import { serveRequests } from './http/serve-requests.ts';
import { BALANCE_EVENTS, createBalanceMessages, type BalanceMessages } from './mail/balance-messages.ts';
import { createLinkSeal } from './mail/link-seal.ts';
import { createMailer } from './mail/mailer.ts';
import { createOutbox } from './mail/outbox.ts';
import type { Message } from './mail/messages.ts';
import { createShownMessages } from './mail/shown-messages.ts';
import { createSmtp } from './mail/smtp.ts';
import { createMetrics } from './metrics.ts';
import { createNames } from './names.ts';
import { createEligibility } from './payouts/eligibility.ts';
import { createRewards } from './payouts/rewards.ts';
import { createPayouts } from './payouts/payouts.ts';
import { createProfiles } from './profiles.ts';
import { prepareQueries } from './prepare-queries.ts';
import type { Provisioner } from './provisioning/provisioner.ts';
import { createPterodactyl } from './provisioning/pterodactyl.ts';
import { createSimulator, type Simulator } from './provisioning/simulator.ts';
import { createReferralClaims } from './referrals/claim.ts';
import { createReferrals } from './referrals/referrals.ts';
import { readReferralCode } from './referrals/visit.ts';
import { toMe } from './routes/user.ts';
import type { DashboardRuntime } from './runtime.ts';
import { runAlone } from './run-alone.ts';
import { readOrCreateSecret } from './secret.ts';
import { toCatalogue } from './servers/catalogue.ts';
import { createCharging } from './servers/charging.ts';
import { createOrders } from './servers/orders.ts';
import { createServerRows } from './servers/server-rows.ts';
import { createServers } from './servers/servers.ts';
import { createSuspensions } from './servers/suspensions.ts';
import { DASHBOARD_MIGRATIONS } from './tables.ts';
import { createUsers } from './users.ts';

/**
 * The dashboard without its pages: everything behind `/api`, on one database. The caller opens and closes the database.
 */
export interface Dashboard {
  /** Answers every request below `/api` and `/r`. Never throws. */
  fetch(request: Request): Promise<Response>;
  /** The routes that exist: see `Api`. */
  readonly routes: readonly string[];
  /** Counts a page. Null, or how the request is refused. */
  limitPage(headers: Headers): Promise<Response | null>;
  /** What pages read from. */
  readonly runtime: DashboardRuntime;
  readonly ledger: Ledger;
  readonly credits: CreditsHandler;
  readonly sessions: Sessions;
  readonly health: Health;
  /** For the operator's terminal, and nowhere else; null outside of the demo. */
  readonly demoPassword: string | null;
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
  /** In place of some of `LIMITS`. */
  limits?: Partial<Record<LimitName, Limit>>;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  monotonicNow?: () => number;
  /** @default the panel of the configuration, otherwise the simulator */
  provisioner?: Provisioner;
  /** Pauses before asking a silent panel again. */
  retryDelaysMs?: readonly number[];
  /** Shows the operator a message that cannot be sent. */
  onMessage?: (message: Message) => void;
  onWarning: (message: string, cause: unknown) => void;
}

/** How often each instance looks for what others left unfinished. */
const SWEEP_MS = 15_000;

/** Brings the tables up to date and puts the parts together. Listens nowhere, starts no timer. */
export async function createDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { config, database, localUrl, now = Date.now, monotonicNow = () => performance.now() } = options;
  const onWarning = groupFaults(options.onWarning);
  const pool = database.kind === 'embedded' ? prepareQueries(database.pool) : database.pool;
  const publicUrl = config.publicUrl ?? localUrl;

  const metrics = createMetrics();
  const tracer = createOpenTelemetryTracer();
  const observer = { ...metrics.observer, tracer };
  let receive!: (messages: BalanceMessages) => void;
  const receiving = new Promise<BalanceMessages>((resolve) => {
    receive = resolve;
  });
  const ledger = await createLedger({
    database,
    onWarning,
    observer,
    webhooks: {
      events: BALANCE_EVENTS,
      thresholds: config.lowBalance,
      // Events may be waiting before what handles them is there.
      onEvent: async (event) => (await receiving).receive(event),
    },
  });
  await migrate(pool, { namespace: 'dashboard', migrations: DASHBOARD_MIGRATIONS });
  const secret =
    config.secret ??
    (await readOrCreateSecret(database.kind === 'postgres' ? { pool } : { directory: config.dataDirectory }));
  if (config.secret === null && database.kind === 'postgres' && config.reachable) {
    const why = 'who reads it can open the links and second factors that are kept there';
    onWarning(`BETTER_AUTH_SECRET is not set: the secret is in the database, and ${why}.`, undefined);
  }

  const day = createDay(config.timeZone);
  const profiles = createProfiles(pool);
  const rules = config.payouts;
  const eligibility = createEligibility({ pool, secret, rules, now });
  const audit = createAudit(pool);
  const rewards = createRewards({ pool, ledger, audit, limits: config.adjustments });
  const referrals = createReferrals({ pool, rewards, profiles, secret, day, now, publicUrl, rules, eligibility });
  const payouts = createPayouts({ pool, ledger, now });
  const onClaimed = (userId: string): Promise<void> => referrals.qualify(userId);
  const daily = createDailyBonus({ pool, rewards, payouts, day, eligibility, now, onClaimed });

  const referralClaims = createReferralClaims({ payouts, eligibility });
  const users = createUsers(pool);
  const provisioner: Provisioner | Simulator =
    options.provisioner ??
    (config.pterodactyl === null ? createSimulator() : createPterodactyl({ ...config.pterodactyl, tracer }));
  const rows = createServerRows(pool, now);
  const { retryDelaysMs } = options;
  const charging = createCharging({ ledger, rows });
  const suspensions = createSuspensions({ ledger, rows, provisioner, onWarning });
  const orders = createOrders({
    ledger,
    rows,
    charging,
    provisioner,
    now,
    ...(retryDelaysMs === undefined ? {} : { retryDelaysMs }),
  });
  const servers = createServers({ ledger, rows, orders, charging, suspensions, onWarning });

  // No other process can have an embedded database open.
  const limitStore: LimitStore = database.kind === 'postgres' ? { pool } : 'memory';
  const linkSeal = createLinkSeal(secret);
  const messages = createShownMessages(pool, config.adminEmails, linkSeal);
  const outbox = createOutbox(pool, now, linkSeal);
  const smtp = config.mail === null ? null : createSmtp(config.mail);
  const show = async (message: Message): Promise<void> => {
    options.onMessage?.(message);
    await messages.keep(message);
  };
  const mailer = createMailer({
    deliver: smtp?.deliver ?? show,
    outbox,
    store: limitStore,
    now,
    count: metrics.countMessage,
    onWarning,
  });

  const { timeZone } = config;
  receive(createBalanceMessages({ pool, ledger, outbox, mailer, publicUrl, timeZone, now }));

  const socialProviders = SOCIAL_PROVIDERS.filter((provider) => config.socialProviders[provider] !== undefined);
  const originRules = { publicUrl: config.publicUrl, trustedOrigins: config.trustedOrigins };
  const authOptions: AuthOptions = {
    pool,
    secret,
    baseUrl: publicUrl,
    socialProviders: config.socialProviders,
    passkeyOrigin: config.publicUrl,
    trustedOrigins: (request) =>
      request === undefined ? [publicUrl, ...config.trustedOrigins] : trustedOriginsOf(request, originRules),
    onWarning,
    onSessionEnded: ({ userId }) => {
      sessions.forget(userId);
      credits.recheckSessions(userId);
    },
    onUserChanged: (userId) => sessions.forget(userId),
    onAccountLinked: async (id, way, headers) => {
      await audit.record({
        actor: id,
        kind: 'sign_in_way',
        target: id,
        details: { way, on: true },
        reason: '',
        address: (headers === null ? null : readClientAddress(headers)) ?? '',
        operationId: crypto.randomUUID(),
      });
    },
    sendMessage: mailer.send,
    rememberLink: (userId, token) => credentials.rememberLink(userId, token),
    onPasswordReset: async ({ id, emailVerified }, headers) => {
      await (emailVerified ? credentials.voidLinks(id) : credentials.confirmMailbox(id));
      await audit.record({
        actor: id,
        kind: 'password',
        target: id,
        details: { by: 'link' },
        reason: '',
        address: (headers === null ? null : readClientAddress(headers)) ?? '',
        operationId: crypto.randomUUID(),
      });
    },
    onUserCreated: async (user, headers) => {
      // Only who signs up comes by a request: the operator's people have no rule.
      if (headers === null) return;
      await eligibility.recordSignup(user, headers);
      const code = readReferralCode(headers);
      if (code === null) return;
      try {
        await referrals.recordSignup(user, code);
      } catch (error) {
        onWarning('A referral was not recorded.', error);
      }
    },
  };
  const auth = createAuth(authOptions);
  const sessions = createSessions(auth, monotonicNow);
  const names = createNames(pool);
  const credits = createCreditsHandler({
    ledger,
    describeEntry: async (entry) => {
      const shown = toDisplayEntry(entry);
      const isOther = entry.counterparty !== null && shown.counterparty === null;
      return isOther ? { ...shown, counterparty: await names.read(entry.counterparty ?? '') } : shown;
    },
    identify: async (request) => {
      const user = await sessions.read(request.headers);
      return user === null ? null : { account: user.id };
    },
    ...(config.publicUrl === null && config.trustedOrigins.length === 0
      ? {}
      : { trustedOrigins: [publicUrl, ...config.trustedOrigins] }),
    trustRequestId: true,
    observer,
    onWarning,
  });
  const limiter = createRateLimiter(limitStore, { request: config.requestLimit, ...options.limits });

  const credentials = createCredentials(auth);
  const people = createPeople({ ledger, credentials, audit, onChanged: sessions.forget });
  const operator = createOperatorReader(pool);
  const userNames = createUserNames({ pool, ledger, profiles, audit, now });

  metrics.watch({ ledger, credits });
  const health = createHealth(pool, monotonicNow);
  const api = createApi({
    audit,
    adjustments: createAdjustments({ pool, ledger, audit, limits: config.adjustments }),
    people,
    closing: createClosing({
      ledger,
      users,
      profiles,
      eligibility,
      messages: {
        forget: async (userId) => {
          await outbox.forget(userId);
          await messages.forget(userId);
        },
      },
      servers,
      credentials,
      userNames,
      audit,
      onWarning,
    }),
    userNames,
    credentials,
    messages,
    mailer,
    sendsMail: smtp !== null,
    socialProviders,
    auth,
    credits,
    sessions,
    ledger,
    operator,
    trends: createTrends({ operator, referrals, names, day, now }),
    rewards,
    timeZone,
    activity: createActivity({
      reader: createActivityReader(pool),
      ledger,
      names,
      findServers: rows.findByRates,
      timeZone,
    }),
    pool,
    profiles,
    referrals,
    referralClaims,
    users,
    names,
    servers,
    provisioner,
    demo: config.demo,
    daily,
    codes: createCodes({ pool, ledger, audit, limits: config.adjustments, now }),
    redemptions: createRedemptions({ pool, payouts, eligibility, now }),
    limiter,
    passwordTries: createPasswordTries(pool, limitStore),
    originRules,
    health,
    metrics,
    metricsToken: config.metricsToken,
    tracer,
    trustTrace: config.trustProxy,
    onWarning,
  });
  const fetch = serveRequests(api.fetch, metrics);

  const demoPassword = config.demo ? await readOrCreateDemoPassword(config) : null;
  await runAlone(database, async () => {
    await migrateAuth(authOptions);
    // An address that nobody verified says nothing of who signed up with it.
    const verified = await users.findVerified(config.adminEmails);
    for (const { id, role } of verified) {
      if (role === 'admin') continue;
      const by = { actor: OPERATOR, target: id, reason: 'ADMIN_EMAILS', address: '', operationId: crypto.randomUUID() };
      await people.setRole(by, 'admin');
    }
    for (const email of config.adminEmails) {
      if (verified.some((user) => user.email.toLowerCase() === email)) continue;
      onWarning(
        `ADMIN_EMAILS: no verified account has ${email}. Use the command: npm run admin -- ${email}`,
        undefined,
      );
    }
    if (demoPassword === null) return closeDemoAccounts(credentials);
    const ids = await openDemoAccounts({ credentials, profiles, users }, demoPassword);
    await seedDemo({ pool, database, profiles, referrals, servers, provisioner, day, now, ids });
  });

  let timer: NodeJS.Timeout | undefined;
  async function sweep(sweepServers: () => Promise<number>): Promise<void> {
    try {
      await sweepServers();
      await mailer.sweep();
      await limiter.sweep();
    } catch (error) {
      onWarning('The sweep failed; the next one tries again.', error);
    }
  }

  const runtime: DashboardRuntime = nameFailures({
    fetch,
    readMe: async (headers: Headers) => {
      const user = await sessions.read(headers);
      if (user === null) return null;
      const [snapshot, profile] = await Promise.all([ledger.snapshot(user.id), profiles.read(user.id)]);
      return { user: toMe(user, snapshot, profile), snapshot };
    },
    readDaily: (userId: string) => daily.check(userId),
    readReferrals: (userId: string) => referrals.read(userId),
    readServers: async (userId: string) => ({
      ...(await servers.read(userId)),
      provisioner: provisioner.kind,
    }),
    readCatalogue: () => toCatalogue(provisioner.kind),
    facts: Object.freeze({
      demo: config.demo ? { users: DEMO_USERS.map(({ email, label }) => ({ email, label })) } : null,
      provisioner: provisioner.kind,
      timeZone: config.timeZone,
      socialProviders,
    }),
  });

  return Object.freeze({
    fetch,
    routes: api.routes,
    limitPage: api.limitPage,
    runtime,
    ledger,
    credits,
    sessions,
    health,
    demoPassword,
    recordVisit: async (code: string, visitor: { address: string; headers: Headers }) => {
      const user = await sessions.read(visitor.headers);
      return referrals.recordClick(code, { address: visitor.address, userId: user?.id ?? null });
    },
    startSweeping: async () => {
      suspensions.start();
      // No other process can have an embedded database open. A process that held a lease in it is dead.
      await sweep(database.kind === 'embedded' ? servers.sweepAtStart : servers.sweep);
      timer = setInterval(() => void sweep(servers.sweep), SWEEP_MS);
      timer.unref();
    },
    close: async () => {
      clearInterval(timer);
      await suspensions.stop();
      // Events that are being handled may still write messages.
      await ledger.close();
      await mailer.close();
      smtp?.close();
    },
  });
}

/** Errors of pages are shown by their digest, and looked up in the log by the id of their request: both are one. */
function nameFailures<Runtime extends object>(runtime: Runtime): Runtime {
  const named = Object.entries(runtime).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value];
    return [
      name,
      (...parts: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, runtime, parts);
        if (!(result instanceof Promise)) return result;
        return result.catch((caught: unknown) => {
          const error = toUnavailable(caught);
          throw error instanceof Error ? Object.assign(error, { digest: currentRequestId() }) : error;
        });
      },
    ];
  });
  return Object.freeze(Object.fromEntries(named) as Runtime);
}
