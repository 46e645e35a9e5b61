import type { Auth } from './auth.ts';
import { readSessionCookies, withSessionCookie } from './session-cookie.ts';

/** Who is signed in, as the database said at most {@link SESSION_CACHE_MS} ago. */
export interface SessionUser {
  /** Also the id of the user's account in the ledger. */
  id: string;
  email: string;
  username: string;
  displayName: string;
  image: string | null;
  verified: boolean;
  role: 'admin' | 'user';
  /** Signing in with the password asks for a code. */
  secondFactor: boolean;
  /** ISO instants. */
  createdAt: string;
  updatedAt: string;
}

export interface Sessions {
  /** The signed-in user of a request, by its cookies; null when signed out, banned or unknown. */
  read(headers: Headers): Promise<SessionUser | null>;
  /** The request's cookies with the session cookie that {@link read} accepts, and without any other of its name. */
  sanitizeCookies(headers: Headers): Promise<string>;
  /** Forgets what is remembered of a user: their next request asks the database. */
  forget(userId: string): void;
}

/** Bounds how long another instance may still honour a session that ended here; this instance forgets at once. */
export const SESSION_CACHE_MS = 5_000;

/** Bounds the memory of a cache that strangers could fill with made-up cookies. */
const ENTRIES_MAX = 10_000;

interface CacheEntry {
  user: SessionUser;
  readAt: number;
}

/**
 * Reads sessions through a short memory: asking the database for every request costs more than answering most of them.
 *
 * @param now - Milliseconds of a clock that never goes back.
 */
export function createSessions(auth: Pick<Auth, 'api' | '$context'>, now: () => number): Sessions {
  const cache = new Map<string, CacheEntry>();
  // A read that was under way while its user was forgotten must not be remembered afterwards.
  let generation = 0;

  async function cookieName(): Promise<string> {
    return (await auth.$context).authCookies.sessionToken.name;
  }

  async function read(headers: Headers): Promise<SessionUser | null> {
    return (await findSession(headers))?.user ?? null;
  }

  /**
   * Two valid sessions under one name are nobody's: one of them was planted, and which one cannot be known. One that is
   * not valid changes nothing beside one that is.
   */
  async function findSession(headers: Headers): Promise<{ value: string; user: SessionUser } | null> {
    const name = await cookieName();
    const valid: { value: string; user: SessionUser }[] = [];
    for (const value of readSessionCookies(headers.get('cookie'), name)) {
      const user = await verify(name, value);
      if (user !== null) valid.push({ value, user });
    }
    return valid.length === 1 ? (valid[0] ?? null) : null;
  }

  /** What is remembered is better-auth's answer about this very value: it is shown no other cookie. */
  async function verify(name: string, value: string): Promise<SessionUser | null> {
    const known = cache.get(value);
    if (known !== undefined && now() - known.readAt < SESSION_CACHE_MS) return known.user;
    const before = generation;
    const found = await auth.api.getSession({ headers: new Headers({ cookie: `${name}=${value}` }) });
    const user = found === null ? null : toSessionUser(found.user);
    if (before === generation && user !== null) remember(value, user);
    else cache.delete(value);
    return user;
  }

  async function sanitizeCookies(headers: Headers): Promise<string> {
    const [name, session] = await Promise.all([cookieName(), findSession(headers)]);
    return withSessionCookie(headers.get('cookie'), name, session?.value ?? null);
  }

  function remember(key: string, user: SessionUser): void {
    cache.delete(key);
    if (cache.size >= ENTRIES_MAX) {
      for (const oldest of cache.keys()) {
        cache.delete(oldest);
        break;
      }
    }
    cache.set(key, { user, readAt: now() });
  }

  function forget(userId: string): void {
    generation += 1;
    for (const [key, entry] of cache) if (entry.user.id === userId) cache.delete(key);
  }

  return Object.freeze({ read, sanitizeCookies, forget });
}

type AuthUser = {
  id: string;
  email: string;
  name: string;
  image?: string | null | undefined;
  emailVerified: boolean;
  createdAt: Date;
  updatedAt: Date;
  username?: string | null | undefined;
  displayUsername?: string | null | undefined;
  role?: string | null | undefined;
  banned?: boolean | null | undefined;
  twoFactorEnabled?: boolean | null | undefined;
};

function toSessionUser(user: AuthUser): SessionUser | null {
  if (user.banned === true) return null;
  return {
    id: user.id,
    email: user.email,
    // As `SHOWN_NAME` says it in SQL.
    username:
      user.displayUsername?.toLowerCase() === user.username
        ? (user.displayUsername ?? user.name)
        : (user.username ?? user.name),
    displayName: user.name,
    image: user.image ?? null,
    verified: user.emailVerified,
    role: user.role === 'admin' ? 'admin' : 'user',
    secondFactor: user.twoFactorEnabled === true,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}
