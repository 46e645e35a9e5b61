import type { IncomingMessage, ServerResponse } from 'node:http';
import { stampHeader } from './stamp-header.ts';

/** What pages and documents take. */
const PAGE_METHODS = 'GET, HEAD';

/** Paths below which a trailing slash means nothing, as Next's `trailingSlash` writes it. */
const API_WITH_SLASH = /^(\/api\/[^?#]*[^/?#])\/+(?=$|\?)/;

/**
 * Brings the forms that a request target may have into the one that everything behind reads: a path with its query.
 *
 * - `http://host/path` (to a proxy, and allowed to everybody): its host replaces the `Host` header, as it must.
 * - `*`: only of OPTIONS, which asks what the server as a whole takes.
 * - `/api/…/` is the same route as without the slash.
 *
 * A `Host` that is none is malformed: pages make addresses of it.
 *
 * @see RFC 9112, 3.2
 * @returns Whether the request goes on; otherwise it was answered here.
 */
export function readRequestTarget(request: IncomingMessage, response: ServerResponse): boolean {
  const { host } = request.headers;
  if (host !== undefined && !isHost(host)) return end(response, 400);
  const target = request.url ?? '/';
  if (target === '*') {
    if (request.method === 'OPTIONS') return end(response, 204, { Allow: 'GET, HEAD, POST, DELETE, OPTIONS' });
    return end(response, 400);
  }
  if (!target.startsWith('/')) {
    const url = URL.canParse(target) ? new URL(target) : null;
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
      return end(response, 400);
    }
    stampHeader(request, 'host', url.host);
    request.url = `${url.pathname}${url.search}`;
  }
  request.url = request.url?.replace(API_WITH_SLASH, '$1');
  return true;
}

/** Whether it is a name or an address with at most a port. */
function isHost(host: string): boolean {
  return /^[^/?#@\\\s]+$/.test(host) && URL.canParse(`http://${host}`);
}

/** Pages are read, and nothing else: Next would render them for any method. */
export function allowsPage(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  // A form that is sent before its script runs is shown again. Nobody reads what it says: Next would look for an action.
  if (request.method === 'POST') {
    request.method = 'GET';
    return true;
  }
  return end(response, request.method === 'OPTIONS' ? 204 : 405, { Allow: PAGE_METHODS });
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}): false {
  response.writeHead(status, { 'Cache-Control': 'no-store', ...headers });
  response.end();
  return false;
}
