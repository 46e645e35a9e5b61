/**
 * The HTTP API: every request below one path, for the user that the host's session names.
 *
 * Owns: routes, who may ask for what, how input is read, how errors look. Does not own: sessions (the host's `identify`),
 * balances (the ledger), open streams (`streams/`). A request only ever reaches the account that `identify` returned: no
 * route takes an account from the request.
 */
import { Hono, type Context } from 'hono';
import {
  CREDITS_ERRORS,
  CREDITS_PATH,
  CREDITS_ROUTES,
  CreditsError,
  type Entry,
  HEARTBEAT_MS,
  isCreditsError,
  parseEventId,
} from 'realtime-credits/contract';
import { SYSTEM_CLOCK, type Clock } from '../clock.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { traceWork, type CreditsObserver } from '../ledger/observer.ts';
import { groupFaults } from '../ledger/postgres/group-faults.ts';
import { toUnavailable } from '../ledger/postgres/sql-error.ts';
import { assertReadableUrl } from './assert-readable-url.ts';
import { createOpenApiDocument, type OpenApiDocument } from './openapi.ts';
import { addCorsHeaders, assertTrustedOrigin, parseTrustedOrigins, respondToPreflight } from './origin.ts';
import { respondJson } from './json-response.ts';
import { parseInput, parseQuery } from './parse-input.ts';
import { readAccount } from './read-account.ts';
import { readJson } from './read-json.ts';
import { readRequestId } from './request-id.ts';
import { historyQuerySchema, noQuerySchema, resolveBodySchema, snapshotQuerySchema } from './schemas.ts';
import { hasPromisedSink } from './streams/stream-body.ts';
import { createStreamHub } from './streams/stream-hub.ts';
import { toDisplayEntry } from './to-display-entry.ts';
import { NO_STORE, toProblemResponse } from './to-problem-response.ts';

/** The signed-in user, as the host's session says. */
export interface Identity {
  /** The user's account in the ledger: usually the user id. */
  account: string;
}

export interface CreditsHandlerOptions {
  ledger: Ledger;
  /**
   * Reads the identity from the host's session: a cookie or header that the host verifies, never something that the browser
   * merely claims. Null means signed out. Called for every request, and again at every heartbeat of a stream.
   */
  identify: (request: Request) => Promise<Identity | null> | Identity | null;
  /** @default '/api/credits' */
  basePath?: string;
  /**
   * Further origins whose pages may read responses and send mutations, with cookies or a bearer token (CORS), such as
   * `https://panel.example`. @default only the request's own origin
   */
  trustedOrigins?: readonly string[];
  /** One more stream of an account ends its oldest one. @default 12 */
  streamsPerAccountMax?: number;
  /** @default 15_000 */
  heartbeatMs?: number;
  /** Streams end after this time, ±20 %: clients then reconnect to all instances evenly. @default 600_000 */
  streamLifetimeMs?: number;
  /** How often versions are re-read while notifications may be lost: see {@link Ledger.notificationGeneration}. @default 5_000 */
  rereadMs?: number;
  /**
   * What an account holder may see of an entry, and the place to look up the counterparty's current name. The entries of a
   * page are passed concurrently. @default {@link toDisplayEntry}: no other user's id, and no metadata
   */
  describeEntry?: (entry: Entry) => Entry | Promise<Entry>;
  /**
   * Called with failures inside, with the request's id; the wire only says `internal`. A database that is away is one warning
   * and not one per request: see {@link groupFaults}.
   */
  onWarning?: (message: string, cause: unknown) => void;
  /**
   * Whether `X-Request-Id` of a request was set by a server or proxy of yours. It then names the request in responses and
   * warnings, when it is 1 to 128 of `A-Z a-z 0-9 _ . -`. @default false: the handler makes a random one
   */
  trustRequestId?: boolean;
  /** For metrics and traces. */
  observer?: CreditsObserver;
  /** For tests. @default the machine's */
  clock?: Clock;
}

export interface CreditsHandler {
  /** Responds to every request below `basePath`; to others with a `not_found` problem. Never throws. */
  fetch(request: Request): Promise<Response>;
  /**
   * Calls `identify` again for the account's streams now, not at their next heartbeat, and ends those whose session is gone.
   * Call it after a session ended. Streams of the user's other sessions stay open.
   */
  recheckSessions(account: string): void;
  /** Sends a goodbye on every stream and refuses new ones with `unavailable`: the first step of a graceful stop. */
  drain(options?: { retryAfterMs?: number }): Promise<void>;
  /** Open streams now. */
  readonly streams: number;
}

type HandlerContext = Context<{ Bindings: { requestId: string } }>;
type Respond = (request: Request, account: string) => Promise<Response>;

/**
 * Without `Connection` and `Transfer-Encoding`, which HTTP/2 forbids. `no-transform` and the last header keep proxies from
 * buffering.
 */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
};

const HISTORY_LIMIT = 50;

/**
 * Makes the HTTP API of a ledger: one function from `Request` to `Response`, for any server.
 *
 * Make one per process: it holds the streams that are open there. It starts nothing before the first stream, and after
 * {@link CreditsHandler.drain} nothing of it runs.
 *
 * @example
 * const handler = createCreditsHandler({ ledger, identify: async (request) => findSession(request) });
 * const response = await handler.fetch(new Request('https://panel.example/api/credits'));
 *
 * @throws {CreditsError} `invalid_request` — `trustedOrigins` lists something that is not an origin
 */
export function createCreditsHandler(options: CreditsHandlerOptions): CreditsHandler {
  const { ledger, basePath = CREDITS_PATH, describeEntry = toDisplayEntry, clock = SYSTEM_CLOCK } = options;
  const onWarning = groupFaults(options.onWarning ?? (() => undefined), clock);
  const trustedOrigins = parseTrustedOrigins(options.trustedOrigins ?? []);
  const hub = createStreamHub({
    ledger,
    clock,
    streamsPerAccountMax: options.streamsPerAccountMax ?? 12,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    streamLifetimeMs: options.streamLifetimeMs ?? 600_000,
    rereadMs: options.rereadMs ?? 5_000,
    identify,
    onWarning,
    observer: options.observer,
  });

  async function identify(request: Request): Promise<string | null> {
    const identity = await options.identify(request);
    return identity === null ? null : readAccount(identity);
  }

  const respondSnapshot: Respond = async (request, account) => {
    const { since, operations } = parseQuery(snapshotQuerySchema, request);
    const query = { ...(since === undefined ? {} : { since }), ...(operations === undefined ? {} : { operations }) };
    return respondJson(await ledger.snapshot(account, query));
  };

  const respondStream: Respond = async (request, account) => {
    parseQuery(noQuerySchema, request);
    const last = parseEventId(request.headers.get('last-event-id'));
    const body = await hub.open({
      account,
      since: last?.epoch === ledger.epoch ? last.version : undefined,
      request,
      signal: hasPromisedSink(request) ? null : request.signal,
    });
    return new Response(body, { headers: STREAM_HEADERS });
  };

  const respondHistory: Respond = async (request, account) => {
    const { before, limit = HISTORY_LIMIT } = parseQuery(historyQuerySchema, request);
    const page = await ledger.history(account, { limit, ...(before === undefined ? {} : { before }) });
    const entries = await Promise.all(page.entries.map(async (entry) => describeEntry(entry)));
    return respondJson({ ...page, entries });
  };

  const respondResolve: Respond = async (request, account) => {
    parseQuery(noQuerySchema, request);
    const { operations } = parseInput(resolveBodySchema, await readJson(request));
    return respondJson(await ledger.resolveOperations(account, [...new Set(operations)]));
  };

  let document: OpenApiDocument | null = null;
  const respondDocument = (): Response => respondJson((document ??= createOpenApiDocument(basePath)));

  /** A forged request is refused first, and input is read only for signed-in users. */
  function forOwner(respond: Respond) {
    return async (c: HandlerContext): Promise<Response> => {
      const request = c.req.raw;
      if (request.method !== 'GET' && request.method !== 'HEAD') assertTrustedOrigin(request, trustedOrigins);
      const account = await identify(request);
      if (account === null) throw new CreditsError('unauthenticated');
      return respond(request, account);
    };
  }

  const notAllowed = (allow: string) => (c: HandlerContext) => {
    const sentence = `${c.req.method} is not supported here: use ${allow}.`;
    const response = toProblemResponse(new CreditsError('method_not_allowed', sentence), c.env.requestId);
    response.headers.set('allow', allow);
    return response;
  };

  // Not strict: a path with a trailing slash is the same route, as Next's `trailingSlash` makes it.
  const app = new Hono<{ Bindings: { requestId: string } }>({ strict: false });
  const at = (route: keyof typeof CREDITS_ROUTES): string => `${basePath}${CREDITS_ROUTES[route]}`;
  app.get(at('snapshot'), forOwner(respondSnapshot));
  app.get(at('history'), forOwner(respondHistory));
  app.post(at('resolveOperations'), forOwner(respondResolve));
  app.get(at('openapi'), respondDocument);
  // Hono serves HEAD by the GET route without its body: of a stream, that would stay open without a reader.
  app.get(at('stream'), (c) => (c.req.method === 'HEAD' ? notAllowed('GET')(c) : forOwner(respondStream)(c)));
  app.all(at('stream'), notAllowed('GET'));
  app.all(at('resolveOperations'), notAllowed('POST'));
  for (const route of ['snapshot', 'history', 'openapi'] as const) app.all(at(route), notAllowed('GET, HEAD'));
  app.notFound(() => {
    throw new CreditsError('not_found');
  });
  app.onError((error) => {
    throw error;
  });

  function respondError(caught: unknown, request: Request, requestId: string): Response {
    // The host's `identify` and `describeEntry` read tables of the host, which is away together with the ledger's.
    const error = toUnavailable(caught);
    const status = isCreditsError(error) ? CREDITS_ERRORS[error.code].status : null;
    // `unavailable` without a cause is a drain: nothing failed.
    const isExpected = status !== null && (status < 500 || (status === 503 && (error as Error).cause === undefined));
    const path = new URL(request.url).pathname;
    if (!isExpected) onWarning(`${request.method} ${path} failed (request ${requestId}).`, error);
    return toProblemResponse(error, requestId);
  }

  const routes = new Set(Object.values(CREDITS_ROUTES).map((route) => `${basePath}${route}`));

  function fetch(request: Request): Promise<Response> {
    const tracer = options.observer?.tracer;
    if (tracer === undefined) return answer(request);
    const { pathname } = new URL(request.url);
    const name = routes.has(pathname) ? `${request.method} ${pathname}` : 'HTTP';
    const describe = ({ status }: Response) => ({ 'http.response.status_code': status });
    // Whose ids may be trusted may also name the trace.
    const caller = tracer.current(options.trustRequestId === true ? request.headers : undefined);
    return traceWork(tracer, { name, kind: 'server', describe, callers: [caller] }, () => answer(request));
  }

  async function answer(request: Request): Promise<Response> {
    const requestId = (options.trustRequestId === true ? readRequestId(request) : null) ?? crypto.randomUUID();
    let response: Response;
    try {
      assertReadableUrl(request.url);
      response = respondToPreflight(request, trustedOrigins) ?? (await app.fetch(request, { requestId }));
    } catch (error) {
      response = respondError(error, request, requestId);
    }
    addCorsHeaders(request, response.headers, trustedOrigins);
    response.headers.set('x-request-id', requestId);
    response.headers.set('x-content-type-options', 'nosniff');
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', NO_STORE);
    return response;
  }

  return Object.freeze({
    fetch,
    recheckSessions: hub.recheck,
    drain: ({ retryAfterMs = 1_000 } = {}) => hub.drain(retryAfterMs),
    get streams() {
      return hub.size;
    },
  });
}
