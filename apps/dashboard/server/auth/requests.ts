import { CreditsError } from 'realtime-credits';
import { z } from 'zod';
import { isDemoEmail } from '../demo/users.ts';
import { toLocalPath } from '../../lib/local-path.ts';
import { readBody, readQuery } from '../http/body.ts';
import { assertionSchema, passkeyNameSchema, registrationSchema } from './passkeys.ts';
import { displayNameSchema, pickUsername, usernameSchema } from './names.ts';
import { SOCIAL_PROVIDERS } from './social.ts';
import type { SessionUser } from './sessions.ts';

/**
 * Which of better-auth's endpoints exist here, and what each takes. It has some forty more, which change names, roles,
 * addresses and passwords by rules of their own: those are not found.
 */
const secret = z.string().max(1_000);
const email = z.string().trim().max(254);
const freeEmail = email.refine((address) => !isDemoEmail(address), 'is reserved: choose another');
const wholeEmail = z.email('is no e-mail address');
const passwordOnly = z.strictObject({ password: secret });

const BODIES: Record<string, z.ZodType<Record<string, unknown>>> = {
  'sign-up/email': z
    .strictObject({
      email: freeEmail,
      password: secret,
      name: displayNameSchema,
      username: usernameSchema.optional(),
      rememberMe: z.boolean().optional(),
    })
    // Chosen here, the response can name it, whether or not the address has an account already.
    .transform(({ username: wanted, ...body }) => {
      const displayUsername = wanted ?? pickUsername(body.name);
      return { ...body, username: displayUsername.toLowerCase(), displayUsername };
    }),
  'sign-in/email': z.strictObject({ email, password: secret, rememberMe: z.boolean().optional() }),
  'sign-out': z.strictObject({}),
  'change-password': z
    .strictObject({ currentPassword: secret, newPassword: secret, revokeOtherSessions: z.boolean().optional() })
    // The reason to change it may be that somebody else knows it.
    .transform((body) => ({ ...body, revokeOtherSessions: true })),
  'revoke-other-sessions': z.strictObject({}),
  'request-password-reset': z.strictObject({ email: email.pipe(wholeEmail) }),
  'reset-password': z.strictObject({ token: secret, newPassword: secret }),
  'send-verification-email': z.strictObject({}),
  'verify-email': z.strictObject({ token: secret }),
  'change-email': z.strictObject({ newEmail: freeEmail.pipe(wholeEmail), password: secret }),
  'two-factor/enable': passwordOnly,
  'two-factor/disable': passwordOnly,
  'two-factor/generate-backup-codes': passwordOnly,
  // No browser is trusted without a code.
  'two-factor/verify-totp': z.strictObject({ code: z.string().max(20) }),
  'two-factor/verify-backup-code': z.strictObject({ code: z.string().trim().max(40) }),
  'passkey/generate-register-options': passwordOnly,
  'passkey/verify-registration': z.strictObject({ name: passkeyNameSchema, response: registrationSchema }),
  'passkey/generate-authenticate-options': z.strictObject({}),
  'passkey/verify-authentication': z.strictObject({ response: assertionSchema }),
  // Where the person goes to, and comes back from by a callback.
  'sign-in/social': z
    .strictObject({ provider: z.enum(SOCIAL_PROVIDERS), next: z.string().max(2_000).optional() })
    .transform(({ provider, next }) => ({
      provider,
      callbackURL: toLocalPath(next),
      errorCallbackURL: '/sign-in',
      disableRedirect: true,
    })),
  'link-social': z.strictObject({ provider: z.enum(SOCIAL_PROVIDERS), password: secret }).transform((body) => ({
    ...body,
    callbackURL: '/settings',
    errorCallbackURL: '/settings',
    disableRedirect: true,
  })),
};

const signedUpSchema = z.object({ email, name: z.string(), username: z.string(), displayUsername: z.string() });

const answer = z.string().max(4_000).optional();
const callback = z.object({ state: z.string().max(200), code: answer, error: answer, iss: answer });

/** What is not named is left out. Sessions are listed by a route of ours: better-auth's names their tokens. */
const QUERIES: Record<string, z.ZodType<Record<string, string | undefined>>> = {
  'get-session': z.object({}),
  ...Object.fromEntries(SOCIAL_PROVIDERS.map((provider) => [`callback/${provider}`, callback])),
};

/** All that exist, by their path below better-auth's own. */
export const AUTH_ENDPOINTS: readonly { method: 'GET' | 'POST'; path: string }[] = [
  ...Object.keys(QUERIES).map((path) => ({ method: 'GET', path }) as const),
  ...Object.keys(BODIES).map((path) => ({ method: 'POST', path }) as const),
];

/** What better-auth is asked. */
export interface AuthRequest {
  request: Request;
  /** Whose account is tried: an address that somebody typed, or the user's own where a password is asked for again. */
  email: string | null;
  /** The password that better-auth does not ask for, and we do. */
  password: string | null;
  /** What signing up is answered with: only what the request said, or the response tells which addresses have an account. */
  signedUp: { user: z.output<typeof signedUpSchema> } | null;
}

/**
 * Reads a request for better-auth, and writes it again with what was checked and nothing else.
 *
 * @param endpoint - The path below better-auth's own.
 * @param cookie - What is sent in place of the request's cookies.
 * @param user - Who is signed in.
 * @throws {CreditsError} `not_found`, `body_too_large`, `invalid_request`, `unauthenticated`
 */
export async function toAuthRequest(
  request: Request,
  endpoint: string,
  { cookie, user }: { cookie: string; user: SessionUser | null },
): Promise<AuthRequest> {
  const headers = new Headers(request.headers);
  headers.set('cookie', cookie);
  const nothing = { email: null, password: null, signedUp: null };
  const querySchema = Object.hasOwn(QUERIES, endpoint) ? QUERIES[endpoint] : undefined;
  if (request.method === 'GET' && querySchema !== undefined) {
    const url = new URL(request.url);
    const query = Object.entries(readQuery(request, querySchema)).filter((pair) => pair[1] !== undefined);
    url.search = new URLSearchParams(query as [string, string][]).toString();
    return { ...nothing, request: new Request(url, { headers }) };
  }
  const schema = Object.hasOwn(BODIES, endpoint) ? BODIES[endpoint] : undefined;
  if (request.method !== 'POST' || schema === undefined) throw new CreditsError('not_found');
  const body = await readBody(request, schema);
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  const write = (checked: object): Request =>
    new Request(request.url, { method: 'POST', headers, body: JSON.stringify(checked) });
  // What changes something, and better-auth has as a GET: programs that open links would follow it.
  const toGet = (query: Record<string, string> = {}): Request => {
    const url = new URL(request.url);
    url.search = new URLSearchParams(query).toString();
    headers.delete('content-type');
    return new Request(url, { headers });
  };

  switch (endpoint) {
    case 'sign-in/email':
    case 'request-password-reset':
      return { ...nothing, request: write(body), email: String(body['email']) };
    case 'sign-up/email':
      return { ...nothing, request: write(body), signedUp: { user: signedUpSchema.parse(body) } };
    case 'change-password':
    case 'two-factor/enable':
    case 'two-factor/disable':
    case 'two-factor/generate-backup-codes':
      return { ...nothing, request: write(body), email: user?.email ?? null };
    case 'change-email':
    case 'link-social': {
      const { password, ...asked } = body;
      return { ...nothing, request: write(asked), email: toUser(user).email, password: String(password) };
    }
    case 'send-verification-email':
      return { ...nothing, request: write({ email: toUser(user).email }) };
    case 'verify-email':
      return { ...nothing, request: toGet({ token: String(body['token']) }) };
    case 'passkey/generate-register-options':
      return { ...nothing, request: toGet(), email: toUser(user).email, password: String(body['password']) };
    case 'passkey/generate-authenticate-options':
      return { ...nothing, request: toGet() };
    case 'passkey/verify-registration':
      toUser(user);
      return { ...nothing, request: write(body) };
    default:
      return { ...nothing, request: write(body) };
  }
}

function toUser(user: SessionUser | null): SessionUser {
  if (user === null) throw new CreditsError('unauthenticated');
  return user;
}
