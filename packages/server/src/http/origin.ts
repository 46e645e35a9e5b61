import { CreditsError } from 'realtime-credits/contract';

/**
 * Which pages may send a request with the user's cookie. Browsers name the page in `Origin` and its relation to the server
 * in `Sec-Fetch-Site`, and pages can forge neither.
 */

/** How long a browser may remember a preflight response, in seconds. */
const PREFLIGHT_MAX_AGE_S = 600;

/** What a page of a trusted origin may send. */
const METHODS = 'GET, POST';
const DEFAULT_HEADERS = 'authorization, content-type, credits-account, idempotency-key, last-event-id';

/**
 * Refuses a mutation that a page of another site made the browser send. Call it before anything else of a mutating route.
 *
 * A request with neither header does not come from a browser, so no cookie was borrowed. `Sec-Fetch-Site` also decides
 * behind a proxy that ends TLS, where the server's own idea of its origin has the wrong scheme.
 *
 * @param trustedOrigins - Further origins, such as `https://panel.example`.
 * @throws {CreditsError} `forbidden` — a page of another site sent it
 */
export function assertTrustedOrigin(request: Request, trustedOrigins: readonly string[] = []): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  if (origin !== null && trustedOrigins.includes(origin)) return;
  if (site !== null) {
    if (site === 'same-origin' || site === 'none') return;
  } else if (origin === null || origin === new URL(request.url).origin) {
    return;
  }
  throw new CreditsError('forbidden', 'This request came from a page of another site.');
}

/**
 * Adds the CORS headers that let a page of a trusted origin read the response, with its cookies or its bearer token.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function addCorsHeaders(request: Request, headers: Headers, trustedOrigins: readonly string[]): void {
  if (trustedOrigins.length === 0) return;
  headers.append('vary', 'Origin');
  const origin = request.headers.get('origin');
  if (origin === null || !trustedOrigins.includes(origin)) return;
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-allow-credentials', 'true');
  headers.set('access-control-expose-headers', 'retry-after, x-request-id');
}

/** Responds to a preflight request; {@link addCorsHeaders} adds what names the origin. Null when it is no preflight. */
export function respondToPreflight(request: Request, trustedOrigins: readonly string[]): Response | null {
  const origin = request.headers.get('origin');
  const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
  if (!isPreflight || origin === null || !trustedOrigins.includes(origin)) return null;
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': METHODS,
      // Hosts send headers of their own, and a trusted origin may.
      'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? DEFAULT_HEADERS,
      'access-control-max-age': String(PREFLIGHT_MAX_AGE_S),
    },
  });
}

/**
 * Checks a list of origins when the handler is made: a mistyped one would be refused later without a reason.
 *
 * @throws {CreditsError} `invalid_request` — not an origin such as `https://panel.example`
 */
export function parseTrustedOrigins(origins: readonly string[]): readonly string[] {
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    const sentence = `trustedOrigins must list origins such as "https://panel.example", without a path: got "${origin}".`;
    throw new CreditsError('invalid_request', sentence, { details: { field: 'trustedOrigins' } });
  }
  return origins;
}
