import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { routePath } from 'hono/route';
import type { Pool } from 'pg';
import { CREDITS_PATH, CreditsError } from 'realtime-credits';
import {
  assertReadableUrl,
  toUnavailable,
  type CreditsHandler,
  type CreditsTracer,
  type Ledger,
  type OperatorReader,
} from 'realtime-credits-server';
import type { Activity } from './activity/activity.ts';
import type { Adjustments } from './administration/adjustments.ts';
import type { Audit } from './administration/audit.ts';
import type { Closing } from './administration/closing.ts';
import type { People } from './administration/people.ts';
import type { Trends } from './administration/trends.ts';
import type { Auth } from './auth/auth.ts';
import type { Credentials } from './auth/credentials.ts';
import type { PasswordTries } from './auth/password-tries.ts';
import type { Sessions } from './auth/sessions.ts';
import type { UserNames } from './auth/user-names.ts';
import type { Codes } from './codes/codes.ts';
import type { Redemptions } from './codes/redeem.ts';
import type { SocialProvider } from './auth/social.ts';
import type { DailyBonus } from './daily/daily-bonus.ts';
import { readClientAddress } from './http/client-address.ts';
import { isTrustedMutation, readOwnHost, type OriginRules } from './http/origin.ts';
import type { RateLimiter } from './http/rate-limit.ts';
import type { Health } from './health.ts';
import { isExpected, toFailure } from './http/failure.ts';
import { currentRequestId } from './http/request-scope.ts';
import { createRoutes, toResponse } from './http/route.ts';
import { API_CONTENT_SECURITY_POLICY } from './http/security-headers.ts';
import type { Mailer } from './mail/mailer.ts';
import type { ShownMessages } from './mail/shown-messages.ts';
import type { Metrics } from './metrics.ts';
import type { Names } from './names.ts';
import type { Rewards } from './payouts/rewards.ts';
import type { Profiles } from './profiles.ts';
import type { Provisioner } from './provisioning/provisioner.ts';
import type { Simulator } from './provisioning/simulator.ts';
import type { ReferralClaims } from './referrals/claim.ts';
import type { Referrals } from './referrals/referrals.ts';
import { registerActivityRoutes } from './routes/activity.ts';
import { registerAdjustmentRoutes } from './routes/adjustments.ts';
import { registerAdminRoutes } from './routes/admin.ts';
import { AUTH_ROUTES, registerAuthRoutes } from './routes/auth.ts';
import { registerCodeRoutes } from './routes/codes.ts';
import { registerDailyRoutes } from './routes/daily-login.ts';
import { registerDocsRoutes } from './routes/docs.ts';
import { registerExampleRoutes } from './routes/examples.ts';
import { registerAuthFormRoutes } from './routes/auth-forms.ts';
import { registerLanguageRoutes } from './routes/language.ts';
import { registerMessageRoutes } from './routes/messages.ts';
import { registerOperationsRoutes } from './routes/operations.ts';
import { registerOversightRoutes } from './routes/oversight.ts';
import { registerPeopleRoutes } from './routes/people.ts';
import { registerReferralRoutes } from './routes/referrals.ts';
import { registerRegistryRoutes } from './routes/registry.ts';
import { registerRewardRoutes } from './routes/rewards.ts';
import { registerServerRoutes } from './routes/servers.ts';
import { createToAdminUser } from './routes/to-admin-user.ts';
import { registerSessionRoutes } from './routes/sessions.ts';
import { registerTransferRoutes } from './routes/transfers.ts';
import { registerTrendsRoutes } from './routes/trends.ts';
import { registerUserRoutes } from './routes/user.ts';
import type { Servers } from './servers/servers.ts';
import type { Users } from './users.ts';

/** Everything that the routes stand on. */
export interface ApiParts {
  auth: Auth;
  audit: Audit;
  adjustments: Adjustments;
  people: People;
  closing: Closing;
  credentials: Credentials;
  messages: ShownMessages;
  mailer: Mailer;
  /** Those that are configured. */
  socialProviders: readonly SocialProvider[];
  /** Whether messages are sent, and not shown. */
  sendsMail: boolean;
  credits: CreditsHandler;
  sessions: Sessions;
  ledger: Ledger;
  activity: Activity;
  operator: OperatorReader;
  trends: Trends;
  rewards: Rewards;
  /** Whose days count where a request names no zone. */
  timeZone: string;
  pool: Pool;
  profiles: Profiles;
  referrals: Referrals;
  referralClaims: ReferralClaims;
  users: Users;
  names: Names;
  servers: Servers;
  provisioner: Provisioner | Simulator;
  /** Whether the examples page may practise. */
  demo: boolean;
  daily: DailyBonus;
  codes: Codes;
  redemptions: Redemptions;
  limiter: RateLimiter;
  passwordTries: PasswordTries;
  userNames: UserNames;
  originRules: OriginRules;
  health: Health;
  metrics: Metrics;
  metricsToken: string | null;
  tracer: CreditsTracer;
  /** Whether the sender of a request may name the trace that it belongs to. */
  trustTrace: boolean;
  onWarning: (message: string, cause: unknown) => void;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What names a span; anybody can send others. */
const METHODS = new Set([...SAFE_METHODS, 'POST', 'DELETE']);
const HEALTH_PATH = /^\/api\/(?:health\/|metrics$)/;
/** What answers with lists. */
const LIST_PATHS = ['/api/activity/*', '/api/admin/*', '/api/servers/*', '/api/referrals'];

/** Every request below `/api`, `/r` and `/docs`. */
export interface Api {
  /** Never throws. */
  fetch(request: Request): Promise<Response>;
  /** Counts a page. Null, or how the request is refused. */
  limitPage(headers: Headers): Promise<Response | null>;
  /** What exists, as `GET /api/user/me`. Those of the ledger's handler are in its OpenAPI document. */
  readonly routes: readonly string[];
}

/** Puts better-auth, the package's handler and the dashboard's own routes behind one `fetch`. */
export function createApi(parts: ApiParts): Api {
  const { credits, sessions, ledger, limiter, originRules, onWarning } = parts;
  const app = new Hono();
  const routes = createRoutes({ app, sessions, ledger, originRules, onWarning });

  let mayMissUrl = originRules.publicUrl === null;

  function assertTrusted(request: Request): void {
    if (SAFE_METHODS.has(request.method) || isTrustedMutation(request, originRules)) return;
    if (mayMissUrl && readOwnHost(request) === null) {
      mayMissUrl = false;
      onWarning(
        'A request was refused that names another host than this machine. Set PUBLIC_URL if it is yours.',
        undefined,
      );
    }
    throw new CreditsError('forbidden', 'This request comes from another site.');
  }

  async function limitRequest(headers: Headers): Promise<void> {
    const user = await sessions.read(headers);
    await limiter.take('request', {
      address: readClientAddress(headers),
      ...(user === null ? {} : { account: user.id }),
    });
  }

  app.use('/api/*', async (context, next) => {
    const { method, headers } = context.req.raw;
    await parts.tracer.run(
      {
        // The pattern of the route, which is last: a path contains ids.
        name: METHODS.has(method) ? `${method} ${routePath(context, -1)}` : 'HTTP',
        kind: 'server',
        describe: () => ({ 'http.response.status_code': context.res.status }),
        callers: [parts.tracer.current(parts.trustTrace ? headers : undefined)],
      },
      next,
    );
  });

  app.use('/api/*', async (context, next) => {
    assertTrusted(context.req.raw);
    if (!HEALTH_PATH.test(context.req.path)) await limitRequest(context.req.raw.headers);
    await next();
    context.res.headers.set('content-security-policy', API_CONTENT_SECURITY_POLICY);
    // What better-auth answers is as private as the rest, and names no policy.
    if (!context.res.headers.has('cache-control')) context.res.headers.set('cache-control', 'private, no-store');
  });

  // Not the event streams, which must not wait, nor answers that fit into a packet.
  for (const path of LIST_PATHS) app.use(path, compress({ contentTypeFilter: /^application\/json/ }));

  registerAuthRoutes(app, parts);
  app.all(CREDITS_PATH, (context) => credits.fetch(context.req.raw));
  app.all(`${CREDITS_PATH}/*`, (context) => credits.fetch(context.req.raw));

  registerOperationsRoutes(routes, { ...parts, app });
  registerLanguageRoutes(routes, parts);
  registerAuthFormRoutes(routes, { ...parts, app });
  registerUserRoutes(routes, parts);
  registerSessionRoutes(routes, parts);
  registerDailyRoutes(routes, parts);
  registerCodeRoutes(routes, parts);
  registerServerRoutes(routes, parts);
  registerReferralRoutes(routes, parts);
  registerTransferRoutes(routes, parts);
  const toAdminUser = createToAdminUser(ledger);
  registerActivityRoutes(routes, { ...parts, toAdminUser });
  registerAdminRoutes(routes, { ...parts, toAdminUser });
  registerAdjustmentRoutes(routes, parts);
  registerPeopleRoutes(routes, parts);
  registerMessageRoutes(routes, parts);
  registerOversightRoutes(routes, parts);
  registerRewardRoutes(routes, parts);
  registerTrendsRoutes(routes, parts);
  if (parts.demo) registerExampleRoutes(routes, parts);
  routes.refuseOtherMethods();
  registerRegistryRoutes(app, originRules);
  registerDocsRoutes(app, originRules);

  app.notFound(() => refuse(new CreditsError('not_found')));
  app.onError((caught) => {
    const error = toUnavailable(caught);
    if (!isExpected(error)) onWarning(`Request ${currentRequestId()} failed.`, error);
    return refuse(error);
  });

  const own = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'));
  return Object.freeze({
    routes: [...new Set(own.map(({ method, path }) => `${method} ${path}`)), ...AUTH_ROUTES],
    async limitPage(headers: Headers) {
      try {
        await limitRequest(headers);
        return null;
      } catch (error) {
        if (!isExpected(error)) onWarning('A page was not counted.', error);
        return isExpected(error) ? refuse(error) : null;
      }
    },
    async fetch(request: Request) {
      try {
        assertReadableUrl(request.url);
      } catch (error) {
        return refuse(error);
      }
      return app.fetch(request);
    },
  });
}

function refuse(error: unknown): Response {
  const requestId = currentRequestId();
  const failure = toFailure(error, requestId);
  return toResponse(failure.status, failure.body, requestId, failure.headers);
}
