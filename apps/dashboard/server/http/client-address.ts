import type { IncomingMessage } from 'node:http';
import { CLIENT_ADDRESS_HEADER } from '../auth/auth.ts';
import { stampHeader } from './stamp-header.ts';

/**
 * Writes down where a request comes from, in a header that everything behind reads. What the client itself sent under
 * that name is dropped: limits that count by address must not count by a claim.
 *
 * @param trustProxy - The last entry of `X-Forwarded-For` was written by a proxy of the operator's.
 */
export function stampClientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const address = (trustProxy ? lastForwarded(request) : null) ?? request.socket.remoteAddress ?? '0.0.0.0';
  const plain = address.replace(/^::ffff:/, '');
  stampHeader(request, CLIENT_ADDRESS_HEADER, plain);
  return plain;
}

function lastForwarded(request: IncomingMessage): string | null {
  const value = request.headers['x-forwarded-for'];
  const text = Array.isArray(value) ? value.join(',') : value;
  const last = text?.split(',').at(-1)?.trim();
  return last === undefined || last === '' ? null : last;
}
