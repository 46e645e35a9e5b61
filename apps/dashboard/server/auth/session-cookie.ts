/** Before every cookie of ours; `__Host-` means to browsers: over HTTPS only, from this host only, for every path. */
export function cookiePrefix(isHttps: boolean): string {
  return isHttps ? '__Host-dashboard' : 'dashboard';
}

/** More than these under one name are not a browser's doing, and are not worth asking the database about. */
const CANDIDATES_MAX = 4;

/**
 * The values that a request has under the session cookie's exact name, each once, as they were sent. More than one means
 * that somebody planted another; none of them has been verified yet.
 */
export function readSessionCookies(cookieHeader: string | null, name: string): string[] {
  const values = new Set<string>();
  for (const [key, value] of parts(cookieHeader)) if (key === name) values.add(value);
  return values.size > CANDIDATES_MAX ? [] : [...values];
}

/** The same header with one session cookie, or none: code that reads it cannot take another one. */
export function withSessionCookie(cookieHeader: string | null, name: string, value: string | null): string {
  const others = parts(cookieHeader).filter(([key]) => key !== name);
  return [...others, ...(value === null ? [] : [[name, value] as const])].map((part) => part.join('=')).join('; ');
}

/** Splits as better-auth does: at each `;`, then at the first `=`. */
function parts(cookieHeader: string | null): (readonly [name: string, value: string])[] {
  return (cookieHeader ?? '').split(';').flatMap((part) => {
    const equals = part.indexOf('=');
    return equals === -1 ? [] : [[part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const];
  });
}
