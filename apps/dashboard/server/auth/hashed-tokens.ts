import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import { getCurrentAdapter } from '@better-auth/core/context';
import type { AuthContext, Session, User } from 'better-auth';
import { parseSessionOutput, parseUserOutput } from 'better-auth/db';
import type { Pool } from 'pg';
import { GroupedReads } from 'realtime-credits-server';

type Sessions = AuthContext['internalAdapter'];
type Found = NonNullable<Awaited<ReturnType<Sessions['findSession']>>>;

/** Tells a hash from a token. The migration `003-hashed-tokens` writes it as well. */
const PREFIX = 'sha256:';

/** What the database has in place of a session's token. */
function hashToken(token: string): string {
  return `${PREFIX}${createHash('sha256').update(token).digest('hex')}`;
}

/**
 * Makes better-auth store hashes of session tokens: what stands in the database, or in a copy of it, signs nobody in.
 *
 * The token itself is known where it is made, and where a request brings it. Sessions that are listed have the hash, by
 * which a session is ended and never found.
 *
 * Sessions that are looked up at the same time share two statements, as snapshots share one: better-auth sends two for each.
 */
export function withHashedTokens(
  context: Pick<AuthContext, 'internalAdapter' | 'adapter' | 'options'>,
  pool: Pool,
): Sessions {
  const { internalAdapter: sessions, adapter, options } = context;
  // The caller that comes first begins the query: the others must not become part of its transaction.
  const outside = AsyncLocalStorage.snapshot();
  const grouped = new GroupedReads((hashes: readonly string[]) => outside(() => readAll(hashes)));

  async function readAll(hashes: readonly string[]): Promise<(Found | null)[]> {
    const found = await pool.query<Session>(`SELECT * FROM "session" WHERE token = ANY($1)`, [hashes]);
    const userIds = found.rows.map(({ userId }) => userId);
    const { rows } = await pool.query<User>(`SELECT * FROM "user" WHERE id = ANY($1)`, [userIds]);
    const users = new Map(rows.map((user) => [user.id, parseUserOutput(options, user)]));
    const byHash = new Map(found.rows.map((session) => [session.token, parseSessionOutput(options, session)]));
    return hashes.map((hash) => {
      const session = byHash.get(hash);
      const user = users.get(session?.userId ?? '');
      return session === undefined || user === undefined ? null : { session, user };
    });
  }

  return {
    ...sessions,
    async createSession(userId, dontRememberMe, override, overrideAll, storageOptions) {
      const token = randomBytes(24).toString('base64url');
      const {
        id: _id,
        token: _token,
        expiresAt: _end,
        createdAt: _at,
        updatedAt: _then,
        userId: _user,
        ...rest
      } = override ?? {};
      const given = { ...(overrideAll === true ? override : rest), token: hashToken(token) };
      // `overrideAll`: also in place of the token that better-auth makes.
      const made = await sessions.createSession(userId, dontRememberMe, given, true, storageOptions);
      return { ...made, token };
    },
    async findSession(token) {
      const hash = hashToken(token);
      // Inside of a transaction, another connection would wait for it, or not see what it wrote.
      const isOutside = (await getCurrentAdapter(adapter)) === adapter;
      const found = await (isOutside ? grouped.read(hash) : sessions.findSession(hash));
      return found === null ? null : { ...found, session: { ...found.session, token } };
    },
    async updateSession(token, change) {
      const changed = await sessions.updateSession(hashToken(token), change);
      return changed === null ? null : { ...changed, token };
    },
    deleteSession: (token) => sessions.deleteSession(token.startsWith(PREFIX) ? token : hashToken(token)),
  };
}
