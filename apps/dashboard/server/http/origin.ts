import { isIP } from 'node:net';

/**
 * Who may send a mutation: the dashboard's own pages, and origins that the operator named.
 */
export interface OriginRules {
  /** The origin that browsers see; null: the loopback name or address that the request names is its own. */
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
  const host = readOwnHost(request);
  return host === null ? [] : [`http://${host}`, `https://${host}`];
}

/**
 * The host that a request names, where it can be trusted without a `publicUrl`: a loopback name or an address. Any other
 * name may be one that a stranger's name server resolves to this machine.
 */
export function readOwnHost(request: Request): string | null {
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (!URL.canParse(`http://${host}`)) return null;
  const { hostname } = new URL(`http://${host}`);
  const isName = isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
  return isName && !/(^|\.)localhost$/.test(hostname) ? null : host;
}
