import { expect, test } from 'vitest';
import type { Exchange } from '../../support/model-server.ts';
import { createFollowWorld } from '../../support/follow-world.ts';

const HOSTS = [
  { host: 'a host without versions', versioned: false },
  { host: 'a host with a ledger', versioned: true },
];

const NOBODY = { status: 401, body: { success: false, message: 'No user logged in' } };

/** A tab of a host whose every answer is this one while `answer` is set. */
async function openBehind(versioned: boolean, options: { start?: boolean } = {}) {
  const world = createFollowWorld({ versioned });
  const { browser, server, openTab } = world;
  const wall: { answer: Exchange['fate'] | null } = { answer: null };
  server.onExchange = (exchange) => {
    if (wall.answer !== null) exchange.fate = wall.answer;
  };
  const tab = openTab('ada', options);
  await browser.advance(6_000);
  tab.numbers.length = 0;
  return { ...world, ...tab, wall };
}

for (const { host, versioned } of HOSTS) {
  for (const status of [403, 404, 400, 405, 418, 451]) {
    test(`${status === 404 ? 'B5: ' : 'B4: '}${status} is asked again with back-off, and the number stays, on ${host}`, async () => {
      const { browser, client, numbers, server, wall, shown } = await openBehind(versioned);
      wall.answer = { status, body: 'Blocked' };
      server.endStreams('cut');
      void client.refresh({ force: true });
      const before = server.exchanges.length;
      await browser.advance(120_000);
      const asked = server.exchanges.length - before;
      expect(asked).toBeGreaterThan(6);
      expect(asked).toBeLessThan(60);
      expect([shown(), numbers]).toEqual([1_000, []]);
      expect(client.getState()).toMatchObject({ account: 'ada', stale: true, connection: { state: 'polling' } });
      expect(client.getState().connection.error).not.toBeNull();
      wall.answer = null;
      server.move('ada', 5);
      await browser.advance(21_000);
      expect([shown(), client.getState().connection.error]).toEqual([1_005, null]);
    });
  }

  test(`B5: from 404 at the start the tab recovers by itself, on ${host}`, async () => {
    const { browser, client, server, shown, wall } = await openBehind(versioned, { start: false });
    wall.answer = { status: 404 };
    client.start();
    await browser.advance(60_000);
    expect(client.getState().connection).toMatchObject({ state: 'polling', error: { code: 'not_found' } });
    expect(server.exchanges.length).toBeGreaterThan(6);
    expect(server.exchanges.length).toBeLessThan(60);
    wall.answer = null;
    await browser.advance(21_000);
    expect(shown()).toBe(1_000);
  });

  test(`B4: from 403 at the start the tab recovers by itself, on ${host}`, async () => {
    const { browser, client, shown, wall } = await openBehind(versioned, { start: false });
    wall.answer = { status: 403 };
    client.start();
    await browser.advance(60_000);
    expect(client.getState().connection).toMatchObject({ state: 'polling', error: { code: 'forbidden' } });
    wall.answer = null;
    await browser.advance(21_000);
    expect(shown()).toBe(1_000);
  });

  test(`B4: a single 401 is no sign-out, on ${host}`, async () => {
    const { browser, client, numbers, wall } = await openBehind(versioned);
    wall.answer = NOBODY;
    void client.refresh({ force: true });
    await browser.advance(11);
    wall.answer = null;
    await browser.advance(30_000);
    expect([numbers, client.getState().account]).toEqual([[], 'ada']);
  });

  for (const [what, askAgain] of [
    ['a manual refresh', ({ client }) => void client.refresh({ force: true })],
    ['a refresh that can wait', ({ client }) => void client.refresh()],
    ['a return to the tab', ({ tab }) => (tab.emit('hidden'), tab.emit('visible'))],
    ['being online again', ({ tab }) => (tab.emit('offline'), tab.emit('online'))],
    ['another display', ({ client, stop }) => (stop(), void client.start())],
    ['a new session', ({ client }) => client.setAccount('ada')],
  ] as [string, (page: Awaited<ReturnType<typeof openSignedOut>>) => void][]) {
    test(`B4: ${what} ends the signed-out state when the server knows the user again, on ${host}`, async () => {
      const page = await openSignedOut(versioned);
      const { browser, client, shown, wall, server } = page;
      wall.answer = null;
      askAgain(page);
      await browser.advance(6_000);
      expect(shown()).toBe(1_000);
      expect(client.getState().account).toBe('ada');
      expect(client.getState().connection.state).toBe(versioned ? 'streaming' : 'polling');
      server.move('ada', 5);
      await browser.advance(31_000);
      expect(shown()).toBe(1_005);
    });

    test(`B4: ${what} while nobody is signed in asks once or twice, and stays signed out, on ${host}`, async () => {
      const page = await openSignedOut(versioned);
      const { browser, client, server } = page;
      const before = server.exchanges.length;
      askAgain(page);
      await browser.advance(300_000);
      expect(server.exchanges.length - before).toBeGreaterThan(0);
      expect(server.exchanges.length - before).toBeLessThan(3);
      expect(client.getState()).toMatchObject({ account: null, connection: { state: 'signed-out' } });
    });
  }

  test(`B4: a page that said who it is of shows nobody else after a sign-out, on ${host}`, async () => {
    const world = createFollowWorld({ versioned });
    const { browser, openTab } = world;
    let session: string | null = 'ada';
    const { client, numbers, shown } = openTab(() => session);
    client.setAccount('ada');
    await browser.advance(6_000);
    session = null;
    void client.refresh({ force: true });
    await browser.advance(6_000);
    expect(client.getState().connection.state).toBe('signed-out');
    numbers.length = 0;
    session = 'bob';
    void client.refresh({ force: true });
    await browser.advance(6_000);
    expect([numbers, client.getState().connection.state]).toEqual([[], 'signed-out']);
    session = 'ada';
    void client.refresh({ force: true });
    await browser.advance(6_000);
    expect(shown()).toBe(1_000);
  });

  test(`B4: where the host has signed its user out, nothing asks until it names another, on ${host}`, async () => {
    const { browser, client, tab, server, shown } = await openBehind(versioned);
    client.setAccount(null);
    await browser.advance(100);
    const before = server.exchanges.length;
    void client.refresh({ force: true });
    tab.emit('hidden');
    tab.emit('visible');
    client.start();
    await browser.advance(60_000);
    expect(server.exchanges).toHaveLength(before);
    client.setAccount('ada');
    await browser.advance(6_000);
    expect(shown()).toBe(1_000);
  });
}

async function openSignedOut(versioned: boolean) {
  const world = await openBehind(versioned, { start: false });
  const { browser, client, wall, server } = world;
  const stop = client.start();
  await browser.advance(6_000);
  wall.answer = NOBODY;
  server.endStreams('cut');
  void client.refresh({ force: true });
  await browser.advance(6_000);
  expect(client.getState()).toMatchObject({ account: null, confirmed: null, connection: { state: 'signed-out' } });
  return { ...world, stop };
}

test('B4: a stream that is forbidden is tried again with back-off', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  let forbidden = 3;
  server.onExchange = (exchange) => {
    if (exchange.url.endsWith('/stream') && forbidden-- > 0) exchange.fate = { status: 403 };
  };
  const { client } = openTab();
  await browser.advance(20_000);
  expect(sent('/api/credits/stream')).toHaveLength(4);
  expect(client.getState()).toMatchObject({ account: 'ada', connection: { state: 'streaming', error: null } });
});

test('B5: a stream that is not found is tried again after five minutes', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  let missing = 1;
  server.onExchange = (exchange) => {
    if (exchange.url.endsWith('/stream') && missing-- > 0) exchange.fate = { status: 404 };
  };
  const { client } = openTab();
  await browser.advance(290_000);
  expect(sent('/api/credits/stream')).toHaveLength(1);
  await browser.advance(20_000);
  expect(client.getState().connection.state).toBe('streaming');
});

for (const { host, versioned } of HOSTS) {
  test.each([0, 1, 200, 3_000])(
    `B6: a display that is mounted again %i ms after its request was given up asks at once, on ${host}`,
    async (goneMs) => {
      const { browser, client, server, shown } = await openBehind(versioned, { start: false });
      server.onExchange = (exchange) => (exchange.backMs = 500);
      const stop = client.start();
      await browser.advance(100);
      const before = server.exchanges.length;
      stop();
      await browser.advance(goneMs);
      client.start();
      await browser.advance(10);
      expect(server.exchanges).toHaveLength(before + 1);
      await browser.advance(600);
      expect(shown()).toBe(1_000);
    },
  );

  test(`B6: a purchase right after such a navigation is shown as soon as it is answered, on ${host}`, async () => {
    const { browser, client, server, purchase, numbers } = await openBehind(versioned, { start: false });
    server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'GET' ? 500 : 5);
    const stop = client.start();
    await browser.advance(100);
    stop();
    await browser.advance(50);
    client.start();
    await browser.advance(600);
    void purchase(100, '&quiet');
    await browser.advance(1_200);
    expect(numbers).toEqual([1_000, 900]);
  });

  test(`B6: an answered question still starts the five seconds, on ${host}`, async () => {
    const { browser, client, server } = await openBehind(versioned, { start: false });
    const stop = client.start();
    await browser.advance(100);
    stop();
    const before = server.exchanges.filter(({ url }) => !url.endsWith('/stream')).length;
    client.start();
    await browser.advance(4_000);
    expect(server.exchanges.filter(({ url }) => !url.endsWith('/stream'))).toHaveLength(before);
  });
}

for (const [host, fate] of [
  ['answers 404', { status: 404, body: '<h1>Not found</h1>' }],
  ['sends its page to every unknown path', { status: 200, body: '<!doctype html><div id="root"></div>' }],
] as [string, Exchange['fate']][]) {
  /** A host with a ledger and no route of its own for the balance. */
  function openLedgerOnly() {
    const world = createFollowWorld({ versioned: true });
    world.server.onExchange = (exchange) => {
      if (exchange.url === '/api/user/me') exchange.fate = fate;
    };
    return world;
  }

  test(`a host without a route at balanceUrl, which ${host}, is asked at creditsUrl in the same attempt, and never again at the first`, async () => {
    const { browser, openTab, server, sent } = openLedgerOnly();
    const { client, shown } = openTab();
    await browser.advance(100);
    expect([shown(), client.getState().connection]).toEqual([1_000, { state: 'streaming', error: null }]);
    server.move('ada', 5);
    await browser.advance(100);
    void client.refresh({ force: true });
    await browser.advance(600_000);
    expect(shown()).toBe(1_005);
    expect(sent('/api/user/me')).toHaveLength(1);
  });

  test(`a visitor of a host without a route at balanceUrl, which ${host}, is signed out, not unknown`, async () => {
    const { browser, openTab } = openLedgerOnly();
    const { client } = openTab(null);
    await browser.advance(60_000);
    expect(client.getState().connection).toMatchObject({ state: 'signed-out' });
  });
}

test('a host without versions that has answered is never asked at creditsUrl', async () => {
  const { browser, client, wall, sent } = await openBehind(false);
  wall.answer = { status: 404 };
  void client.refresh({ force: true });
  await browser.advance(120_000);
  expect(sent('/api/credits')).toEqual([]);
});
