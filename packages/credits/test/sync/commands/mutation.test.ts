import { expect, test } from 'vitest';
import { isCreditsError } from '../../../src/contract/error.ts';
import { createCreditsClient } from '../../../src/sync/client.ts';
import { createFollowWorld } from '../../support/follow-world.ts';

test('an unknown outcome is sent again under the same id, and made definite after 30 s', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { mutate, client, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.fate = 'lose-request';
  };
  const done = mutate(-100).catch((error: { code: string }) => error.code);
  await browser.advance(29_000);
  expect(client.getState().pending).toMatchObject([{ delta: -100, state: 'unknown' }]);
  expect(new Set(sent('/api/spend').map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  await browser.advance(15_000);
  expect(sent('/api/credits/operations/resolve')).toHaveLength(1);
  expect(numbers).toEqual([900, 1_000]);
  // What was given up can never take effect: nobody has to wait for an attempt that gets through.
  expect(await done).toBe('operation_abandoned');
  const attempts = sent('/api/spend').length;
  server.onExchange = () => undefined;
  await browser.advance(60_000);
  expect(sent('/api/spend')).toHaveLength(attempts);
  expect(server.available('ada')).toBe(1_000);
  expect(numbers).toEqual([900, 1_000]);
});

test('a command that the server refuses at once is not sent again', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { mutate, shown } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend'))
      exchange.fate = { status: 429, headers: { 'retry-after': '60' }, body: { message: 'Slow down.' } };
  };
  const done = mutate(-100).catch((error: unknown) => error);
  await browser.advance(50);
  expect(await done).toMatchObject({ code: 'rate_limited', message: 'Slow down.' });
  expect(sent('/api/spend')).toHaveLength(1);
  expect(shown()).toBe(1_000);
});

// Of a middleware (401, 403, 429) or of a route (400, 404, 409): neither is about the first attempt.
test.each([400, 401, 403, 404, 409, 429])('%i on a second attempt says nothing about the first', async (status) => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { mutate, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  let attempt = 0;
  server.onExchange = (exchange) => {
    if (!exchange.url.startsWith('/api/spend')) return;
    attempt += 1;
    if (attempt === 1) exchange.fate = 'lose-answer';
    if (attempt === 2) exchange.fate = { status };
  };
  const done = mutate(-100);
  await browser.advance(60_000);
  expect(await done).toMatchObject({ success: true });
  expect([attempt, numbers, server.available('ada')]).toEqual([3, [900], 900]);
});

test('a command that took effect and is refused ever since ends as one whose response was lost', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { mutate, shown } = openTab();
  await browser.advance(1_000);
  let attempt = 0;
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.fate = (attempt += 1) === 1 ? 'lose-answer' : { status: 404 };
  };
  const done = mutate(-100).catch((error: unknown) => error);
  await browser.advance(180_000);
  expect(await done).toMatchObject({ code: 'network' });
  expect([shown(), server.available('ada')]).toEqual([900, 900]);
});

test('a command is sent again no sooner than the server asked', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { mutate } = openTab();
  await browser.advance(1_000);
  let refusals = 1;
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend') && refusals-- > 0) {
      exchange.fate = { status: 503, headers: { 'retry-after': '7' } };
    }
  };
  const done = mutate(-100);
  await browser.advance(10_000);
  await done;
  const [first, second] = sent('/api/spend').map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(7_000);
});

test('the answer to the last user’s command says nothing about the next one', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  let session = 'ada';
  const { client, mutate, numbers } = openTab(() => session);
  await browser.advance(1_000);
  server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'POST' ? 500 : 5);
  numbers.length = 0;
  const done = mutate(-100);
  await browser.advance(100);
  session = 'bob';
  client.setAccount('bob');
  await browser.advance(1_000);
  expect(await done).toMatchObject({ data: { new_balance: 900 } });
  expect(numbers).toEqual([900, null, 7]);
});

test('a request that does not listen to its signal is given up all the same', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { tab } = openTab('ada', { start: false });
  let asked = 0;
  const deaf = (): Promise<Response> => {
    asked += 1;
    return new Promise(() => undefined);
  };
  const client = createCreditsClient({ environment: { ...tab.environment, fetch: deaf } });
  client.start();
  await browser.advance(11_000);
  expect(client.getState().connection.error?.code).toBe('network');
  expect(asked).toBe(2);
  client.close();
});

test('a command that meets a session that is gone makes the client look, and sign out', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  let session: string | null = 'ada';
  const { client, mutate, numbers } = openTab(() => session);
  await browser.advance(6_000);
  numbers.length = 0;
  session = null;
  const done = mutate(-100).catch((error: { code: string }) => error.code);
  await browser.advance(2_000);
  expect(await done).toBe('unauthenticated');
  expect(numbers).toEqual([900, 1_000, null]);
  expect(client.getState().connection.state).toBe('signed-out');
});

test('account fence: a balance in an answer about another user is not shown', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  const done = client.mutate({
    amount: -100,
    reason: 'Gift',
    request: async () => Response.json({ success: true, user: { id: 'bob', coins: 7 } }),
  });
  await browser.advance(1_000);
  await done;
  expect(numbers).toEqual([900, 1_000]);
});

test('a command that took effect is asked for its answer for two minutes, and is over then', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, mutate, shown } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.fate = 'lose-answer';
  };
  const done = mutate(-100).catch((error: { code: string }) => error.code);
  await browser.advance(170_000);
  expect(await done).toBe('network');
  expect([shown(), server.available('ada')]).toEqual([900, 900]);
  const attempts = sent('/api/spend').length;
  // In another epoch of the database no repetition of it is on its way any more.
  server.restore('two', 'ada', 1);
  await browser.advance(60_000);
  expect([shown(), client.getState().pending, sent('/api/spend').length]).toEqual([1_000, [], attempts]);
});

test('a refusal that brings the balance shows it at once', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const { mutate, numbers } = openTab();
  await browser.advance(10_000);
  numbers.length = 0;
  server.move('ada', 5);
  const done = mutate(-100, '&refuse').catch((error: { code: string }) => error.code);
  await browser.advance(50);
  expect(await done).toBe('insufficient_credits');
  expect(numbers).toEqual([900, 1_000, 1_005]);
});

test('window fence: a refusal causes a fetch, because its window may have kept a balance from being shown', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, mutate, shown } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'POST' ? 300 : 5);
  void mutate(-100, '&refuse').catch(() => undefined);
  server.move('ada', 5);
  await browser.advance(100);
  void client.refresh({ force: true });
  await browser.advance(100);
  expect(shown()).toBe(900);
  await browser.advance(200);
  expect(shown()).toBe(1_005);
});

test('a repetition that is refused says nothing of the first request, which is given up before the number goes back', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { mutate, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  let attempt = 0;
  server.onExchange = (exchange) => {
    if (!exchange.url.startsWith('/api/spend')) return;
    attempt += 1;
    // Still on its way when the client has given up waiting and been refused.
    if (attempt === 1) exchange.outMs = 25_000;
    else exchange.fate = { status: 402, body: { success: false, code: 'insufficient_credits', message: 'Too few.' } };
  };
  const done = mutate(-100).catch((error: unknown) => error);
  await browser.advance(60_000);
  expect(await done).toMatchObject({ code: 'insufficient_credits' });
  expect(sent('/api/credits/operations/resolve')).toHaveLength(1);
  expect(server.available('ada')).toBe(1_000);
  expect(numbers).toEqual([900, 1_000]);
});

test('account fence: what is given up in the name of another user is not given up: the first request may still take effect', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  let session = 'ada';
  const { mutate, numbers } = openTab(() => session);
  await browser.advance(1_000);
  numbers.length = 0;
  server.onExchange = (exchange) => {
    if (!exchange.url.startsWith('/api/spend')) return;
    // Left with the first session, and arrives after the one that a sign-in elsewhere put in its place.
    if (exchange.session === 'ada') exchange.outMs = 25_000;
    session = 'bob';
  };
  const done = mutate(-100).catch((error: unknown) => error);
  await browser.advance(60_000);
  expect(sent('/api/credits/operations/resolve')).toMatchObject([{ session: 'bob' }]);
  expect(await done).toMatchObject({ code: 'insufficient_credits' });
  expect(server.available('ada')).toBe(900);
  expect(numbers).toEqual([900, null]);
});

test.each([
  [true, 'ada'],
  [false, null],
])(
  'account fence: a command names the account whose page sends it, and no other user is charged (versions: %j)',
  async (versioned, named) => {
    const { browser, openTab, sent } = createFollowWorld({ versioned });
    const { mutate } = openTab();
    await browser.advance(1_000);
    await Promise.all([mutate(-100), browser.advance(100)]);
    // A host that knows no versions knows no such header either, and its ids may be no text for one.
    expect(sent('/api/spend').map(({ headers }) => headers.get('credits-account'))).toEqual([named]);
  },
);

test.each([
  ['ada', { status: 503 }, [null, 'ada'], 900, 'done'],
  ['bob', { status: 503 }, [null], 7, 'network'],
  // Given up all the same, which a request shows. That does not reveal its outcome either.
  ['bob', 'lose-answer', [null], 7, 'network'],
] as const)(
  'account fence: what was sent before the page knew its account is sent again only if it was of that account: %s, %j',
  async (later, settled, senders, shownAtLast, outcome) => {
    const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
    let session: string = 'ada';
    let attempt = 0;
    server.onExchange = (exchange) => {
      if (exchange.url === '/api/user/me' && browser.now < 1_300) exchange.fate = { status: 503 };
      if (exchange.url.startsWith('/api/spend') && (attempt += 1) === 1) exchange.fate = 'lose-answer';
      if (exchange.url === '/api/credits/operations/resolve' && sent(exchange.url).length === 0)
        exchange.fate = settled;
    };
    const { client, mutate, shown } = openTab(() => session);
    const done = mutate(-100).then(
      () => 'done',
      (error: unknown) => (isCreditsError(error) ? error.code : error),
    );
    await browser.advance(400);
    session = later;
    await browser.advance(15_000);
    void client.refresh();
    await browser.advance(60_000);
    expect(await done).toBe(outcome);
    expect(sent('/api/spend').map(({ headers }) => headers.get('credits-account'))).toEqual(senders);
    expect([server.available('ada'), server.available('bob'), shown()]).toEqual([900, 7, shownAtLast]);
  },
);

test('account fence: a command that waits for its turn is not sent when the user has changed', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  const { client, mutate } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => {
    if (exchange.method === 'POST') exchange.backMs = 1_500;
  };
  // Purchases that overlap until a clean question is due: from then on they wait.
  const outcomes: Promise<unknown>[] = [];
  while (client.getState().pending.at(-1)?.state !== 'open') {
    outcomes.push(mutate(-1, '&quiet').catch((error: unknown) => error));
    await browser.advance(500);
  }
  const before = sent('/api/spend').length;
  client.setAccount('bob');
  await browser.advance(60_000);
  expect(await outcomes.at(-1)).toMatchObject({ code: 'unauthenticated' });
  expect(sent('/api/spend')).toHaveLength(before);
});

test('a command that failed before the server was known to speak in versions is not undecided for ever', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  let attempt = 0;
  server.onExchange = (exchange) => {
    if (exchange.url === '/api/user/me' && browser.now < 13_000) exchange.fate = { status: 503 };
    if (!exchange.url.startsWith('/api/spend') || (attempt += 1) > 1) return;
    exchange.fate = 'lose-answer';
  };
  const { client, mutate, shown } = openTab();
  void mutate(-100).catch(() => undefined);
  await browser.advance(60_000);
  expect([shown(), client.getState().pending, sent('/api/spend')]).toMatchObject([900, [], { length: 1 }]);
  // The restored database has never seen it, and no request of it is on its way any more.
  server.restore('two', 'ada', 1);
  await browser.advance(90_000);
  expect([shown(), client.getState().pending]).toEqual([1_000, []]);
});
