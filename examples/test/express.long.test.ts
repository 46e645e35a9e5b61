import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { vi } from 'vitest';
import { startExample } from './support/example-process.ts';
import { testHost } from './support/host-suite.ts';

const JWT_SECRET = 'a secret of thirty-two characters';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A token that differs in one thing from what the host issues. */
function forge({ secret = JWT_SECRET, issuer = 'panel', audience = 'credits', alg = 'HS256' }): Promise<string> {
  const token = new SignJWT().setProtectedHeader({ alg }).setSubject('ada').setExpirationTime('1h').setIssuedAt();
  return token.setIssuer(issuer).setAudience(audience).sign(new TextEncoder().encode(secret));
}

/** Without a signature, and saying so: the oldest of tricks. */
function unsigned(): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 3_600;
  return `${encode({ alg: 'none' })}.${encode({ sub: 'ada', iss: 'panel', aud: 'credits', exp })}.`;
}

testHost(async () => {
  vi.stubEnv('JWT_SECRET', JWT_SECRET);
  const { issueToken } = await import('../express/tokens.ts');
  const { origin, close } = await startExample('express/server.ts', { JWT_SECRET });
  return {
    fetch,
    origin,
    signIn: async (name) => bearer(await issueToken(name)),
    forgeries: async () => [
      bearer(await issueToken('ada', '-1s')), // expired
      bearer(unsigned()),
      bearer(
        `${(await issueToken('ada')).split('.').slice(0, 2).join('.')}.${createHmac('sha256', 'x').digest('base64url')}`,
      ),
      bearer(await forge({ secret: 'another secret of enough characters' })),
      bearer(await forge({ issuer: 'another' })),
      bearer(await forge({ audience: 'another' })),
      bearer(await forge({ alg: 'HS512' })),
      { authorization: await issueToken('ada') },
      { cookie: `session=${await issueToken('ada')}` },
    ],
    close,
  };
});
