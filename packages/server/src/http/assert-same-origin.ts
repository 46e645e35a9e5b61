import { CreditsError } from 'realtime-credits/contract';

/**
 * Refuses a mutation that a page of another site made the browser send: the user's cookie comes along, the user's will
 * does not. Call it before anything else of a mutating route.
 *
 * Browsers name the page in `Origin` and its relation in `Sec-Fetch-Site`, and pages can forge neither. A request with
 * neither is not of a browser, so no cookie was borrowed. `Sec-Fetch-Site` also answers behind a proxy that ends TLS,
 * where the server's own idea of its origin has the wrong scheme.
 *
 * @param trustedOrigins - Further origins, such as `https://panel.example`.
 * @throws {CreditsError} `forbidden`
 */
export function assertSameOrigin(request: Request, trustedOrigins: readonly string[] = []): void {
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
