import { createHmac, timingSafeEqual } from 'node:crypto';

const LIFETIME_MS = 7 * 24 * 3_600_000;

/** The cookie of somebody whose password your sign-in has checked: the account and its end, signed. */
export function sealSession(account: string, nowMs: number = Date.now()): string {
  const claim = `${account}~${nowMs + LIFETIME_MS}`;
  return `session=${claim}~${sign(claim)}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=${LIFETIME_MS / 1_000}`;
}

/** Who the cookie says is asking, as this server once signed it; null without a valid one. */
export function readSession(request: Request): { userId: string } | null {
  const cookie = /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
  const [account = '', endsAt = '', signature = ''] = cookie.split('~');
  const [expected, given] = [Buffer.from(sign(`${account}~${endsAt}`)), Buffer.from(signature)];
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  return isSigned && Number(endsAt) > Date.now() ? { userId: account } : null;
}

function sign(claim: string): string {
  const secret = process.env['SESSION_SECRET'] ?? '';
  if (secret.length < 32) throw new Error('SESSION_SECRET needs 32 characters or more.');
  return createHmac('sha256', secret).update(claim).digest('base64url');
}
