import { createHash } from 'node:crypto';

/**
 * The headers that go with every answer, and the Content-Security-Policy with a nonce of its own per page.
 */

/** A fresh nonce: 128 random bits, which nobody can guess before the page is sent. */
export function createNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64');
}

/**
 * What a page may load and run.
 *
 * Scripts need the nonce; what such a script loads is trusted in turn (`strict-dynamic`), which is how Next loads its
 * chunks. Styles may be inline: animations and toasts set them from script, where a nonce cannot follow.
 *
 * @param development - Hot reload evaluates strings and keeps a socket open.
 * @param https - Whether browsers reach this over TLS.
 */
export function contentSecurityPolicy(
  nonce: string,
  { development, https }: { development: boolean; https: boolean },
): string {
  return pagePolicy({
    script: `'nonce-${nonce}' 'strict-dynamic'${development ? ` 'unsafe-eval'` : ''}`,
    connect: development ? 'ws: wss:' : '',
    https,
  });
}

/**
 * What a page of the documentation may load and run: files of this origin, and the inline scripts that were built into
 * it, by their hashes.
 */
export function docsContentSecurityPolicy(html: string, { https }: { https: boolean }): string {
  const scripts = [...html.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].flatMap(([, script = '']) => script || []);
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return pagePolicy({ script: hashes.join(' '), connect: '', https });
}

function pagePolicy({ script, connect, https }: { script: string; connect: string; https: boolean }): string {
  return [
    `default-src 'self'`,
    `script-src 'self' ${script}`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self' data:`,
    `connect-src 'self' ${connect}`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    ...(https ? ['upgrade-insecure-requests'] : []),
  ]
    .map((directive) => directive.trim())
    .join('; ');
}

/** An answer of the API runs nothing, whatever a browser takes it for. */
export const API_CONTENT_SECURITY_POLICY = `default-src 'none'; frame-ancestors 'none'`;

/** Headers of every answer, pages and API alike. */
export function securityHeaders(https: boolean): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy':
      'accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}
