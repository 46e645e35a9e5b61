import { createHash, randomBytes } from 'node:crypto';
import type { AuthContext } from 'better-auth';

type Sessions = AuthContext['internalAdapter'];

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
 */
export function withHashedTokens(sessions: Sessions): Sessions {
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
      const found = await sessions.findSession(hashToken(token));
      return found === null ? null : { ...found, session: { ...found.session, token } };
    },
    async updateSession(token, change) {
      const changed = await sessions.updateSession(hashToken(token), change);
      return changed === null ? null : { ...changed, token };
    },
    deleteSession: (token) => sessions.deleteSession(token.startsWith(PREFIX) ? token : hashToken(token)),
  };
}
