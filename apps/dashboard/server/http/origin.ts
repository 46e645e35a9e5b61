/**
 * Who may send a mutation: the dashboard's own pages, and origins that the operator named.
 */
export interface OriginRules {
  /** The origin that browsers see; null: the host that the request names is its own. */
  publicUrl: string | null;
  trustedOrigins: readonly string[];
}

/** The origins that count as the dashboard's own for one request. */
export function trustedOriginsOf(request: Request, rules: OriginRules): string[] {
  return [...ownOrigins(request, rules), ...rules.trustedOrigins];
}

/**
 * Whether a mutation comes from where it may.
 *
 * Browsers put `Origin` on every POST and DELETE, and `Sec-Fetch-Site` where a page cannot forge it. A request with
 * neither was not made by a browser, so nobody's cookies were lent to it. That is what makes it safe to read JSON
 * whatever its content type says.
 */
export function isTrustedMutation(request: Request, rules: OriginRules): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) return trustedOriginsOf(request, rules).includes(origin);
  const site = request.headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}

function ownOrigins(request: Request, rules: OriginRules): string[] {
  if (rules.publicUrl !== null) return [rules.publicUrl];
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return [`http://${host}`, `https://${host}`];
}
