import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * A reverse proxy in front of a dashboard that behaves as proxies do when their server is away, or as badly configured
 * ones always do. What it lets through is unchanged.
 */

/**
 * `pass` lets everything through, and answers 502 with a page of HTML where there is no server. `unavailable`: 503 with a
 * `Retry-After`. `bad-gateway`: 502. `hang`: nobody ever answers. `lose-answers`: the server answers, and the connection
 * dies. `buffer`: event streams are kept back. `cacheable`: nothing is `no-store`, as on a host that allows its pages to be
 * kept.
 */
export type ProxyMode = 'pass' | 'unavailable' | 'bad-gateway' | 'hang' | 'lose-answers' | 'buffer' | 'cacheable';

export interface FaultyProxy {
  url: string;
  /** How it behaves to every request from now on that matches; connections that are open stay as they are. */
  behave(mode: ProxyMode, affects?: (path: string) => boolean): void;
  /** How many requests each mode was applied to. */
  count(mode: ProxyMode): number;
  close(): Promise<void>;
}

/** Starts it on a free port. @param target - Where the server is by now; it may be another after a restart. */
export async function startFaultyProxy(target: () => string): Promise<FaultyProxy> {
  let mode: ProxyMode = 'pass';
  let affects = (_path: string): boolean => true;
  const counts = new Map<ProxyMode, number>();

  const server = createServer((request, response) => {
    const here = affects(request.url ?? '') ? mode : 'pass';
    counts.set(here, (counts.get(here) ?? 0) + 1);
    if (here === 'hang') return void request.resume();
    if (here === 'unavailable') return answer(response, 503, 'application/json', '{"success":false}');
    if (here === 'bad-gateway') return answer(response, 502, 'text/html', BAD_GATEWAY);
    pass(request, response, here);
  });
  // A stream is open for longer than a server's default request time-out.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a numbered port.');

  function pass(request: IncomingMessage, response: ServerResponse, here: ProxyMode): void {
    const { method, headers, url } = request;
    const upstream = forward(new URL(url ?? '/', target()), { method, headers }, (answered) => {
      if (here === 'lose-answers') {
        answered.resume();
        answered.once('end', () => response.destroy());
        return;
      }
      const kept = here === 'cacheable' ? { 'cache-control': 'private, no-cache' } : {};
      response.writeHead(answered.statusCode ?? 502, { ...answered.headers, ...kept });
      const isStream = answered.headers['content-type']?.startsWith('text/event-stream') === true;
      if (here === 'buffer' && isStream) {
        response.flushHeaders();
        answered.resume();
      } else answered.pipe(response);
      // A server that dies in the middle of an answer takes the connection with it.
      answered.once('close', () => (answered.complete ? response.end() : response.destroy()));
    });
    upstream.once('error', () => {
      if (response.headersSent) response.destroy();
      else answer(response, 502, 'text/html', BAD_GATEWAY);
    });
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    behave(next, which = () => true) {
      mode = next;
      affects = which;
    },
    count: (which) => counts.get(which) ?? 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const BAD_GATEWAY = '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr>nginx';

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, ...(status === 503 ? { 'retry-after': '1' } : {}) });
  response.end(body);
}
