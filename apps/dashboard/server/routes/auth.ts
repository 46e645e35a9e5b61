import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import { CreditsError, isCreditsError } from 'realtime-credits';
import { toUnavailable } from 'realtime-credits-server';
import type { Failure } from '../../lib/api.ts';
import type { Audit, AuditKind } from '../administration/audit.ts';
import type { Auth } from '../auth/auth.ts';
import type { Credentials } from '../auth/credentials.ts';
import type { PasswordTries } from '../auth/password-tries.ts';
import { AUTH_ENDPOINTS, toAuthRequest, type AuthRequest } from '../auth/requests.ts';
import type { Sessions, SessionUser } from '../auth/sessions.ts';
import type { UserNames } from '../auth/user-names.ts';
import { isDemoEmail } from '../demo/users.ts';
import { readClientAddress } from '../http/client-address.ts';
import { DashboardError } from '../http/failure.ts';
import type { LimitName, RateLimiter } from '../http/rate-limit.ts';
import { currentRequest, currentRequestId } from '../http/request-scope.ts';
import type { Mailer } from '../mail/mailer.ts';
import { isUniqueViolation } from '../payouts/payouts.ts';

export interface AuthRoutesOptions {
  auth: Auth;
  audit: Pick<Audit, 'record'>;
  credentials: Pick<Credentials, 'matches' | 'voidLinks'>;
  sessions: Sessions;
  limiter: RateLimiter;
  passwordTries: PasswordTries;
  userNames: Pick<UserNames, 'isKept'>;
  mailer: Pick<Mailer, 'send'>;
  onWarning: (message: string, cause: unknown) => void;
}

const AUTH_PATH = '/api/auth';

const LIMITED = new Map<string, LimitName>([
  ['sign-in/email', 'signIn'],
  ['sign-in/social', 'signIn'],
  ['sign-up/email', 'signUp'],
  ['change-password', 'changePassword'],
  ['request-password-reset', 'requestReset'],
  ['reset-password', 'resetPassword'],
  ['send-verification-email', 'sendVerification'],
  ['verify-email', 'verifyEmail'],
  ['change-email', 'changeEmail'],
  ['two-factor/enable', 'secondFactor'],
  ['two-factor/disable', 'secondFactor'],
  ['two-factor/generate-backup-codes', 'secondFactor'],
  ['two-factor/verify-totp', 'secondFactor'],
  ['two-factor/verify-backup-code', 'secondFactor'],
  ['passkey/generate-register-options', 'passkey'],
  ['passkey/verify-registration', 'passkey'],
  ['passkey/generate-authenticate-options', 'passkey'],
  ['passkey/verify-authentication', 'passkey'],
  ['link-social', 'secondFactor'],
]);

/** Several people use a demo account: none of them may take it from the others. */
const NOT_FOR_DEMO = new Set([
  'change-email',
  'two-factor/enable',
  'passkey/generate-register-options',
  'passkey/verify-registration',
  'link-social',
]);

/** What exists, as `GET /api/auth/get-session`. */
export const AUTH_ROUTES: readonly string[] = AUTH_ENDPOINTS.map(
  ({ method, path }) => `${method} ${AUTH_PATH}/${path}`,
);

/** A request that may be answered. */
interface Asked extends AuthRequest {
  endpoint: string;
  user: SessionUser | null;
  address: string | null;
}

/** `/api/auth/*`: counts tries, then asks better-auth, with what was checked. */
export function registerAuthRoutes(app: Hono, options: AuthRoutesOptions): void {
  const { auth, audit, credentials, sessions, limiter, passwordTries, mailer, userNames, onWarning } = options;

  async function answer(request: Request, endpoint: string): Promise<Response> {
    const address = readClientAddress(request.headers);
    const user = await sessions.read(request.headers);
    const limit = LIMITED.get(endpoint);
    if (limit !== undefined) await limiter.take(limit, { address, ...(user === null ? {} : { account: user.id }) });
    const cookie = await sessions.sanitizeCookies(request.headers);
    const checked = await toAuthRequest(request, endpoint, { cookie, user });
    if (user !== null && NOT_FOR_DEMO.has(endpoint) && isDemoEmail(user.email)) {
      throw new CreditsError('forbidden', 'Demo accounts stay as they are.');
    }
    if (
      endpoint === 'sign-up/email' &&
      checked.signedUp !== null &&
      (await userNames.isKept(checked.signedUp.user.username))
    ) {
      throw new DashboardError('name_taken', 'Somebody left this user name lately. Choose another.');
    }
    if (user?.secondFactor === true && endpoint === 'link-social') {
      throw new CreditsError('forbidden', 'With a second factor, no other account can be linked.');
    }
    return run({ ...checked, endpoint, user, address });
  }

  async function run(asked: Asked): Promise<Response> {
    const { endpoint, email, signedUp, address } = asked;
    if (endpoint === 'request-password-reset') return requestReset(asked);
    if (endpoint === 'verify-email') return verifyEmail(asked);
    if (endpoint === 'revoke-other-sessions') return endOthers(asked);
    if (endpoint === 'passkey/verify-registration') return addPasskey(asked);
    if (endpoint.startsWith('passkey/') && email === null) return signInWithPasskey(asked);
    if (endpoint.startsWith('callback/')) return hideReason(await auth.handler(asked.request));
    if (email === null) {
      const response = await auth.handler(asked.request);
      // The first right code of who is signed in sets it up; later ones change nothing.
      if (response.ok && endpoint === 'two-factor/verify-totp' && asked.user?.secondFactor === false) {
        await recordOwn(asked, 'second_factor', { on: true });
      }
      return response.ok && signedUp !== null ? Response.json(signedUp) : response;
    }
    return passwordTries.guard({ email, address }, async () => {
      const { user, password } = asked;
      if (password !== null && (user === null || !(await credentials.matches(user.id, password)))) {
        return {
          right: false,
          result: Response.json({ code: 'INVALID_PASSWORD', message: 'Invalid password' }, { status: 400 }),
        };
      }
      const response = await auth.handler(asked.request);
      // The old address learns of it also where the new one has an account already, and nothing happens.
      if (response.ok && endpoint === 'change-email' && user !== null) {
        mailer.send({ kind: 'changing', userId: user.id, to: user.email, link: null });
      }
      if (response.ok && endpoint === 'change-password') await recordOwn(asked, 'password');
      if (response.ok && endpoint === 'two-factor/disable') await recordOwn(asked, 'second_factor', { on: false });
      return { right: password !== null || response.ok, result: response };
    });
  }

  /** Answers before anything is looked up: neither what it says nor how long it takes tells who has an account. */
  async function requestReset({ request, email }: Asked): Promise<Response> {
    await limiter.take('requestReset', { account: hash(email ?? '') });
    void auth.handler(request).then(
      (response) => {
        if (response.status >= 500) onWarning('A new password could not be asked for.', currentRequest()?.failure);
      },
      (error: unknown) => onWarning('A new password could not be asked for.', error),
    );
    return Response.json({ status: true });
  }

  /** In place of better-auth's, which knows the current session by its token: listed sessions have hashes. */
  async function endOthers({ request }: Asked): Promise<Response> {
    const current = await auth.api.getSession({ headers: request.headers });
    if (current === null) throw new CreditsError('unauthenticated');
    const { internalAdapter } = await auth.$context;
    for (const { id, token } of await internalAdapter.listSessions(current.user.id)) {
      if (id !== current.session.id) await internalAdapter.deleteSession(token);
    }
    return Response.json({ status: true });
  }

  async function addPasskey(asked: Asked): Promise<Response> {
    const response = await auth.handler(asked.request);
    if (!response.ok) return refusePasskey(response, 400);
    await recordOwn(asked, 'sign_in_way', { way: 'passkey', on: true });
    return withBody(response, { status: true });
  }

  /** Why one is refused is not said: it would tell which exist. That an account is banned is said to its owner. */
  async function signInWithPasskey({ request, endpoint }: Asked): Promise<Response> {
    const response = await auth.handler(request);
    if (!response.ok) return refusePasskey(response, 401);
    if (endpoint === 'passkey/verify-authentication') return withBody(response, { status: true });
    // The plugin only prefers it.
    return withBody(response, { ...((await response.json()) as object), userVerification: 'required' });
  }

  async function verifyEmail(asked: Asked): Promise<Response> {
    const response = await auth.handler(asked.request);
    if (response.status >= 500 && isUniqueViolation(currentRequest()?.failure)) {
      throw new DashboardError('address_taken', 'Another account has this address by now.');
    }
    if (!response.ok) return response;
    // Of a user it tells where the address changed, and of nobody where an address was only confirmed.
    const { user } = (await response.clone().json()) as { user: SessionUser | null };
    if (user !== null) await recordOwn({ ...asked, user }, 'email');
    return response;
  }

  /** What people change about their own account, after it took effect. */
  async function recordOwn(
    { user, address }: Pick<Asked, 'user' | 'address'>,
    kind: AuditKind,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    if (user === null) return;
    await credentials.voidLinks(user.id);
    const by = { actor: user.id, target: user.id, reason: '', address: address ?? '' };
    await audit.record({ ...by, kind, details, operationId: crypto.randomUUID() });
  }

  app.on(['GET', 'POST'], `${AUTH_PATH}/*`, async (context) => {
    const request = context.req.raw;
    const endpoint = new URL(request.url).pathname.slice(AUTH_PATH.length + 1);
    const response = await answer(request, endpoint);
    // What it caught is better-auth's to hide and ours to name: a bug, or a database that is away.
    if (response.status >= 500) throw currentRequest()?.failure ?? new CreditsError('internal');
    return response.status >= 400 ? toRefusal(response) : hideToken(response);
  });
}

/** better-auth has a 500 also for what its library refuses. A failure of ours is a database that is away. */
async function refusePasskey(response: Response, status: 400 | 401): Promise<Response> {
  const failure = toUnavailable(currentRequest()?.failure);
  if (isCreditsError(failure)) throw failure;
  const refusal = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null;
  const isOurs = response.status >= 500 && refusal?.code !== 'FAILED_TO_VERIFY_REGISTRATION';
  if (isOurs || refusal?.code === 'BANNED_USER') return response;
  const message = 'This passkey cannot be used here.';
  return Response.json({ code: 'PASSKEY_REFUSED', message }, { status, headers: response.headers });
}

function withBody(response: Response, body: object): Response {
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return Response.json(body, { status: response.status, headers });
}

/** The cookie alone carries a session, and no script can read it: the same token is not in a body beside it. */
async function hideToken(response: Response): Promise<Response> {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  if (!response.ok || !isJson) return response;
  const body: unknown = await response.json();
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const text = JSON.stringify(body, (name, value: unknown) => (name === 'token' ? undefined : value));
  return new Response(text, { status: response.status, headers });
}

/** Why an account elsewhere was refused would tell who has one here with its address. */
function hideReason(response: Response): Response {
  const [path, query] = (response.headers.get('location') ?? '').split('?');
  const error = new URLSearchParams(query).get('error');
  if (error === null) return response;
  const headers = new Headers(response.headers);
  headers.set('location', `${path}?social=${error === 'access_denied' ? 'cancelled' : 'refused'}`);
  return new Response(null, { status: 302, headers });
}

function hash(text: string): string {
  return createHash('sha256').update(text.toLowerCase()).digest('base64url');
}

/** What better-auth refuses keeps its code, and has the form of our own refusals. */
async function toRefusal(response: Response): Promise<Response> {
  const { status } = response;
  const refusal = (await response.json().catch(() => null)) as { code?: string; message?: string } | null;
  const { code, message } = refusal ?? {};
  if (code === 'UNAUTHORIZED') throw new CreditsError('unauthenticated');
  if (code === undefined || message === undefined)
    throw new CreditsError(status === 404 ? 'not_found' : 'invalid_request');
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const body: Failure = {
    success: false,
    message,
    code,
    requestId: currentRequestId(),
    type: `urn:realtime-credits:error:${code}`,
    title: message,
    status,
    detail: message,
  };
  return Response.json(body, { status, headers });
}
