/**
 * A small server in memory that says what the real one says, and can be made to fail on the way: it remembers every state
 * that it was ever in, which is what the oracle of the simulator asks for.
 */
import type { Snapshot } from '../../src/contract/snapshot.ts';
import type { Browser, Fetch } from './browser.ts';

interface Change {
  version: number;
  /** The operation of the account itself that caused it. */
  id: string | null;
  delta: number;
  /** The test's own name for the intention behind it: hosts without versions know no ids. */
  tag?: string;
}

/** What happens to one exchange. `lose-request`: never arrives. `lose-answer`: takes effect, and its response never arrives. */
export type Fate =
  | 'deliver'
  | 'lose-request'
  | 'lose-answer'
  | { status: number; headers?: Record<string, string>; body?: unknown };

export interface Exchange {
  url: string;
  method: string;
  at: number;
  headers: Headers;
  /** Milliseconds out and back. */
  outMs: number;
  backMs: number;
  fate: Fate;
  /** Whose session sends it; null when signed out. */
  session: string | null;
}

export interface ModelServer {
  epoch: string;
  versioned: boolean;
  readonly exchanges: Exchange[];
  readonly streams: number;
  /** Decides on every exchange before it leaves. */
  onExchange: (exchange: Exchange) => void;
  /** A fetch that carries this session. */
  fetchAs: (session: string | null | (() => string | null)) => Fetch;
  available(account: string): number;
  version(account: string): number;
  /** All that ever happened to an account, in this epoch of the database or in an earlier one. */
  changes(account: string, epoch?: string): readonly Change[];
  /** A change by others: an admin, a job, another browser. */
  move(account: string, delta: number): void;
  /** Whether and how an operation was decided. */
  decided(id: string): 'applied' | 'rejected' | null;
  snapshot(account: string, since?: number, ids?: readonly string[]): Snapshot;
  /** Ends every stream: after a goodbye, or silently as a cut does. */
  endStreams(how?: 'goodbye' | 'cut' | 'signed-out'): void;
  /** Keeps frames from the streams that are open, as a buffering proxy does. */
  buffering: boolean;
  /** Comes back in another epoch: nothing that happened since `keep` exists. */
  restore(epoch: string, account: string, keep: number): void;
}

interface Stream {
  account: string;
  send(event: string, data: unknown): void;
  end(): void;
  sent: number;
}

export function createModelServer(browser: Browser, start: Record<string, number> = { ada: 1_000 }): ModelServer {
  const histories = new Map<string, Change[]>(
    Object.entries(start).map(([account, available]) => [account, [{ version: 1, id: null, delta: available }]]),
  );
  /** By account and id: what one gives up under a key is nobody else's. */
  const outcomes = new Map<string, { applied: boolean; body: Record<string, unknown>; status: number }>();
  const streams = new Set<Stream>();
  const exchanges: Exchange[] = [];
  const archive = new Map<string, Change[]>();

  function history(account: string): Change[] {
    const found = histories.get(account) ?? [];
    histories.set(account, found);
    return found;
  }

  function apply(account: string, delta: number, id: string | null, tag?: string): void {
    history(account).push({ version: server.version(account) + 1, id, delta, ...(tag === undefined ? {} : { tag }) });
    for (const stream of streams) {
      if (stream.account !== account || server.buffering) continue;
      stream.send('snapshot', server.snapshot(account, stream.sent));
      stream.sent = server.version(account);
    }
  }

  function balanceBody(account: string): Record<string, unknown> {
    const coins = server.available(account);
    return server.versioned
      ? { snapshot: server.snapshot(account), user: { id: account, coins } }
      : { user: { id: account, coins } };
  }

  /** `POST /api/spend|grant?amount=`: the routes of a host. `quiet` ones answer without any balance. */
  function command(account: string, url: URL, id: string | null): { status: number; body: Record<string, unknown> } {
    // A host without versions does not know our keys either: the same request twice has two effects.
    const known = id === null || !server.versioned ? undefined : outcomes.get(`${account} ${id}`);
    if (known !== undefined) return { status: known.status, body: withState(account, url, known.body, id) };
    const amount = Number(url.searchParams.get('amount'));
    const delta = url.pathname.endsWith('spend') ? -amount : amount;
    const refused = url.searchParams.has('refuse') || server.available(account) + delta < 0;
    const body = refused
      ? { success: false, code: 'insufficient_credits', message: 'Not enough credits.' }
      : { success: true, message: 'Done.' };
    const status = refused ? 402 : 200;
    if (!refused) apply(account, delta, server.versioned ? id : null, url.searchParams.get('tag') ?? undefined);
    if (id !== null && server.versioned) outcomes.set(`${account} ${id}`, { applied: !refused, body, status });
    return { status, body: withState(account, url, body, id) };
  }

  function withState(
    account: string,
    url: URL,
    body: Record<string, unknown>,
    id: string | null,
  ): Record<string, unknown> {
    if (url.searchParams.has('quiet')) return body;
    if (server.versioned) return { ...body, snapshot: server.snapshot(account, undefined, id === null ? [] : [id]) };
    return body['success'] === true ? { ...body, data: { new_balance: server.available(account) } } : body;
  }

  function answer(exchange: Exchange, init: RequestInit): Response {
    const { session, headers } = exchange;
    const url = new URL(exchange.url, 'https://panel.example');
    if (session === null) return Response.json({ success: false, message: 'No user logged in' }, { status: 401 });
    if (url.pathname === '/api/user/me') return Response.json({ success: true, ...balanceBody(session) });
    if (exchange.method === 'POST' && /^\/api\/(spend|grant)$/.test(url.pathname)) {
      const { status, body } = command(session, url, headers.get('idempotency-key'));
      return Response.json(body, { status });
    }
    if (!server.versioned) return new Response('<h1>Not found</h1>', { status: 404 });
    if (url.pathname === '/api/credits') {
      const since = url.searchParams.get('since');
      const ids = url.searchParams.get('operations')?.split(',') ?? [];
      const snapshot = server.snapshot(session, since === null ? undefined : Number(since), ids);
      const rejected = ids.filter((id) => outcomes.get(`${session} ${id}`)?.body['code'] === 'operation_abandoned');
      return Response.json({ ...snapshot, rejected: rejected.map((id) => ({ id, code: 'operation_abandoned' })) });
    }
    if (url.pathname === '/api/credits/operations/resolve') {
      const { operations } = JSON.parse(typeof init.body === 'string' ? init.body : '{}') as { operations: string[] };
      for (const id of operations) {
        const body = { code: 'operation_abandoned', message: 'Given up.', success: false };
        const key = `${session} ${id}`;
        if (!outcomes.has(key)) outcomes.set(key, { applied: false, body, status: 409 });
      }
      const rejected = operations.filter((id) => outcomes.get(`${session} ${id}`)?.applied === false);
      const snapshot = server.snapshot(session, undefined, operations);
      return Response.json({ ...snapshot, rejected: rejected.map((id) => ({ id, code: 'operation_abandoned' })) });
    }
    if (url.pathname === '/api/credits/stream') return openStream(session, headers.get('last-event-id'));
    return new Response('<h1>Not found</h1>', { status: 404 });
  }

  function openStream(account: string, lastEventId: string | null): Response {
    const text = new TextEncoder();
    const [epoch, version] = lastEventId?.split('.') ?? [];
    const since = epoch === server.epoch && version !== undefined ? Number(version) : undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const stream: Stream = {
          account,
          sent: server.version(account),
          send(event, data) {
            const bytes = text.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
            // Frames take time on the way, and those of a dead connection may still come.
            browser.setTimer(() => {
              try {
                controller.enqueue(bytes);
              } catch {
                streams.delete(stream);
              }
            }, 5);
          },
          end() {
            streams.delete(stream);
            browser.setTimer(() => {
              try {
                controller.close();
              } catch {
                // The reader has gone already.
              }
            }, 6);
          },
        };
        streams.add(stream);
        if (!server.buffering) stream.send('snapshot', server.snapshot(account, since));
        const sendHeartbeat = (): void => {
          if (!streams.has(stream)) return;
          if (!server.buffering) stream.send('heartbeat', {});
          browser.setTimer(sendHeartbeat, 15_000);
        };
        browser.setTimer(sendHeartbeat, 15_000);
      },
      cancel: () => undefined,
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  const server: ModelServer = {
    epoch: 'one',
    versioned: true,
    exchanges,
    buffering: false,
    onExchange: () => undefined,
    get streams() {
      return streams.size;
    },
    fetchAs: (who) => async (path, init) => {
      const session = typeof who === 'function' ? who() : who;
      const exchange: Exchange = {
        url: path,
        method: init.method ?? 'GET',
        at: browser.now,
        headers: new Headers(init.headers),
        outMs: 5,
        backMs: 5,
        fate: 'deliver',
        session,
      };
      server.onExchange(exchange);
      exchanges.push(exchange);
      const signal = init.signal;
      const aborted = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
      });
      // Whatever becomes of it: an exchange that nobody waits for is no failure of the test.
      aborted.catch(() => undefined);
      const exchanged = (async () => {
        await browser.delay(exchange.outMs);
        const { fate } = exchange;
        if (fate === 'lose-request') return new Promise<never>(() => undefined);
        if (typeof fate === 'object') {
          await browser.delay(exchange.backMs);
          const { status, headers = {}, body = '' } = fate;
          return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
        }
        const response = answer(exchange, init);
        if (fate === 'lose-answer') return new Promise<never>(() => undefined);
        await browser.delay(exchange.backMs);
        return response;
      })();
      return Promise.race([aborted, exchanged]);
    },
    available: (account) => history(account).reduce((sum, { delta }) => sum + delta, 0),
    version: (account) => history(account).at(-1)?.version ?? 0,
    changes: (account, epoch = server.epoch) =>
      epoch === server.epoch ? history(account) : (archive.get(epoch) ?? []),
    move: (account, delta) => apply(account, delta, null),
    decided(id) {
      const outcome = [...outcomes].find(([key]) => key.endsWith(` ${id}`))?.[1];
      return outcome === undefined ? null : outcome.applied ? 'applied' : 'rejected';
    },
    snapshot(account, since, ids = []) {
      const version = server.version(account);
      const posted = server.available(account);
      const from = Math.min(since ?? version, version);
      const applied = history(account)
        .filter((change) => change.version > from || (change.id !== null && ids.includes(change.id)))
        .flatMap(({ id }) => id ?? []);
      return { account, epoch: server.epoch, version, balance: { posted, held: 0, available: posted }, from, applied };
    },
    endStreams(how = 'cut') {
      for (const stream of streams) {
        if (how === 'goodbye') stream.send('goodbye', { retryAfterMs: 1_000 });
        if (how === 'signed-out') stream.send('signed-out', {});
        stream.end();
      }
    },
    restore(epoch, account, keep) {
      archive.set(server.epoch, history(account));
      server.epoch = epoch;
      const kept = history(account).slice(0, keep);
      histories.set(account, kept);
      for (const [key] of outcomes) if (!kept.some(({ id }) => key.endsWith(` ${id}`))) outcomes.delete(key);
      server.endStreams('cut');
    },
  };
  return server;
}
