/**
 * The door: every request below one path, answered for whoever the host says is asking.
 *
 * Owns: routes, who may ask what, how input is read, how errors look. Does not own: sessions (the host's resolver),
 * balances (the ledger), open streams (`stream-hub.ts`). Whoever asks only ever gets the account that the resolver named:
 * no route takes an account from the request.
 */
import { Hono, type Context } from 'hono';
import {
  CREDITS_ERRORS,
  CREDITS_PATH,
  CREDITS_ROUTES,
  CreditsError,
  type Entry,
  formatEventId,
  HEARTBEAT_MS,
  isCreditsError,
  parseEventId,
  type Snapshot,
} from 'realtime-credits/contract';
import type { Ledger } from '../ledger/ledger.ts';
import { answerWithSnapshot } from './answer-with-snapshot.ts';
import { assertReadableUrl } from './assert-readable-url.ts';
import { assertSameOrigin } from './assert-same-origin.ts';
import { createSystemClock, type Clock } from './clock.ts';
import { createDocsPage } from './docs-page.ts';
import { createOpenApiDocument, type OpenApiDocument } from './openapi.ts';
import { parseInput, parseQuery } from './parse-input.ts';
import { readAccount } from './read-account.ts';
import { readJson } from './read-json.ts';
import {
  historyQuerySchema,
  holdsQuerySchema,
  noQuerySchema,
  settleBodySchema,
  snapshotQuerySchema,
} from './schemas.ts';
import { hasPromisedSink } from './stream-body.ts';
import { createStreamHub } from './stream-hub.ts';
import { toDisplayEntry } from './to-display-entry.ts';
import { toDisplayHold } from './to-display-hold.ts';
import { NO_STORE, toProblemResponse } from './to-problem-response.ts';

/** Who asks, as the host's own session says. */
export interface Identity {
  /** The ledger account of the signed-in user. */
  account: string;
}

export interface CreditsHandlerOptions {
  ledger: Ledger;
  /**
   * Reads the identity from the host's session: a cookie or a header that the host verifies, never anything that the
   * browser merely claims. Null means signed out. Called for every request, and again on every heartbeat of a stream.
   */
  identify: (request: Request) => Promise<Identity | null>;
  /** @default '/api/credits' */
  basePath?: string;
  /** Origins that may send mutations, such as `https://panel.example`. @default only the request's own origin */
  trustedOrigins?: readonly string[];
  /** More streams of one account end its oldest one. @default 12 */
  streamsPerAccountMax?: number;
  /** @default 15_000 */
  heartbeatMs?: number;
  /** Streams end after this, ±20 %, so that they spread over instances. @default 600_000 */
  streamLifetimeMs?: number;
  /** How often versions are re-read while hints may be getting lost: see {@link Ledger.hearing}. @default 5_000 */
  rereadMs?: number;
  /**
   * What of an entry its account holder gets to see; the place to look up how the counterparty is called now. The entries
   * of a page are asked about together. @default {@link toDisplayEntry}: no other user's id, and no metadata
   */
  describeEntry?: (entry: Entry) => Entry | Promise<Entry>;
  /** Hears of what went wrong inside, with the request's id; the wire only says `internal`. */
  onWarning?: (message: string, cause: unknown) => void;
  /** Time and chance, for tests. @default the machine's */
  clock?: Clock;
}

export interface CreditsHandler {
  /** Answers every request below `basePath`; others with a `not_found` problem. Never throws. */
  fetch(request: Request): Promise<Response>;
  /**
   * Answers `GET /api/user/me`, which an open tab asks first, for hosts that have no such route: `{success, user: {id,
   * coins}}` and the snapshot; 401 where nobody is signed in. Never throws.
   */
  me(request: Request): Promise<Response>;
  /**
   * Asks `identify` again for the account's streams, now and not at their next heartbeat, and ends those whose session is
   * gone with `signed-out`. Call it after a session ended; streams of the user's other sessions stay.
   */
  signOut(account: string): void;
  /** Says goodbye on every stream and refuses new ones with `unavailable`: the first step of a graceful stop. */
  drain(options?: { retryAfterMs?: number }): Promise<void>;
  /** Open streams now. */
  readonly streams: number;
}

type DoorContext = Context<{ Bindings: { requestId: string } }>;
type Answer = (request: Request, account: string) => Promise<Response>;

/** Not `Connection` nor `Transfer-Encoding`: HTTP/2 forbids them. `no-transform` and the last one keep proxies from collecting. */
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-store, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * Makes the door over a ledger: one function from request to answer, for any server that speaks them.
 *
 * Make one per process: what it holds are the streams that are open there. It starts nothing before the first stream,
 * and after {@link CreditsHandler.drain} nothing of it runs.
 *
 * @example
 * const handler = createCreditsHandler({ ledger, identify: async (request) => findSession(request) });
 * const response = await handler.fetch(new Request('https://panel.example/api/credits'));
 */
export function createCreditsHandler(options: CreditsHandlerOptions): CreditsHandler {
  const { ledger, basePath = CREDITS_PATH, trustedOrigins = [], describeEntry = toDisplayEntry } = options;
  const { onWarning = () => undefined } = options;
  const hub = createStreamHub({
    ledger,
    clock: options.clock ?? createSystemClock(),
    streamsPerAccountMax: options.streamsPerAccountMax ?? 12,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    streamLifetimeMs: options.streamLifetimeMs ?? 600_000,
    rereadMs: options.rereadMs ?? 5_000,
    identify,
    onWarning,
  });

  async function identify(request: Request): Promise<string | null> {
    const identity = await options.identify(request);
    return identity === null ? null : readAccount(identity);
  }

  /** Runs a question about an account, which is opened when nobody ever asked about it. */
  async function withAccount<T>(account: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!isCreditsError(error) || error.code !== 'account_not_found') throw error;
      await ledger.openAccount(account);
      return ask();
    }
  }

  const answerSnapshot: Answer = async (request, account) => {
    const { since, operations } = parseQuery(snapshotQuerySchema, request);
    const question = { ...(since === undefined ? {} : { since }), ...(operations === undefined ? {} : { operations }) };
    const snapshot = await withAccount(account, () => ledger.snapshot(account, question));
    const headers = { etag: `"${formatEventId(snapshot)}"`, 'cache-control': NO_STORE };
    // The version says nothing of a rejected operation, so a question by id is always answered in full.
    if (operations === undefined && isFresh(request, snapshot)) return new Response(null, { status: 304, headers });
    return Response.json(snapshot, { headers });
  };

  const answerStream: Answer = async (request, account) => {
    parseQuery(noQuerySchema, request);
    const last = parseEventId(request.headers.get('last-event-id'));
    const body = await withAccount(account, () =>
      hub.open({
        account,
        since: last?.epoch === ledger.epoch ? last.version : undefined,
        request,
        signal: hasPromisedSink(request) ? null : request.signal,
      }),
    );
    return new Response(body, { headers: STREAM_HEADERS });
  };

  const answerHistory: Answer = async (request, account) => {
    const { before, limit = 50 } = parseQuery(historyQuerySchema, request);
    const page = await withAccount(account, () =>
      ledger.history(account, { limit, ...(before === undefined ? {} : { before }) }),
    );
    const entries = await Promise.all(page.entries.map(async (entry) => describeEntry(entry)));
    return Response.json({ ...page, entries });
  };

  const answerHolds: Answer = async (request, account) => {
    const { limit = 50, state = 'open', before } = parseQuery(holdsQuerySchema, request);
    const page = await withAccount(account, () =>
      ledger.holds(account, { state, limit, ...(before === undefined ? {} : { before }) }),
    );
    return Response.json({ ...page, holds: page.holds.map(toDisplayHold) });
  };

  const answerSettle: Answer = async (request, account) => {
    parseQuery(noQuerySchema, request);
    const { operations } = parseInput(settleBodySchema, await readJson(request));
    return Response.json(await withAccount(account, () => ledger.settle(account, [...new Set(operations)])));
  };

  // About the door itself: the same for everybody, so that it is made once, when first asked for.
  let document: OpenApiDocument | null = null;
  const readDocument = (): OpenApiDocument => (document ??= createOpenApiDocument(basePath));
  let page: ReturnType<typeof createDocsPage> | null = null;
  const answerDocs = (): Response => {
    const { html, policy } = (page ??= createDocsPage(readDocument()));
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy };
    return new Response(html, { headers });
  };

  const answerMe: Answer = async (_request, account) => {
    const { balance } = await withAccount(account, () => ledger.balance(account));
    return answerWithSnapshot(ledger, account, { success: true, user: { id: account, coins: balance.available } });
  };

  /** Forgery is refused before anything is asked, and nobody anonymous hears what a valid question looks like. */
  function forOwner(answer: Answer) {
    return (c: DoorContext): Promise<Response> => answerOwner(answer, c.req.raw);
  }

  async function answerOwner(answer: Answer, request: Request): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD') assertSameOrigin(request, trustedOrigins);
    const account = await identify(request);
    if (account === null) throw new CreditsError('unauthenticated');
    return answer(request, account);
  }

  const notAllowed = (allow: string) => (c: DoorContext) => {
    const sentence = `${c.req.method} is not offered here: use ${allow}.`;
    const response = toProblemResponse(new CreditsError('method_not_allowed', sentence), c.env.requestId);
    response.headers.set('allow', allow);
    return response;
  };

  const app = new Hono<{ Bindings: { requestId: string } }>();
  const at = (route: keyof typeof CREDITS_ROUTES): string => `${basePath}${CREDITS_ROUTES[route]}`;
  app.get(at('snapshot'), forOwner(answerSnapshot));
  app.get(at('history'), forOwner(answerHistory));
  app.get(at('holds'), forOwner(answerHolds));
  app.post(at('resolveOperations'), forOwner(answerSettle));
  app.get(at('openapi'), () => Response.json(readDocument()));
  app.get(at('docs'), answerDocs);
  // HEAD is answered by the GET route less its body: of a stream it would leave one open that nobody reads.
  app.get(at('stream'), (c) => (c.req.method === 'HEAD' ? notAllowed('GET')(c) : forOwner(answerStream)(c)));
  app.all(at('stream'), notAllowed('GET'));
  app.all(at('resolveOperations'), notAllowed('POST'));
  for (const route of ['snapshot', 'history', 'holds', 'openapi', 'docs'] as const) {
    app.all(at(route), notAllowed('GET, HEAD'));
  }
  app.notFound(() => {
    throw new CreditsError('not_found');
  });
  app.onError((error) => {
    throw error;
  });

  function answerError(error: unknown, request: Request, requestId: string): Response {
    const status = isCreditsError(error) ? CREDITS_ERRORS[error.code].status : null;
    // `unavailable` without a cause is a drain: nothing went wrong.
    const isExpected = status !== null && (status < 500 || (status === 503 && (error as Error).cause === undefined));
    const path = new URL(request.url).pathname;
    if (!isExpected) onWarning(`${request.method} ${path} failed (request ${requestId}).`, error);
    return toProblemResponse(error, requestId);
  }

  /** Never throws, and says of every answer what each of ours has in common. */
  async function guard(
    request: Request,
    answer: (requestId: string) => Response | Promise<Response>,
  ): Promise<Response> {
    const requestId = crypto.randomUUID();
    let response: Response;
    try {
      assertReadableUrl(request.url);
      response = await answer(requestId);
    } catch (error) {
      response = answerError(error, request, requestId);
    }
    response.headers.set('x-request-id', requestId);
    response.headers.set('x-content-type-options', 'nosniff');
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', NO_STORE);
    return response;
  }

  return Object.freeze({
    fetch: (request: Request) => guard(request, (requestId) => app.fetch(request, { requestId })),
    me: (request: Request) => guard(request, () => answerOwner(answerMe, request)),
    signOut: hub.recheck,
    drain: ({ retryAfterMs = 1_000 } = {}) => hub.drain(retryAfterMs),
    get streams() {
      return hub.size;
    },
  });
}

/** Whether the asker has this very state already. @see RFC 9110, section 13.1.2 */
function isFresh(request: Request, snapshot: Snapshot): boolean {
  const tags = request.headers.get('if-none-match')?.split(',') ?? [];
  const known = tags.map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes('*') || known.includes(`"${formatEventId(snapshot)}"`);
}
