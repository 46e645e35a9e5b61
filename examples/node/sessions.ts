import { randomBytes } from 'node:crypto';
import { CreditsError } from 'realtime-credits';
import { assertTrustedOrigin, readJson, toProblemResponse, type Identity } from 'realtime-credits-server';
import { checkPassword } from './users.ts';

const LIFETIME_MS = 7 * 24 * 3_600_000;

/**
 * Sessions in a cookie that says nothing but a random name: who it stands for is known here only, and can be ended here.
 * These are in memory: a restart signs everybody out. Yours are in your database.
 */
export function createSessions({ onEnd }: { onEnd: (account: string) => void }) {
  const sessions = new Map<string, { account: string; endsAtMs: number }>();

  function find(request: Request): Identity | null {
    const session = sessions.get(readName(request));
    return session === undefined || session.endsAtMs <= Date.now() ? null : { account: session.account };
  }

  async function signIn(request: Request): Promise<Response> {
    try {
      assertTrustedOrigin(request);
      const account = await checkPassword(await readJson(request));
      if (account === null) throw new CreditsError('unauthenticated', 'Wrong name or password.');
      const name = randomBytes(32).toString('base64url');
      sessions.set(name, { account, endsAtMs: Date.now() + LIFETIME_MS });
      return Response.json({ success: true }, { headers: { 'set-cookie': writeCookie(name, LIFETIME_MS / 1_000) } });
    } catch (error) {
      return toProblemResponse(error, crypto.randomUUID());
    }
  }

  async function signOut(request: Request): Promise<Response> {
    try {
      assertTrustedOrigin(request);
      const identity = find(request);
      sessions.delete(readName(request));
      if (identity !== null) onEnd(identity.account); // its streams end now, and not at their next heartbeat
      return Response.json({ success: true }, { headers: { 'set-cookie': writeCookie('', 0) } });
    } catch (error) {
      return toProblemResponse(error, crypto.randomUUID());
    }
  }

  return Object.freeze({ find, signIn, signOut });
}

function readName(request: Request): string {
  return /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? '';
}

function writeCookie(name: string, seconds: number): string {
  const secure = process.env['NODE_ENV'] === 'production' ? '; Secure' : '';
  return `session=${name}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
}
