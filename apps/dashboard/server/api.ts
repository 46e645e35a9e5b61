import { Hono } from 'hono';
import type { Pool } from 'pg';
import { CREDITS_PATH, CreditsError } from 'realtime-credits';
import { assertReadableUrl, toUnavailable, type CreditsHandler, type Ledger } from 'realtime-credits-server';
import type { Activity } from './activity/activity.ts';
import type { Auth } from './auth/auth.ts';
import { toAuthRequest } from './auth/requests.ts';
import type { Sessions } from './auth/sessions.ts';
import type { DailyBonus } from './daily/daily-bonus.ts';
import type { Health } from './health.ts';
import { isExpected, toFailure } from './http/failure.ts';
import { isTrustedMutation, type OriginRules } from './http/origin.ts';
import type { RateLimiter } from './http/rate-limit.ts';
import { currentRequest, currentRequestId } from './http/request-scope.ts';
import { createRoutes, toResponse } from './http/route.ts';
import { API_CONTENT_SECURITY_POLICY } from './http/security-headers.ts';
import type { Metrics } from './metrics.ts';
import type { Names } from './names.ts';
import type { Profiles } from './profiles.ts';
import type { Provisioner } from './provisioning/provisioner.ts';
import type { Simulator } from './provisioning/simulator.ts';
import type { ReferralClaims } from './referrals/claim.ts';
import type { Referrals } from './referrals/referrals.ts';
import { registerActivityRoutes } from './routes/activity.ts';
import { registerAdminRoutes } from './routes/admin.ts';
import { registerDailyRoutes } from './routes/daily-login.ts';
import { registerDocsRoutes } from './routes/docs.ts';
import { registerExampleRoutes } from './routes/examples.ts';
import { registerOperationsRoutes } from './routes/operations.ts';
import { registerReferralRoutes } from './routes/referrals.ts';
import { registerRegistryRoutes } from './routes/registry.ts';
import { registerServerRoutes } from './routes/servers.ts';
import { registerTransferRoutes } from './routes/transfers.ts';
import { registerUserRoutes } from './routes/user.ts';
import type { Servers } from './servers/servers.ts';
import type { Users } from './users.ts';

/** Everything that the routes stand on. */
export interface ApiParts {
  auth: Auth;
  credits: CreditsHandler;
  sessions: Sessions;
  ledger: Ledger;
  activity: Activity;
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
  limiter: RateLimiter;
  originRules: OriginRules;
  health: Health;
  metrics: Metrics;
  metricsToken: string | null;
  onWarning: (message: string, cause: unknown) => void;
}

const AUTH_PATH = '/api/auth';

/** Puts better-auth, the package's handler and the dashboard's own routes behind one `fetch`. */
export function createApi(parts: ApiParts): (request: Request) => Promise<Response> {
  const { auth, credits, sessions, ledger, originRules, onWarning } = parts;
  const app = new Hono();
  const routes = createRoutes({ app, sessions, ledger, originRules, onWarning });

  app.use('/api/*', async (context, next) => {
    await next();
    context.res.headers.set('content-security-policy', API_CONTENT_SECURITY_POLICY);
  });

  app.on(['GET', 'POST'], `${AUTH_PATH}/*`, async (context) => {
    const request = context.req.raw;
    if (request.method !== 'GET' && !isTrustedMutation(request, originRules)) {
      return refuse(new CreditsError('forbidden', 'This request comes from another site.'));
    }
    const endpoint = new URL(request.url).pathname.slice(AUTH_PATH.length + 1);
    const cookie = await sessions.sanitizeCookies(request.headers);
    const response = await auth.handler(await toAuthRequest(request, endpoint, cookie));
    // What it caught is better-auth's to hide and ours to name: a bug, or a database that is away.
    if (response.status >= 500) throw currentRequest()?.failure ?? new CreditsError('internal');
    const retryAfter = response.headers.get('x-retry-after');
    if (retryAfter !== null) response.headers.set('retry-after', retryAfter);
    return response;
  });

  app.all(CREDITS_PATH, (context) => credits.fetch(context.req.raw));
  app.all(`${CREDITS_PATH}/*`, (context) => credits.fetch(context.req.raw));

  registerOperationsRoutes(routes, { ...parts, app });
  registerUserRoutes(routes, parts);
  registerDailyRoutes(routes, parts);
  registerServerRoutes(routes, parts);
  registerReferralRoutes(routes, parts);
  registerTransferRoutes(routes, parts);
  registerActivityRoutes(routes, parts);
  registerAdminRoutes(routes, parts);
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

  return async (request) => {
    try {
      assertReadableUrl(request.url);
    } catch (error) {
      return refuse(error);
    }
    return app.fetch(request);
  };
}

function refuse(error: unknown): Response {
  const requestId = currentRequestId();
  const failure = toFailure(error, requestId);
  return toResponse(failure.status, failure.body, requestId, failure.headers);
}
