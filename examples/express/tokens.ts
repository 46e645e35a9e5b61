import { jwtVerify, SignJWT } from 'jose';

const secret = new TextEncoder().encode(process.env['JWT_SECRET'] ?? '');
if (secret.length < 32) throw new Error('JWT_SECRET needs 32 bytes or more.');

// Said at both ends: a token of another service, or for another one, opens nothing here.
const ISSUER = 'panel';
const AUDIENCE = 'credits';

/** The token that your sign-in answers with, once it has checked the password. */
export function issueToken(account: string, lifetime = '15m'): Promise<string> {
  const token = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(account);
  return token.setIssuer(ISSUER).setAudience(AUDIENCE).setIssuedAt().setExpirationTime(lifetime).sign(secret);
}

/**
 * The account that an `Authorization: Bearer …` header proves; null without a valid one. A browser sends it by
 * `createCreditsClient({ headers: () => ({ authorization: … }) })`, which calls it again for each request.
 */
export async function readToken(authorization: string | null): Promise<string | null> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return null;
  try {
    // Which algorithm counts is said here: a token's own header is written by the client that made the token.
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE });
    return payload.sub ?? null;
  } catch {
    return null; // expired, forged, or something else altogether
  }
}
