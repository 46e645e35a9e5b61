import type { Hono } from 'hono';
import { CreditsError } from 'realtime-credits';
import type { Audit } from '../administration/audit.ts';
import type { Auth } from '../auth/auth.ts';
import type { PasswordTries } from '../auth/password-tries.ts';
import { AUTH_ENDPOINTS, toAuthRequest } from '../auth/requests.ts';
import type { Sessions } from '../auth/sessions.ts';
import { readClientAddress } from '../http/client-address.ts';
import type { LimitName, RateLimiter } from '../http/rate-limit.ts';
import { currentRequest } from '../http/request-scope.ts';

export interface AuthRoutesOptions {
  auth: Auth;
  audit: Pick<Audit, 'record'>;
  sessions: Sessions;
  limiter: RateLimiter;
  passwordTries: PasswordTries;
}

const AUTH_PATH = '/api/auth';

const LIMITED = new Map<string, LimitName>([
  ['sign-in/email', 'signIn'],
  ['sign-up/email', 'signUp'],
  ['change-password', 'changePassword'],
]);

/** What exists, as `GET /api/auth/get-session`. */
export const AUTH_ROUTES: readonly string[] = AUTH_ENDPOINTS.map(
  ({ method, path }) => `${method} ${AUTH_PATH}/${path}`,
);

/** `/api/auth/*`: counts tries, then asks better-auth, with what was checked. */
export function registerAuthRoutes(app: Hono, options: AuthRoutesOptions): void {
  const { auth, audit, sessions, limiter, passwordTries } = options;

  async function answer(request: Request, endpoint: string): Promise<Response> {
    const address = readClientAddress(request.headers);
    const user = await sessions.read(request.headers);
    const limit = LIMITED.get(endpoint);
    if (limit !== undefined) await limiter.take(limit, { address, ...(user === null ? {} : { account: user.id }) });
    const cookie = await sessions.sanitizeCookies(request.headers);
    const { request: checked, email, signedUp } = await toAuthRequest(request, endpoint, cookie);
    const account = endpoint === 'change-password' ? (user?.email ?? null) : email;
    if (account === null) {
      const response = await auth.handler(checked);
      return response.ok && signedUp !== null ? Response.json(signedUp) : response;
    }
    return passwordTries.guard({ email: account, address }, async () => {
      const response = await auth.handler(checked);
      if (response.ok && user !== null && endpoint === 'change-password') {
        await audit.record({
          actor: user.id,
          kind: 'password',
          target: user.id,
          reason: '',
          address: address ?? '',
          operationId: crypto.randomUUID(),
        });
      }
      return { right: response.ok, result: response };
    });
  }

  app.on(['GET', 'POST'], `${AUTH_PATH}/*`, async (context) => {
    const request = context.req.raw;
    const endpoint = new URL(request.url).pathname.slice(AUTH_PATH.length + 1);
    const response = await answer(request, endpoint);
    // What it caught is better-auth's to hide and ours to name: a bug, or a database that is away.
    if (response.status >= 500) throw currentRequest()?.failure ?? new CreditsError('internal');
    return response;
  });
}
