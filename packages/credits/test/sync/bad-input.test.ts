import { expect, test } from 'vitest';
import type { CreditsError } from '../../src/contract/error.ts';
import type { CreditsClient } from '../../src/sync/client.ts';
import type { Frame } from '../../src/sync/store.ts';
import { EVENT_LENGTH_MAX } from '../../src/sync/connection/event-parser.ts';
import { createFollowWorld, type OpenTab } from '../support/follow-world.ts';

/** Every error that the view ever showed, in order. */
function watchErrors(client: CreditsClient): CreditsError[] {
  const errors: CreditsError[] = [];
  client.subscribe(({ connection: { error } }) => {
    if (error !== null && errors.at(-1) !== error) errors.push(error);
  });
  return errors;
}

function watchFrames(client: CreditsClient): Frame[] {
  const frames: Frame[] = [];
  client.onFrame((frame) => frames.push(frame));
  return frames;
}

/** A tab whose stream says whatever the test says. */
async function openStreamingTab(options: Parameters<ReturnType<typeof createFollowWorld>['openTab']>[1] = {}) {
  const world = createFollowWorld({ versioned: true });
  const { browser, server } = world;
  let push: (text: string) => void = () => undefined;
  let connections = 0;
  const fetch = server.fetchAs('ada');
  const tab = browser.openTab((url, init) => {
    if (!url.endsWith('/stream')) return fetch(url, init);
    connections += 1;
    const bytes = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        push = (text) => controller.enqueue(bytes.encode(text));
        push(`event: snapshot\ndata: ${JSON.stringify(server.snapshot('ada'))}\n\n`);
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  });
  const opened = world.openTab('ada', { environment: tab.environment, ...options });
  await browser.advance(6_000); // beyond the coalescing time of the first question
  expect(opened.client.getState().connection.state).toBe('streaming');
  opened.numbers.length = 0;
  return { ...world, ...opened, push: (text: string) => push(text), connections: () => connections };
}

const frame = (data: unknown): string => `event: snapshot\ndata: ${JSON.stringify(data)}\n\n`;
const snapshot = {
  account: 'ada',
  epoch: 'one',
  version: 9,
  balance: { posted: 5, held: 0, available: 5 },
  from: 1,
  applied: [],
};

test.each([
  ['truncated', 'event: snapshot\ndata: {"account":"ada","epoch":"o\n\n'],
  ['nothing', frame(null)],
  ['a list', frame([snapshot])],
  ['with a version as text', frame({ ...snapshot, version: '9' })],
  ['with a balance as text', frame({ ...snapshot, balance: { posted: '5', held: '0', available: '5' } })],
  ['beyond 2^53−1', frame(snapshot).replace('"posted":5', '"posted":9007199254740993')],
  ['a page', 'event: snapshot\ndata: <html><body>502</body></html>\n\n'],
  ['a farewell that is cut off', 'event: goodbye\ndata: {"retryAfterMs"\n\n'],
  ['a line without an end', `data: ${'x'.repeat(EVENT_LENGTH_MAX + 1)}`],
  ['an event without an end', 'data: x\n'.repeat(EVENT_LENGTH_MAX)],
])(
  'a frame that is %s is a visible error, a new question and a new connection, and moves nothing',
  async (_what, text) => {
    const { browser, client, server, numbers, push, sent, connections } = await openStreamingTab();
    const errors = watchErrors(client);
    const frames = watchFrames(client);
    server.onExchange = (exchange) => (exchange.backMs = 50);
    push(text);
    await browser.advance(20);
    expect(client.getState().connection.error?.code).toBe('protocol');
    expect(frames).toMatchObject([{ via: 'stream', snapshot: null, accepted: false, error: { code: 'protocol' } }]);
    expect(sent('/api/credits')).toHaveLength(1);
    await browser.advance(1_000);
    expect(numbers).toEqual([]);
    expect(errors).toHaveLength(1);
    expect(connections()).toBe(2);
    expect(client.getState()).toMatchObject({ stale: false, connection: { state: 'streaming', error: null } });
  },
);

test('an event that nobody knows is a visible error and a new question, and leaves the connection', async () => {
  const { browser, client, server, numbers, push, sent, connections, shown } = await openStreamingTab();
  const errors = watchErrors(client);
  server.buffering = true;
  server.move('ada', 5); // what the event may have been about
  push('event: balance\ndata: {"coins":1005}\n\n');
  await browser.advance(100);
  expect(errors.map(({ code }) => code)).toEqual(['protocol']);
  expect(sent('/api/credits')).toHaveLength(1);
  expect([shown(), numbers]).toEqual([1_005, [1_005]]);
  expect(connections()).toBe(1);
  // However much of it comes: one question every five seconds.
  for (let second = 0; second < 20; second++) {
    push('event: balance\ndata: {}\n\n');
    await browser.advance(1_000);
  }
  expect(sent('/api/credits').length).toBeLessThanOrEqual(5);
});

test('a frame of another user on the own stream means that the session is theirs: everything is cleared', async () => {
  const { browser, client, push, shown } = await openStreamingTab();
  push(frame({ ...snapshot, account: 'bob' }));
  await browser.advance(20);
  expect([shown(), client.getState().connection.state]).toEqual([null, 'signed-out']);
});

test('what follows a farewell in the same piece of the stream is ignored', async () => {
  const { browser, client, push, numbers } = await openStreamingTab();
  const frames = watchFrames(client);
  push(`event: goodbye\ndata: {"retryAfterMs":60000}\n\n${frame(snapshot)}event: nonsense\ndata: x\n\n`);
  await browser.advance(20);
  expect([frames, numbers]).toEqual([[], []]);
});

test.each([
  [1e300, 3_600_000],
  [-5, 1_000],
  ['60000', 1_000],
  [null, 1_000],
])('a farewell until %j is bounded: the next connection comes within %i ms', async (retryAfterMs, withinMs) => {
  const { browser, push, connections } = await openStreamingTab();
  push(`event: goodbye\ndata: ${JSON.stringify({ retryAfterMs })}\n\n`);
  await browser.advance(100);
  expect(connections()).toBe(1);
  await browser.advance(withinMs);
  expect(connections()).toBe(2);
});

test('a page in place of the stream is a visible error; the stream is tried again after five minutes', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.onExchange = (exchange) => {
    if (!exchange.url.endsWith('/stream')) return;
    exchange.fate = {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html>Sign in to the Wi-Fi</html>',
    };
  };
  const { client, shown } = openTab();
  const errors = watchErrors(client);
  await browser.advance(10_000);
  expect(errors.map(({ code }) => code)).toEqual(['protocol']);
  expect(client.getState().connection).toEqual({ state: 'polling', error: null });
  server.onExchange = () => undefined;
  await browser.advance(300_000);
  expect(sent('/api/credits/stream')).toHaveLength(2);
  expect([shown(), client.getState().connection.state]).toEqual([1_000, 'streaming']);
});

for (const versioned of [false, true]) {
  const host = versioned ? 'a host with the package’s server' : 'a host without versions';

  test.each([
    ['a page', '<html><body>It works</body></html>'],
    ['nothing', ''],
    ['a truncated answer', '{"success":true,"user":{"id":"ada","co'],
    ['text for a version', { user: { id: 'ada', coins: 1_000 }, snapshot: { ...snapshot, version: '9' } }],
    ['a refusal without a balance', { success: false, message: 'Not now.' }],
    ['a list', [1, 2, 3]],
  ])(`%s in answer to a question is a visible error that is asked again, on ${host}`, async (_what, body) => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    const { client, shown, numbers } = openTab();
    await browser.advance(6_000);
    numbers.length = 0;
    const frames = watchFrames(client);
    let wrong = 2;
    server.onExchange = (exchange) => {
      if (exchange.method === 'GET' && wrong-- > 0) exchange.fate = { status: 200, body };
    };
    void client.refresh({ force: true });
    await browser.advance(20);
    expect(client.getState().connection.error?.code).toBe('protocol');
    expect(frames).toMatchObject([{ via: 'fetch', snapshot: null, accepted: false, error: { code: 'protocol' } }]);
    server.move('ada', 5);
    await browser.advance(5_000);
    expect([shown(), client.getState().connection.error]).toEqual([1_005, null]);
    expect(numbers).toEqual([1_005]);
  });

  test(`a command whose answer has a balance that cannot be read is accepted and asked about, on ${host}`, async () => {
    const { browser, openTab, sent } = createFollowWorld({ versioned });
    const tab = openTab();
    const { client, numbers } = tab;
    await browser.advance(6_000);
    numbers.length = 0;
    const errors = watchErrors(client);
    const frames = watchFrames(client);
    const done = spoil(tab, { snapshot: { ...snapshot, version: null }, data: { new_balance: '900' } });
    await browser.advance(1_000);
    expect(await done).toMatchObject({ success: true });
    expect(errors.map(({ code }) => code)).toEqual(['protocol']);
    expect(frames.filter(({ error }) => error !== null)).toMatchObject([{ via: 'command', snapshot: null }]);
    expect(sent('/api/spend')).toHaveLength(1);
    expect(numbers).toEqual([900]);
    expect(client.getState()).toMatchObject({ pending: [], connection: { error: null } });
  });

  test(`a refusal whose balance cannot be read is a refusal, on ${host}`, async () => {
    const { browser, openTab } = createFollowWorld({ versioned });
    const tab = openTab();
    await browser.advance(6_000);
    tab.numbers.length = 0;
    const errors = watchErrors(tab.client);
    const done = spoil(tab, { success: false, message: 'Not today.', user: { coins: null } }, '&refuse').catch(
      (error: CreditsError) => error.message,
    );
    await browser.advance(1_000);
    expect(await done).toBe('Not today.');
    expect(errors.map(({ code }) => code)).toEqual(['protocol']);
    expect(tab.numbers).toEqual([900, 1_000]);
  });
}

/** A purchase of 100 whose answer says this instead of what it said. */
function spoil({ client, fetch }: OpenTab, more: Record<string, unknown>, query = ''): Promise<unknown> {
  return client.mutate({
    amount: -100,
    reason: 'Server purchase',
    request: async ({ headers, signal }) => {
      const response = await fetch(`/api/spend?amount=100${query}`, { method: 'POST', headers, signal });
      return Response.json({ ...(await response.json()), ...more });
    },
  });
}

test('a page in answer to a command is no answer: it is sent again, and made definite', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, mutate, numbers } = openTab();
  await browser.advance(6_000);
  numbers.length = 0;
  const errors = watchErrors(client);
  let pages = 1;
  server.onExchange = (exchange) => {
    if (exchange.method !== 'POST' || pages-- <= 0) return;
    exchange.fate = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Maintenance</html>' };
  };
  const done = mutate(-100);
  await browser.advance(5_000);
  expect(await done).toMatchObject({ success: true });
  expect(sent('/api/spend')).toHaveLength(2);
  expect(errors.map(({ code }) => code)).toEqual(['protocol']);
  expect([numbers, server.available('ada')]).toEqual([[900], 900]);
});

test('a page in answer to a command is never sent again to a host without versions, but verified', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  const { client, mutate, numbers } = openTab();
  await browser.advance(6_000);
  numbers.length = 0;
  server.onExchange = (exchange) => {
    if (exchange.method !== 'POST') return;
    exchange.fate = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Maintenance</html>' };
  };
  const done = mutate(-100).catch((error: CreditsError) => error.code);
  await browser.advance(60_000);
  expect(await done).toBe('protocol');
  expect(sent('/api/spend')).toHaveLength(1);
  expect(numbers).toEqual([900, 1_000]);
  expect(client.getState().pending).toEqual([]);
});

test('nonsense in answer to the question by which an outcome is made definite leaves it unknown, and is shown', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, mutate, numbers } = openTab();
  await browser.advance(6_000);
  numbers.length = 0;
  const errors = watchErrors(client);
  let nonsense = 1;
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.fate = 'lose-request';
    if (exchange.url.endsWith('/operations/resolve') && nonsense-- > 0)
      exchange.fate = { status: 200, body: { version: '1' } };
  };
  const done = mutate(-100).catch((error: CreditsError) => error.code);
  await browser.advance(90_000);
  expect(await done).toBe('operation_abandoned');
  expect(sent('/api/credits/operations/resolve').length).toBeGreaterThan(1);
  expect(errors.map(({ code }) => code)).toEqual(['protocol']);
  expect(numbers).toEqual([900, 1_000]);
});

test('nonsense about the last user’s command is not shown to the next one', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  let session = 'ada';
  const { client, mutate } = openTab(() => session);
  await browser.advance(6_000);
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.fate = 'lose-request';
    if (!exchange.url.endsWith('/operations/resolve')) return;
    exchange.fate = { status: 200, body: { version: '1' } };
    exchange.backMs = 500;
  };
  const done = mutate(-100).catch((error: CreditsError) => error.code);
  while (sent('/api/credits/operations/resolve').length === 0) await browser.advance(100);
  session = 'bob';
  client.setAccount('bob');
  const errors = watchErrors(client);
  await browser.advance(5_000);
  expect([await done, errors]).toEqual(['network', []]);
});

test.each([
  ['nothing', null],
  ['text', 'x'],
  ['an account that is a number', { kind: 'left', account: 5 }],
  ['a kind that nobody knows', { kind: 'balance', account: 'ada', coins: 5 }],
  ['a frame that cannot be read', { kind: 'frame', account: 'ada', snapshot: { version: 99 } }],
  ['a version as text', { kind: 'alive', account: 'ada', epoch: 'one', version: '1' }],
])('what another tab says is a visible error and a new question when it is %s', async (_what, message) => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: true });
  const { client, shown, numbers } = openTab();
  const other = openTab('ada', { start: false });
  await browser.advance(6_000);
  const errors = watchErrors(client);
  const frames = watchFrames(client);
  const channel = other.tab.environment.channel?.('realtime-credits:/api/credits', () => undefined);
  channel?.post(message);
  await browser.advance(100);
  expect(errors.map(({ code }) => code)).toEqual(['protocol']);
  expect(frames[0]).toMatchObject({ via: 'tab', snapshot: null, accepted: false, error: { code: 'protocol' } });
  expect(sent('/api/credits')).toHaveLength(1);
  expect([shown(), numbers]).toEqual([1_000, [1_000]]);
  expect(client.getState().connection).toEqual({ state: 'streaming', error: null });
});

test('another tab that keeps talking nonsense does not pass for one that brings updates', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const { client, shown } = openTab();
  const other = openTab('ada', { start: false });
  await browser.advance(10_000);
  const channel = other.tab.environment.channel?.('realtime-credits:/api/credits', () => undefined);
  server.move('ada', 5);
  for (let second = 0; second < 40; second += 1) {
    channel?.post({ kind: 'balance', account: 'ada' });
    await browser.advance(1_000);
    expect(client.getState().connection.state).toBe('polling');
  }
  expect(shown()).toBe(1_005);
});

test('nonsense is asked about when somebody looks again, not while the page is hidden', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: true });
  const { tab } = openTab();
  const other = openTab('ada', { start: false });
  await browser.advance(6_000);
  tab.emit('hidden');
  other.tab.environment.channel?.('realtime-credits:/api/credits', () => undefined).post('x');
  await browser.advance(30_000);
  expect(sent('/api/credits')).toEqual([]);
  tab.emit('visible');
  await browser.advance(100);
  expect(sent('/api/credits')).toHaveLength(1);
});

test('a listener that throws stops nothing: neither the others, nor the questions, nor the stream', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, shown } = openTab('ada', { start: false });
  const thrown: string[] = [];
  client.subscribe(() => {
    throw new Error('not ours');
  });
  client.onFrame(() => {
    throw new Error('nor this');
  });
  const received: (number | null)[] = [];
  client.subscribe(() => received.push(shown()));
  client.start();
  const advance = async (ms: number): Promise<void> => {
    for (const until = browser.now + ms; browser.now < until;) {
      await browser.advance(until - browser.now).catch((error: Error) => thrown.push(error.message));
    }
  };
  await advance(1_000);
  server.move('ada', 5);
  await advance(1_000);
  expect(shown()).toBe(1_005);
  expect(received.at(-1)).toBe(1_005);
  expect(new Set(thrown)).toEqual(new Set(['not ours', 'nor this']));
});
