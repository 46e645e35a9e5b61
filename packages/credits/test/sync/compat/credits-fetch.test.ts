import { expect, test } from 'vitest';
import {
  createCreditsFetch,
  OBSERVED_BYTES_MAX,
  type CreditsFetchOptions,
} from '../../../src/sync/compat/credits-fetch.ts';
import { createFollowWorld } from '../../support/follow-world.ts';

const ORIGIN = 'https://panel.example';

/** A tab whose page sends by the wrapped fetch, and every request as it really left. */
async function openPage({ versioned = true, ...options }: CreditsFetchOptions & { versioned?: boolean } = {}) {
  const world = createFollowWorld({ versioned });
  const tab = world.openTab();
  const left: { input: RequestInfo | URL; init: RequestInit | undefined; key: string | null }[] = [];
  const send: typeof fetch = (input, init) => {
    const request = new Request(new URL(input instanceof Request ? input.url : String(input), ORIGIN), {
      ...(input instanceof Request ? { method: input.method, headers: input.headers } : {}),
      ...init,
    });
    left.push({ input, init, key: request.headers.get('idempotency-key') });
    const { pathname, search } = new URL(request.url);
    const { method, headers, signal } = request;
    return tab.fetch(pathname + search, { method, headers, signal });
  };
  const creditsFetch = createCreditsFetch(tab.client, { fetch: send, origin: ORIGIN, ...options });
  await world.browser.advance(6_000);
  tab.numbers.length = 0;
  return { ...world, ...tab, creditsFetch, left };
}

const json = (body: unknown, init?: ResponseInit): Response => Response.json(body, init);

test('a purchase whose request carries the id is exact as soon as a frame names it, and nobody settles it', async () => {
  const { browser, client, creditsFetch, left, numbers } = await openPage();
  const { id } = client.open(-100, 'Server purchase');
  const answered = creditsFetch('/api/spend?amount=100&quiet', { method: 'POST' });
  await browser.advance(30);
  expect(left.map(({ key }) => key)).toEqual([id]);
  expect(client.getState()).toMatchObject({ confirmed: { version: 2 }, pending: [] });
  expect(await (await answered).json()).toEqual({ success: true, message: 'Done.' });
  expect(numbers).toEqual([900]);
});

test('on a host without versions the answer’s balance settles the purchase', async () => {
  const { browser, client, creditsFetch, numbers } = await openPage({ versioned: false });
  client.open(-100, 'Server purchase');
  void creditsFetch('/api/spend?amount=100', { method: 'POST' });
  await browser.advance(50);
  expect(client.getState()).toMatchObject({ confirmed: { balance: { available: 900 } }, pending: [] });
  expect(numbers).toEqual([900]);
});

for (const versioned of [true, false]) {
  const host = versioned ? 'a host with the package’s server' : 'a host without versions';

  test(`two purchases that overlap, settled by the wrapper and by hand as well, are each counted once, on ${host}`, async () => {
    const { browser, client, creditsFetch, server, numbers } = await openPage({ versioned });
    server.onExchange = (exchange) => {
      exchange.outMs = exchange.url.includes('amount=30') ? 800 : 5;
      exchange.backMs = exchange.method === 'POST' ? 50 : 5;
    };
    client.open(-100, 'first');
    const first = creditsFetch('/api/spend?amount=100', { method: 'POST' });
    client.open(-30, 'second');
    const second = creditsFetch('/api/spend?amount=30', { method: 'POST' });
    await browser.advance(100);
    await client.settle(await (await first).json());
    expect(numbers).toEqual([900, 870]);
    await browser.advance(1_000);
    await client.settle(await (await second).json());
    await browser.advance(1_000);
    expect(numbers).toEqual([900, 870]);
    expect(client.getState().pending).toEqual([]);
    expect(server.available('ada')).toBe(870);
  });

  test(`a refused purchase settles nothing, and is taken back as ever, on ${host}`, async () => {
    const { browser, client, creditsFetch, numbers } = await openPage({ versioned });
    client.open(-100, 'Server purchase');
    const refused = creditsFetch('/api/spend?amount=100&refuse', { method: 'POST' });
    await browser.advance(50);
    expect([(await refused).status, numbers]).toEqual([402, [900]]);
    client.open(100, 'Purchase failed');
    await browser.advance(1_000);
    expect(numbers).toEqual([900, 1_000]);
  });

  test(`an answer of any route that says a balance is verified at once, on ${host}`, async () => {
    const { browser, server, creditsFetch, shown, sent } = await openPage({ versioned });
    server.buffering = true;
    server.move('ada', 50);
    void creditsFetch('/api/user/me');
    await browser.advance(60);
    expect(shown()).toBe(1_050);
    // What is known already is not asked again.
    const asked = server.exchanges.length;
    void creditsFetch('/api/user/me');
    await browser.advance(60);
    expect(server.exchanges).toHaveLength(asked + 1);
    expect(sent('/api/user/me').length).toBeGreaterThan(0);
  });
}

test('an answer that a frame has overtaken, passed on by hand as well, settles nobody else’s operation', async () => {
  const { browser, client, creditsFetch, server, numbers } = await openPage();
  server.onExchange = (exchange) => {
    exchange.outMs = exchange.url.includes('amount=30') ? 800 : 5;
    exchange.backMs = exchange.method === 'POST' ? 50 : 5;
  };
  client.open(-100, 'first');
  const first = creditsFetch('/api/spend?amount=100', { method: 'POST' });
  await browser.advance(20);
  expect(client.getState().pending).toEqual([]);
  client.open(-30, 'second');
  void creditsFetch('/api/spend?amount=30', { method: 'POST' });
  await browser.advance(100);
  await client.settle(await (await first).json());
  expect(client.getState().pending.map(({ delta, state }) => [delta, state])).toEqual([[-30, 'open']]);
  await browser.advance(2_000);
  expect([numbers, client.getState().pending]).toEqual([[900, 870], []]);
});

test('a purchase that took effect, and is taken back because its answer was lost, shows no refund that never was', async () => {
  const { browser, client, creditsFetch, server, numbers } = await openPage();
  server.onExchange = (exchange) => {
    if (exchange.method === 'POST') exchange.fate = 'lose-answer';
  };
  const { id } = client.open(-100, 'Server purchase');
  void creditsFetch('/api/spend?amount=100', { method: 'POST' });
  await browser.advance(8_000);
  expect(client.getState().pending).toEqual([]); // a frame has named it
  expect(client.open(100, 'Purchase error').cancels).toBe(id);
  await browser.advance(5_000);
  expect([numbers, server.available('ada')]).toEqual([[900], 900]);
  // Once: the next one is a bonus.
  expect(client.open(100, 'Daily bonus').cancels).toBeNull();
});

test('a purchase of the last user that is taken back late is no bonus of the next one', async () => {
  const { browser, client, creditsFetch } = await openPage();
  client.open(-100, 'Server purchase');
  void creditsFetch('/api/spend?amount=100', { method: 'POST' });
  await browser.advance(100);
  client.setAccount('bob');
  client.open(100, 'Purchase failed');
  expect(client.getState().pending).toEqual([]);
  client.open(100, 'Daily bonus');
  expect(client.getState().pending).toMatchObject([{ delta: 100, reason: 'Daily bonus' }]);
});

test('while two operations wait for their request nothing is guessed; one that has left waits no longer', async () => {
  const { browser, client, creditsFetch, left } = await openPage();
  const one = client.open(-10, 'one');
  void creditsFetch('/api/spend?amount=10', { method: 'POST' });
  const two = client.open(-20, 'two');
  void creditsFetch('/api/spend?amount=20', { method: 'POST' });
  client.open(-30, 'three');
  client.open(-40, 'four');
  void creditsFetch('/api/spend?amount=30', { method: 'POST' });
  void creditsFetch('/api/spend?amount=40', { method: 'POST' });
  expect(left.map(({ key }) => key)).toEqual([one.id, two.id, null, null]);
  await browser.advance(20_000);
  expect(client.getState().pending).toEqual([]);
});

test('a key is set on commands of this origin alone, and never over the caller’s own', async () => {
  const { client, creditsFetch, left } = await openPage();
  const { id } = client.open(-10, 'one');
  void creditsFetch('/api/servers');
  void creditsFetch('/api/servers', { method: 'HEAD' });
  void creditsFetch('https://elsewhere.example/api/spend', { method: 'POST' });
  void creditsFetch('/api/spend?amount=10', { method: 'POST', headers: { 'Idempotency-Key': 'mine' } });
  void creditsFetch(new Request(`${ORIGIN}/api/spend?amount=10`, { method: 'POST', headers: { 'x-own': 'kept' } }));
  expect(left.map(({ key }) => key)).toEqual([null, null, null, 'mine', id]);
  expect(new Headers(left[4]?.init?.headers).get('x-own')).toBe('kept');
});

test('the host may say which requests are commands', async () => {
  const { client, creditsFetch, left } = await openPage({ isCommand: ({ pathname }) => pathname === '/api/spend' });
  const { id } = client.open(-10, 'one');
  void creditsFetch('/api/telemetry', { method: 'POST' });
  void creditsFetch('/api/spend?amount=10', { method: 'POST' });
  expect(left.map(({ key }) => key)).toEqual([null, id]);
});

test('a command of the client that is sent through it is answered once', async () => {
  const { browser, client, creditsFetch, left, numbers } = await openPage();
  const frames: string[] = [];
  client.onFrame(({ via }) => frames.push(via));
  const done = client.mutate({
    amount: -100,
    reason: 'Server purchase',
    request: ({ headers, signal }) => creditsFetch('/api/spend?amount=100', { method: 'POST', headers, signal }),
  });
  await browser.advance(100);
  expect(await done).toMatchObject({ success: true });
  expect(left).toHaveLength(1);
  expect(frames.filter((via) => via === 'command')).toHaveLength(1);
  expect(numbers).toEqual([900]);
});

test('another user’s balance in an answer is not listened to', async () => {
  const { browser, server, creditsFetch, numbers } = await openPage({
    versioned: false,
    fetch: () => Promise.resolve(json({ success: true, user: { id: 'bob', coins: 5 } })),
  });
  const asked = server.exchanges.length;
  await creditsFetch('/api/admin/users/bob');
  await browser.advance(100);
  expect([server.exchanges.length, numbers]).toEqual([asked, []]);
});

test('the answer to the last user’s request says nothing about the next one', async () => {
  const { browser, client, creditsFetch, numbers, server } = await openPage();
  server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'POST' ? 500 : 5);
  client.open(-100, 'Server purchase');
  void creditsFetch('/api/spend?amount=100', { method: 'POST' });
  await browser.advance(100);
  client.setAccount(null);
  await browser.advance(1_000);
  expect(numbers.at(-1)).toBeNull();
  expect(client.getState()).toMatchObject({ account: null, confirmed: null });
});

test('a balance of the last user’s that cannot be read is not the next one’s error', async () => {
  let answer: (response: Response) => void = () => undefined;
  const { browser, client, creditsFetch } = await openPage({
    fetch: () => new Promise((resolve) => void (answer = resolve)),
  });
  void creditsFetch('/api/user/me');
  client.setAccount(null);
  answer(json({ user: { coins: '5' } }));
  await browser.advance(100);
  expect(client.getState().connection).toEqual({ state: 'signed-out', error: null });
});

test('an answer that says no settles nothing, whatever its status', async () => {
  const { browser, client, creditsFetch, numbers } = await openPage({
    versioned: false,
    fetch: () => Promise.resolve(json({ success: false, user: { id: 'ada', coins: 1_000 } })),
  });
  client.open(-100, 'Server purchase');
  await creditsFetch('/api/spend', { method: 'POST' });
  await browser.advance(100);
  expect([client.getState().pending.map(({ state }) => state), numbers]).toEqual([['open'], [900]]);
});

test('on a host without versions, what an answer lets suspect is asked in the other tabs too', async () => {
  const { browser, openTab, server, creditsFetch } = await openPage({ versioned: false });
  const other = openTab();
  await browser.advance(1_000);
  server.move('ada', 50);
  void creditsFetch('/api/user/me');
  await browser.advance(100);
  expect(other.shown()).toBe(1_050);
});

test('an answer of another origin, where a redirect led, is not listened to', async () => {
  const elsewhere = json({ user: { id: 'ada', coins: 5 } });
  Object.defineProperty(elsewhere, 'url', { value: 'https://elsewhere.example/me' });
  const { browser, server, creditsFetch } = await openPage({ fetch: () => Promise.resolve(elsewhere) });
  const asked = server.exchanges.length;
  expect(await creditsFetch('/api/user/me')).toBe(elsewhere);
  await browser.advance(100);
  expect(server.exchanges).toHaveLength(asked);
});

test('for the caller it is the fetch that it was: answers, failures and aborts are the same objects', async () => {
  const failure = new TypeError('Failed to fetch');
  const { creditsFetch, browser, client } = await openPage({ fetch: () => Promise.reject(failure) });
  await expect(creditsFetch('/api/spend', { method: 'POST' })).rejects.toBe(failure);
  await expect(creditsFetch('http://', { method: 'POST' })).rejects.toBe(failure);

  const response = json({ user: { id: 'ada', coins: 1_000 } });
  const same = createCreditsFetch(client, { fetch: () => Promise.resolve(response), origin: ORIGIN });
  expect(await same('/x')).toBe(response);
  await browser.advance(10);
  expect(response.bodyUsed).toBe(false);
  expect(await response.json()).toEqual({ user: { id: 'ada', coins: 1_000 } });

  const stop = new AbortController();
  const signals: (AbortSignal | null | undefined)[] = [];
  const open = createCreditsFetch(client, {
    origin: ORIGIN,
    fetch: (_input, init) => {
      signals.push(init?.signal);
      return new Promise(() => undefined);
    },
  });
  client.open(-10, 'one');
  void open('/api/spend', { method: 'POST', signal: stop.signal });
  expect(signals).toEqual([stop.signal]);
});

test.each([
  ['text', new Response('{"user":{"coins":5}}', { headers: { 'content-type': 'text/plain' } })],
  ['a page', new Response('<html></html>', { headers: { 'content-type': 'text/html' } })],
  ['nothing', new Response(null, { status: 204 })],
  ['broken JSON', new Response('{"user":', { headers: { 'content-type': 'application/json' } })],
  ['a refusal', json({ user: { id: 'ada', coins: 5 } }, { status: 400 })],
  ['more than anybody would say', json({ user: { id: 'ada', coins: 5 }, much: 'x'.repeat(OBSERVED_BYTES_MAX) })],
  [
    'more, as it says itself',
    json({ user: { id: 'ada', coins: 5 } }, { headers: { 'content-length': String(OBSERVED_BYTES_MAX + 1) } }),
  ],
])('%s is left to the caller, unread', async (_what, response) => {
  const { browser, server, creditsFetch, client, numbers } = await openPage({ fetch: () => Promise.resolve(response) });
  const asked = server.exchanges.length;
  expect(await creditsFetch('/api/whatever')).toBe(response);
  await browser.advance(100);
  expect([server.exchanges.length, numbers, client.getState().connection.error]).toEqual([asked, [], null]);
  expect(response.bodyUsed).toBe(false);
});

test('a stream reaches the caller as it comes', async () => {
  let send: (text: string) => void = () => undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (send = (text) => controller.enqueue(new TextEncoder().encode(text))),
  });
  const stream = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  const { creditsFetch } = await openPage({ fetch: () => Promise.resolve(stream) });
  const reader = (await creditsFetch('/api/log')).body?.getReader();
  send('data: x');
  const piece = await reader?.read();
  expect(new TextDecoder().decode(piece?.value)).toBe('data: x');
});

test('a balance that cannot be read is a visible error, and asked for', async () => {
  const { browser, creditsFetch, client, sent } = await openPage({
    fetch: () => Promise.resolve(json({ user: { id: 'ada', coins: null } })),
  });
  const codes: (string | undefined)[] = [];
  client.subscribe(({ connection }) => codes.push(connection.error?.code));
  await creditsFetch('/api/user/me');
  await browser.advance(100);
  expect(codes).toContain('protocol');
  expect(sent('/api/credits')).toHaveLength(1);
  expect(client.getState().connection.error).toBeNull();
});
