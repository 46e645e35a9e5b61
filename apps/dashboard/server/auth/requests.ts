import { CreditsError } from 'realtime-credits';
import { z } from 'zod';
import { isDemoEmail } from '../demo/users.ts';
import { readBody } from '../http/body.ts';
import { plainText } from '../http/text.ts';
import { displayNameSchema, usernameSchema } from './names.ts';

/**
 * Which of better-auth's endpoints exist here, and what each takes. It has some forty more, which change names, roles,
 * addresses and passwords by rules of their own: those are not found.
 */
const secret = z.string().max(1_000);
const email = z.string().trim().max(254);
const userId = z.string().min(1).max(128);

const BODIES: Record<string, z.ZodType> = {
  'sign-up/email': z.strictObject({
    email: email.refine((address) => !isDemoEmail(address), 'is reserved: choose another'),
    password: secret,
    name: displayNameSchema,
    username: usernameSchema.optional(),
    rememberMe: z.boolean().optional(),
  }),
  'sign-in/email': z.strictObject({ email, password: secret, rememberMe: z.boolean().optional() }),
  'sign-out': z.strictObject({}),
  'change-password': z.strictObject({
    currentPassword: secret,
    newPassword: secret,
    revokeOtherSessions: z.boolean().optional(),
  }),
  'revoke-other-sessions': z.strictObject({}),
  'admin/set-role': z.strictObject({ userId, role: z.enum(['user', 'admin']) }),
  'admin/ban-user': z.strictObject({
    userId,
    banReason: plainText({ max: 200 }).optional(),
    banExpiresIn: z.int().min(1).optional(),
  }),
  'admin/unban-user': z.strictObject({ userId }),
};

const QUERIES = new Set(['get-session', 'list-sessions']);

/** All that exist, by their path below better-auth's own. */
export const AUTH_ENDPOINTS: readonly { method: 'GET' | 'POST'; path: string }[] = [
  ...[...QUERIES].map((path) => ({ method: 'GET', path }) as const),
  ...Object.keys(BODIES).map((path) => ({ method: 'POST', path }) as const),
];

/**
 * Reads a request for better-auth, and writes it again with what was checked and nothing else.
 *
 * @param endpoint - The path below better-auth's own.
 * @param cookie - What is sent in place of the request's cookies.
 * @throws {CreditsError} `not_found`, `body_too_large`, `invalid_request`
 */
export async function toAuthRequest(request: Request, endpoint: string, cookie: string): Promise<Request> {
  const headers = new Headers(request.headers);
  headers.set('cookie', cookie);
  if (request.method === 'GET' && QUERIES.has(endpoint)) return new Request(request.url, { headers });
  const schema = Object.hasOwn(BODIES, endpoint) ? BODIES[endpoint] : undefined;
  if (request.method !== 'POST' || schema === undefined) throw new CreditsError('not_found');
  const body = JSON.stringify(await readBody(request, schema));
  headers.set('content-type', 'application/json');
  headers.delete('content-length');
  return new Request(request.url, { method: 'POST', headers, body });
}
