import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { isCreditsError } from 'realtime-credits';
import {
  assertReadableUrl,
  createGracefulStop,
  groupFaults,
  toNodeListener,
  type Database,
} from 'realtime-credits-server';
import type { Config } from './config.ts';
import { openConfigured } from './open-configured.ts';
import { createDashboard, type Dashboard } from './dashboard.ts';
import { CLIENT_ADDRESS_HEADER, stampClientAddress } from './http/client-address.ts';
import { createProxyNotice } from './http/proxy-notice.ts';
import { currentRequest, REQUEST_ID_HEADER, runRequest, toRequestId } from './http/request-scope.ts';
import { allowsPage, readRequestTarget } from './http/request-target.ts';
import { stampHeader } from './http/stamp-header.ts';
import { contentSecurityPolicy, createNonce, securityHeaders } from './http/security-headers.ts';
import { findReferralCode, referralCookie } from './referrals/visit.ts';
import type { Log } from './log.ts';
import { shareTranslations } from './i18n/translation.ts';
import { translatorOf } from './i18n/translator.ts';
import { LANGUAGES, languageOf } from '../lib/languages.ts';
import { subjectOf } from './mail/messages.ts';
import { setRuntime } from './runtime.ts';

/** A running server. */
export interface RunningServer {
  url: string;
  dashboard: Dashboard;
  /** Says goodbye on open streams, lets requests end, closes the database. Under 3 s. */
  stop(): Promise<void>;
}

/** Something outside of the program is in the way; the message is one sentence for the operator. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** How long requests under way may take to end once the server stops. */
const STOP_REQUESTS_MS_MAX = 1_500;
/** Seconds after which a page is asked for again while the database is away. */
const UNAVAILABLE_RETRY_S = 5;
const DASHBOARD_DIRECTORY = fileURLToPath(new URL('..', import.meta.url));

/** Longer than proxies keep an idle connection (60 s in nginx): or one is closed here while a request is on its way. */
const KEEP_ALIVE_MS = 75_000;

/** Paths of the fetch handler, which are no pages of Next. */
const API_PATHS = /^\/(api|docs)(?:[/?]|$)|^\/r\//;

type Warn = Log['warn'];
type Listener = (request: IncomingMessage, response: ServerResponse) => void;
type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Responds to every path outside of `/api`, `/r` and `/docs`. */
export interface Pages {
  handle: PageHandler;
  close(): Promise<void>;
}

export type PreparePages = (around: { config: Config; server: Server; port: number }) => Promise<Pages>;

/**
 * One process, one port: `/api/*`, `/r/*` and `/docs/*` to the fetch handler, every other path to Next.
 *
 * The port is taken first and responds with 503 until all is ready. A start that cannot succeed leaves nothing behind:
 * no migrated tables for a port that was taken, no locked directory for a database that does not answer.
 *
 * @throws {StartError} the port is taken, or the database cannot be opened.
 */
export async function startServer(
  config: Config,
  log: Pick<Log, 'info' | 'warn'>,
  preparePages: PreparePages = prepareNext,
): Promise<RunningServer> {
  const onWarning = groupFaults(log.warn);
  let listener: Listener = answerStarting;
  const server = createServer((request, response) => listener(request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  let database: Database | null = null;
  let dashboard: Dashboard | null = null;
  const drain = async () => dashboard?.credits.drain();
  const stopServer = createGracefulStop(server, { drain }, { graceMs: STOP_REQUESTS_MS_MAX });
  const url = await listen(server, config);
  let pages: Pages | null = null;

  async function stop(): Promise<void> {
    await stopServer();
    await dashboard?.close();
    await pages?.close().catch(() => undefined);
    await database?.close();
  }

  try {
    database = await openOrExplain(config, onWarning);
    dashboard = await createDashboard({
      config,
      database,
      localUrl: url,
      // The address and the link are what the operator hands on.
      onMessage: ({ to, kind, link }) =>
        log.info('A message was not sent: no SMTP_URL is set.', { to, subject: subjectOf(kind), link }),
      onWarning,
    });
    setRuntime(dashboard.runtime);
    shareTranslations();
    await dashboard.startSweeping();
    pages = await preparePages({ config, server, port: portOf(url) });
    listener = createListener(config, dashboard, { pages: pages.handle, onWarning });
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { url, dashboard, stop };
}

const prepareNext: PreparePages = async ({ config, server, port }) => {
  const app = next({
    dev: !config.production,
    dir: DASHBOARD_DIRECTORY,
    // Hot reload hangs on to the server's upgrades. Otherwise there is nothing to upgrade to, and a server without a
    // listener ignores the offer, as clients expect that would rather speak HTTP/2.
    httpServer: config.production ? createServer() : server,
    hostname: config.host,
    port,
  });
  await app.prepare();
  return { handle: app.getRequestHandler(), close: () => app.close() };
};

function createListener(
  config: Config,
  dashboard: Dashboard,
  { pages, onWarning }: { pages: PageHandler; onWarning: Warn },
): Listener {
  const api = toNodeListener(dashboard);
  const https = config.publicUrl?.startsWith('https:') ?? false;
  const headers = new Map(Object.entries(securityHeaders(https)));
  const noticeProxy = createProxyNotice(config, onWarning);

  return (request, response) => {
    response.setHeaders(headers);
    const requestId = stampRequestId(request, response, config.trustProxy);
    if (!readRequestTarget(request, response)) return;
    noticeProxy(request);
    const address = stampClientAddress(request, config.trustProxy);
    const { 'accept-language': acceptLanguage = null, cookie = null } = request.headers;
    runRequest({ requestId, acceptLanguage, cookie }, () => {
      if (API_PATHS.test(request.url ?? '/')) void api(request, response);
      else if (allowsPage(request, response)) servePage(request, response, { requestId, address });
    });
  };

  function servePage(
    request: IncomingMessage,
    response: ServerResponse,
    { requestId, address }: { requestId: string; address: string },
  ): void {
    const url = request.url ?? '/';
    if (!isReadable(url)) {
      response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end('This address cannot be read.\n');
      return;
    }
    const nonce = createNonce();
    const policy = contentSecurityPolicy(nonce, { development: !config.production, https });
    // Next reads the nonce from the request's policy, pages from `x-nonce`; a client's own must not reach them.
    request.headers['content-security-policy'] = policy;
    request.headers['x-nonce'] = nonce;
    // Layouts do not get their address from Next, and a user who has to sign in wants to come back to it.
    request.headers['x-path'] = url.split('?', 1)[0];
    response.setHeader('Content-Security-Policy', policy);
    void showPage(request, response, { requestId, address }).catch((error: unknown) => {
      onWarning('A page failed.', error);
      response.destroy();
    });
  }

  async function showPage(
    request: IncomingMessage,
    response: ServerResponse,
    { requestId, address }: { requestId: string; address: string },
  ): Promise<unknown> {
    const url = request.url ?? '/';
    if (!isFile(url)) {
      try {
        await dashboard.health.assertReadable();
      } catch (error) {
        onWarning(`Page ${requestId} could not be shown.`, error);
        return respondUnavailable(response, requestId);
      }
    }
    const refused = await limitPage(dashboard, request, address);
    if (refused !== null) return refusePage(response, refused);
    const code = isDocument(request) ? findReferralCode(url) : null;
    if (code !== null) {
      const visitor = { address, headers: new Headers({ cookie: request.headers.cookie ?? '' }) };
      // A visit that was not counted is no reason to show no page.
      const isKnown = await dashboard.recordVisit(code, visitor).catch(() => false);
      if (isKnown) response.appendHeader('Set-Cookie', referralCookie(code, https));
    }
    return pages(request, response);
  }
}

/** Next's built files are not counted: a page loads dozens, and they cost next to nothing. */
async function limitPage(dashboard: Dashboard, request: IncomingMessage, address: string): Promise<Response | null> {
  if (request.url?.startsWith('/_next/') === true) return null;
  const headers = new Headers({ [CLIENT_ADDRESS_HEADER]: address });
  if (request.headers.cookie !== undefined) headers.set('cookie', request.headers.cookie);
  return dashboard.limitPage(headers);
}

function refusePage(response: ServerResponse, refused: Response): void {
  response.writeHead(refused.status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'Retry-After': refused.headers.get('retry-after') ?? '1',
  });
  response.end(`${translatorOf(currentRequest()?.locale ?? 'en', 'unavailable')('limited')}\n`);
}

/** Scripts, styles and pictures are shown without a database. */
function isFile(url: string): boolean {
  return url.startsWith('/_next/') || /^[^?]*\.\w+(?:$|\?)/.test(url);
}

/** In place of a page while nothing can be read. It asks again by itself. */
function respondUnavailable(response: ServerResponse, requestId: string): void {
  const locale = currentRequest()?.locale ?? 'en';
  const { tag, dir } = LANGUAGES[languageOf(locale)];
  const t = translatorOf(locale, 'unavailable');
  response.writeHead(503, {
    'Content-Type': 'text/html; charset=utf-8',
    'Retry-After': String(UNAVAILABLE_RETRY_S),
    'Cache-Control': 'no-store',
  });
  response.end(`<!doctype html>
<html lang="${tag}" dir="${dir}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${UNAVAILABLE_RETRY_S}">
<title>${t('title')}</title>
<h1>${t('title')}</h1>
<p>${t('text')}</p>
<p><small>${t('request', { id: requestId })}</small></p>
</html>
`);
}

/** Takes the id of a trusted proxy, or makes one, and puts it on the response. */
function stampRequestId(request: IncomingMessage, response: ServerResponse, trustProxy: boolean): string {
  const requestId = toRequestId(trustProxy ? request.headers[REQUEST_ID_HEADER] : null);
  stampHeader(request, REQUEST_ID_HEADER, requestId);
  response.setHeader('X-Request-Id', requestId);
  return requestId;
}

function isReadable(url: string): boolean {
  try {
    assertReadableUrl(url);
    return true;
  } catch {
    return false;
  }
}

/** Whether a person opens a page: not a prefetch, a script or a picture. */
function isDocument(request: IncomingMessage): boolean {
  const destination = request.headers['sec-fetch-dest'];
  const isPrefetch = request.headers['purpose'] === 'prefetch' || request.headers['sec-purpose'] !== undefined;
  return request.method === 'GET' && !isPrefetch && (destination === undefined || destination === 'document');
}

function answerStarting(request: IncomingMessage, response: ServerResponse): void {
  stampRequestId(request, response, false);
  if (request.url === '/api/health/live') {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end('{"success":true,"status":"starting"}');
    return;
  }
  response.writeHead(503, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Retry-After': '1',
    'Cache-Control': 'no-store',
  });
  response.end('The dashboard is starting.\n');
}

async function listen(server: Server, config: Config): Promise<string> {
  server.listen(config.port, config.host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      throw new StartError(`Port ${config.port} is in use: stop what listens there, or set PORT to another.`, {
        cause,
      });
    }
    throw new StartError(`Cannot listen on ${config.host}:${config.port} (${String(code)}).`, { cause });
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const isAny = config.host === '0.0.0.0' || config.host === '::';
  // One name everywhere: a session made at localhost is not one at 127.0.0.1.
  const name = isAny || config.host === '127.0.0.1' || config.host === '::1' ? 'localhost' : config.host;
  return `http://${name}:${port}`;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

async function openOrExplain(config: Config, onWarning: Warn): Promise<Database> {
  try {
    return await openConfigured(config, onWarning);
  } catch (cause) {
    if (isCreditsError(cause)) throw new StartError(cause.message, { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`The database cannot be opened: ${reason}`, { cause });
  }
}
