import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';

/**
 * Warns once of each setting that a proxy in front shows to be missing. Nothing is concluded from the headers beyond that:
 * anybody can send them.
 */
export function createProxyNotice(
  { trustProxy, publicUrl }: Pick<Config, 'trustProxy' | 'publicUrl'>,
  onWarning: (message: string, cause: unknown) => void,
): (request: IncomingMessage) => void {
  let isProxyNoticed = trustProxy;
  let isUrlNoticed = publicUrl !== null;

  return ({ headers }) => {
    if (!isProxyNoticed && (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined)) {
      isProxyNoticed = true;
      onWarning(
        'A request arrived through a proxy (X-Forwarded-For or Forwarded), and TRUST_PROXY is not set: everybody behind the proxy counts as one address, and shares its limits. Set TRUST_PROXY=1 when the proxy is yours. Ignore this when nobody but a stranger sent the header.',
        undefined,
      );
    }
    const isSecure = headers['x-forwarded-proto'] === 'https';
    const host = headers['x-forwarded-host'];
    if (!isUrlNoticed && (isSecure || (host !== undefined && host !== headers.host))) {
      isUrlNoticed = true;
      onWarning(
        'A request arrived from another address than this server sees (X-Forwarded-Proto or X-Forwarded-Host), and PUBLIC_URL is not set: cookies are not Secure, links name the wrong address, and commands may be refused. Set PUBLIC_URL to the address in the browser.',
        undefined,
      );
    }
  };
}
