import { CreditsError } from 'realtime-credits';
import { z } from 'zod';
import { isDemoEmail } from '../demo/users.ts';
import { readBody } from '../http/body.ts';
import { displayNameSchema, pickUsername, usernameSchema } from './names.ts';

/**
 * Which of better-auth's endpoints exist here, and what each takes. It has some forty more, which change names, roles,
 * addresses and passwords by rules of their own: those are not found.
 */
const secret = z.string().max(1_000);
const email = z.string().trim().max(254);

const BODIES: Record<string, z.ZodType> = {
  'sign-up/email': z
    .strictObject({
      email: email.refine((address) => !isDemoEmail(address), 'is reserved: choose another'),
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
};

const signedUpSchema = z.object({ email, name: z.string(), username: z.string(), displayUsername: z.string() });

const QUERIES = new Set(['get-session', 'list-sessions']);

/** All that exist, by their path below better-auth's own. */
export const AUTH_ENDPOINTS: readonly { method: 'GET' | 'POST'; path: string }[] = [
  ...[...QUERIES].map((path) => ({ method: 'GET', path }) as const),
  ...Object.keys(BODIES).map((path) => ({ method: 'POST', path }) as const),
];

/** What better-auth is asked. */
export interface AuthRequest {
  request: Request;
  /** The address that somebody signs in with. */
  email: string | null;
  /** What signing up is answered with: only what the request said, or the response tells which addresses have an account. */
  signedUp: object | null;
}

/**
 * Reads a request for better-auth, and writes it again with what was checked and nothing else.
 *
 * @param endpoint - The path below better-auth's own.
 * @param cookie - What is sent in place of the request's cookies.
 * @throws {CreditsError} `not_found`, `body_too_large`, `invalid_request`
 */
export async function toAuthRequest(request: Request, endpoint: string, cookie: string): Promise<AuthRequest> {
  const headers = new Headers(request.headers);
  headers.set('cookie', cookie);
  if (request.method === 'GET' && QUERIES.has(endpoint))
    return { request: new Request(request.url, { headers }), email: null, signedUp: null };
  const schema = Object.hasOwn(BODIES, endpoint) ? BODIES[endpoint] : undefined;
  if (request.method !== 'POST' || schema === undefined) throw new CreditsError('not_found');
  const body = await readBody(request, schema);
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  const named = endpoint === 'sign-in/email' ? z.object({ email }).parse(body).email : null;
  const signedUp = endpoint === 'sign-up/email' ? { token: null, user: signedUpSchema.parse(body) } : null;
  const checked = new Request(request.url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { request: checked, email: named, signedUp };
}
