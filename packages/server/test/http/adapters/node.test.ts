import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../../../src/clock.ts';
import type { CreditsHandlerOptions } from '../../../src/http/handler.ts';
import { createGracefulStop } from '../../../src/http/adapters/graceful-stop.ts';
import { toNodeListener } from '../../../src/http/adapters/to-node-listener.ts';
import { respondJson } from '../../../src/http/json-response.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { createNames, openTestHandler, openTestLedger } from '../../support/handler.ts';
import { followEvents } from '../../support/events.ts';

// Real sockets on the loopback, and the machine's own clock.

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openServer(options: Partial<CreditsHandlerOptions> = {}) {
  const host = openTestHandler(ledger, { clock: SYSTEM_CLOCK, ...options });
  const server = createServer(toNodeListener(host.handler));
  const stop = createGracefulStop(server, host.handler);
  const origin = await listen(server);
  const user = host.signIn(name('user'));
  const headers = { cookie: `session=${user.account}` };
  return {
    ...host,
    stop,
    origin,
    account: user.account,
    headers,
    ask: (path: string, init: RequestInit = {}) => fetch(`${origin}${path}`, { headers, ...init }),
  };
}

/** A client that sends a request and then never reads. */
function connectSilently(origin: string, account: string, path = '/api/credits/stream'): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nCookie: session=${account}\r\n\r\n`);
      resolve(socket);
    });
    socket.on('error', () => undefined);
  });
}

test('answers and refusals come over a socket as the handler made them', async () => {
  const { ask, origin, account, stop } = await openServer();
  const snapshot = await ask('/api/credits');
  expect(snapshot.headers.get('x-request-id')).not.toBeNull();
  expect(await snapshot.json()).toMatchObject({ account });
  expect((await fetch(`${origin}/api/credits`)).status).toBe(401);
  const tooLarge = await ask('/api/credits/operations/resolve', { method: 'POST', body: 'x'.repeat(100_000) });
  expect(tooLarge.status).toBe(413);
  await stop();
});

test('JSON has its length in bytes, also where a host sets a cookie, and HEAD has no body', async () => {
  const server = createServer(
    toNodeListener({
      fetch: () => {
        const response = respondJson({ text: 'Größe ✓' }, { status: 201 });
        response.headers.append('set-cookie', 'a=1');
        response.headers.append('set-cookie', 'b=2');
        return response;
      },
    }),
  );
  const origin = await listen(server);
  const response = await fetch(origin);
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength('{"text":"Größe ✓"}')));
  expect(response.headers.get('transfer-encoding')).toBeNull();
  expect(await response.json()).toEqual({ text: 'Größe ✓' });
  expect(await (await fetch(origin, { method: 'HEAD' })).text()).toBe('');
  server.closeAllConnections();
  server.close();
});

test('a stream delivers over a socket, and ends there when its reader leaves', async () => {
  const { ask, account, stop, handler } = await openServer();
  const leaving = new AbortController();
  const response = await ask('/api/credits/stream', { signal: leaving.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('x-request-id')).not.toBeNull();
  const events = followEvents(response.body);
  await events.snapshot();
  await ledger.grant({ account, amount: 5, actor: account, reason: 'Bonus', idempotencyKey: 'bonus' });
  expect(await events.snapshot()).toMatchObject({ version: 1, applied: ['bonus'] });
  expect(handler.streams).toBe(1);
  leaving.abort();
  await vi.waitFor(() => expect(handler.streams).toBe(0));
  await stop();
});

test('a reader that goes while its stream is opened leaves nothing behind', async () => {
  let release: (() => void) | undefined;
  const host = openTestHandler({
    ...ledger,
    snapshot: async (...asked) => {
      await new Promise<void>((resolve) => (release = resolve));
      return ledger.snapshot(...asked);
    },
  });
  const closed = vi.fn<() => void>();
  const listener = toNodeListener(host.handler);
  const server = createServer((incoming, outgoing) => {
    outgoing.on('close', closed);
    void listener(incoming, outgoing);
  });
  const user = host.signIn(name('user'));
  const socket = await connectSilently(await listen(server), user.account);
  await vi.waitFor(() => expect(release).toBeDefined());
  expect(host.handler.streams).toBe(1);
  socket.destroy();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  release?.();
  await vi.waitFor(() => expect(host.handler.streams).toBe(0));
  expect(host.time.waiting).toBe(0);
  expect(host.warnings).toEqual([]);
  server.close();
});

test('a stream reaches its reader also where a host adds to its answer, or pipes it through something', async () => {
  for (const wrap of [
    (answer: Response) => new Response(answer.body, answer),
    (answer: Response) => new Response(answer.body?.pipeThrough(new TransformStream()) ?? null, answer),
  ]) {
    const host = openTestHandler(ledger);
    const server = createServer(
      toNodeListener({
        fetch: async (request) => {
          const answer = wrap(await host.handler.fetch(request));
          answer.headers.set('x-host', 'panel');
          answer.headers.append('set-cookie', 'seen=1');
          return answer;
        },
      }),
    );
    const { account } = host.signIn(name('user'));
    const leaving = new AbortController();
    const response = await fetch(`${await listen(server)}/api/credits/stream`, {
      headers: { cookie: `session=${account}` },
      signal: leaving.signal,
    });
    expect(response.headers.get('x-host')).toBe('panel');
    expect(response.headers.getSetCookie()).toEqual(['seen=1']);
    const events = followEvents(response.body);
    expect(await events.snapshot()).toMatchObject({ account, version: 0 });
    leaving.abort();
    await vi.waitFor(() => expect(host.handler.streams).toBe(0));
    server.close();
  }
});

test('a server with streams open stops in under 3 s, and its readers are told when to come back', async () => {
  const { ask, origin, account, stop, handler } = await openServer();
  const responses = await Promise.all(Array.from({ length: 8 }, () => ask('/api/credits/stream')));
  const readers = responses.map((response) => followEvents(response.body));
  for (const events of readers) await events.snapshot();
  const silent = await Promise.all([connectSilently(origin, account), connectSilently(origin, account)]);
  await vi.waitFor(() => expect(handler.streams).toBe(10));

  const startedAt = performance.now();
  const farewells = Promise.all(readers.map(async (events) => [await events.next(), await events.next()]));
  await stop();
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  for (const [goodbye, end] of await farewells) {
    expect(goodbye).toMatchObject({ event: 'goodbye', data: '{"retryAfterMs":1000}' });
    expect(end).toBeNull();
  }
  expect(handler.streams).toBe(0);
  await expect(ask('/api/credits')).rejects.toThrow('fetch failed');
  silent.forEach((socket) => socket.destroy());
});

test('a request that never ends does not hold up the stop for longer than its grace', async () => {
  const { handler } = openTestHandler(ledger, { clock: SYSTEM_CLOCK });
  const server = createServer(() => undefined);
  const stop = createGracefulStop(server, handler, { graceMs: 100 });
  const origin = await listen(server);
  const hanging = fetch(origin).catch((error: unknown) => error);
  await vi.waitFor(async () => {
    const connections = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    expect(connections).toBe(1);
  });
  await stop();
  expect(await hanging).toBeInstanceOf(Error);
});

test('streams whose readers listen do not make the stop wait for its grace', async () => {
  const { ask, stop } = await openServer();
  const events = followEvents((await ask('/api/credits/stream')).body);
  await events.snapshot();
  const farewell = events.next();
  const startedAt = performance.now();
  await stop();
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  expect(await farewell).toMatchObject({ event: 'goodbye' });
});

test('connections without a request do not hold up the stop, used before or never', async () => {
  const { ask, origin, stop } = await openServer();
  await (await ask('/api/credits')).text(); // leaves its keep-alive connection
  const { hostname, port } = new URL(origin);
  const ahead = await new Promise<Socket>((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.resume();
  });
  const startedAt = performance.now();
  await Promise.all([stop(), stop()]);
  expect(performance.now() - startedAt).toBeLessThan(1_500);
  await vi.waitFor(() => expect(ahead.closed).toBe(true));
});

test('what a request under way answers still arrives', async () => {
  let answer: (() => void) | undefined;
  const { handler } = openTestHandler(ledger, { clock: SYSTEM_CLOCK });
  const server = createServer((_, outgoing) => {
    answer = () => outgoing.end('x'.repeat(1_000_000));
  });
  const stop = createGracefulStop(server, handler);
  const origin = await listen(server);
  const response = fetch(origin).then((each) => each.text());
  await vi.waitFor(() => expect(answer).toBeDefined());
  const stopped = stop();
  answer?.();
  expect(await response).toHaveLength(1_000_000);
  await stopped;
});

test('a stream that is cut takes its socket along, although the peer reads nothing', async () => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let taken = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (created) => void (controller = created),
      pull: (each) => {
        taken += 1;
        each.enqueue(new Uint8Array(1_048_576));
      },
    },
    { highWaterMark: 0 },
  );
  let isClosed = false;
  const listener = toNodeListener({
    fetch: () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  });
  const server = createServer((incoming, outgoing) => {
    outgoing.on('close', () => (isClosed = true));
    void listener(incoming, outgoing);
  });
  const socket = await connectSilently(await listen(server), 'nobody', '/');
  // Once the peer's window and the kernel's buffers are full, no further frame is taken.
  let before = 0;
  await vi.waitFor(
    () => {
      const isStalled = taken > 0 && taken === before;
      before = taken;
      expect(isStalled).toBe(true);
    },
    { interval: 200, timeout: 10_000 },
  );
  expect(isClosed).toBe(false);
  controller?.error(new Error('cut'));
  await vi.waitFor(() => expect(isClosed).toBe(true));
  socket.destroy();
  server.close();
});
