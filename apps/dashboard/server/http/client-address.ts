import type { IncomingMessage } from 'node:http';
import { stampHeader } from './stamp-header.ts';

/** The request header that carries the client's address; the server sets it itself on every request. */
export const CLIENT_ADDRESS_HEADER = 'x-dashboard-client-address';

/** Where a request comes from, as {@link stampClientAddress} wrote it; null for one that the server sends itself. */
export function readClientAddress(headers: Headers): string | null {
  return headers.get(CLIENT_ADDRESS_HEADER);
}

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
