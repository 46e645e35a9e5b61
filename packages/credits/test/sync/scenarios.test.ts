import { expect, test } from 'vitest';
import { isCreditsError } from '../../src/contract/error.ts';
import { createFollowWorld } from '../support/follow-world.ts';

// The scenarios of the host that the design document was written for: it answers `{user: {coins}}` and nothing else.
// Where the package's server makes a difference, the same scenario runs on both.
const HOSTS = [
  { host: 'a host without versions', versioned: false },
  { host: 'a host with the package’s server', versioned: true },
];

test('D1: a second display that opens and closes leaves the header polling, 20 times in 10 minutes', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(100);
  const closeMenu = client.start();
  await browser.advance(100);
  closeMenu();
  closeMenu();
  const before = sent('/api/user/me').length;
  server.move('ada', 5);

  await browser.advance(600_000);

  expect(sent('/api/user/me').length - before).toBe(20);
  expect(shown()).toBe(1_005);
});

test('D2: a question within five seconds of a poll becomes one trailing request', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(1_000);
  server.move('ada', 5);
  let answered = 0;
  for (let call = 0; call < 3; call++) void client.refresh().then(() => (answered += 1));

  await browser.advance(3_000);
  expect(sent('/api/user/me')).toHaveLength(1);
  await browser.advance(1_500);

  expect(sent('/api/user/me')).toHaveLength(2);
  expect(answered).toBe(3);
  expect(shown()).toBe(1_005);
});

test('D2: a question during a request is asked again when that request is done', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  server.onExchange = (exchange) => (exchange.backMs = 100);
  const { client, shown } = openTab();
  await browser.advance(50);
  server.move('ada', 5);
  const asked = client.refresh({ force: true });
  await browser.advance(500);
  await asked;
  expect(sent('/api/user/me')).toHaveLength(2);
  expect(shown()).toBe(1_005);
});

for (const { host, versioned } of HOSTS) {
  test(`D3: an accepted purchase is shown at once and for good, on ${host}`, async () => {
    const { browser, openTab, sent } = createFollowWorld({ versioned });
    const { purchase, numbers } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    const done = purchase(100);
    // Sent in the same turn: no fetch of the balance comes before it.
    expect(sent('/api/spend').map(({ at }) => at)).toEqual([browser.now]);
    expect(numbers).toEqual([900]);

    await browser.advance(60_000);
    await done;
    expect(numbers).toEqual([900]);
  });

  test(`D3: a purchase whose answer says nothing of the balance is shown once, on ${host}`, async () => {
    const { browser, openTab } = createFollowWorld({ versioned });
    const { purchase, numbers, client } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    const done = purchase(100, '&quiet');
    await browser.advance(60_000);
    await done;
    expect(numbers).toEqual([900]);
    expect(client.getState().pending).toEqual([]);
  });

  test(`D4: a refused purchase of more than there is ends where it began, on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    server.move('ada', -950);
    const { purchase, numbers } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    const done = purchase(100);
    await browser.advance(1_000);
    await done;
    expect(numbers).toEqual([-50, 50]);
  });

  test(`D5: a purchase whose answer is lost is neither refunded on screen nor kept blindly, on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    const { client, numbers, fetch } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    server.onExchange = (exchange) =>
      (exchange.fate = exchange.url.startsWith('/api/spend') ? 'lose-answer' : 'deliver');
    client.open(-100, 'Server purchase');
    void fetch('/api/spend?amount=100', { method: 'POST' });
    await browser.advance(8_000);
    client.open(100, 'Purchase error');
    await browser.advance(20_000);
    expect(server.available('ada')).toBe(900);
    expect(numbers).toEqual([900]);
    expect(client.getState().pending).toEqual([]);
  });

  test(`D5: a purchase that never arrived is given back once that is verified, on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    const { client, numbers } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    const { cancels } = client.open(-100, 'Server purchase');
    expect(cancels).toBeNull();
    await browser.advance(1_000);
    expect(client.open(100, 'Purchase error').cancels).toBe(client.getState().pending[0]?.id);
    expect(server.available('ada')).toBe(1_000);
    await browser.advance(1_000);
    expect(numbers).toEqual([900, 1_000]);
  });

  test(`D5: a command whose answer is lost is verified, on ${host}`, async () => {
    const { browser, openTab, server, sent } = createFollowWorld({ versioned });
    const { mutate, numbers, client } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    let lost = 1;
    server.onExchange = (exchange) => {
      if (exchange.url.startsWith('/api/spend') && lost-- > 0) exchange.fate = 'lose-answer';
    };
    const done = mutate(-100).then(
      () => 'accepted',
      (error: unknown) => (isCreditsError(error) ? error.code : error),
    );
    await browser.advance(80_000);
    // Without keys nothing may be sent twice; with them, the second answer is the first one again.
    expect(await done).toBe(versioned ? 'accepted' : 'network');
    expect(sent('/api/spend')).toHaveLength(versioned ? 2 : 1);
    expect(server.available('ada')).toBe(900);
    expect(numbers).toEqual([900]);
    expect(client.getState().pending).toEqual([]);
  });

  test(`D6: of two purchases at once the first is refused, and the second stays deducted, on ${host}`, async () => {
    const { browser, openTab } = createFollowWorld({ versioned });
    const { purchase, numbers } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    void purchase(75, '&refuse');
    await browser.advance(3);
    void purchase(50);
    await browser.advance(30_000);
    expect(numbers[0]).toBe(925);
    expect(numbers[1]).toBe(875);
    expect(numbers.slice(2)).toEqual([950]);
  });

  test(`D6: the same with one call each, on ${host}`, async () => {
    const { browser, openTab } = createFollowWorld({ versioned });
    const { mutate, numbers } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    const first = mutate(-75, '&refuse').catch((error: unknown) => isCreditsError(error) && error.code);
    await browser.advance(3);
    const second = mutate(-50);
    await browser.advance(30_000);
    expect(await first).toBe('insufficient_credits');
    expect(await second).toMatchObject({ success: true });
    expect(numbers).toEqual([925, 875, 950]);
  });

  test(`D7: a poll asked before a purchase and answered after it never brings the old number back, on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    const { purchase, numbers, client } = openTab();
    await browser.advance(1_000);
    numbers.length = 0;
    server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'GET' ? 400 : 5);
    void client.refresh({ force: true });
    await browser.advance(20);
    void purchase(100);
    await browser.advance(30_000);
    expect(numbers).toEqual([900]);
  });
}

test('D8: one answer that never arrives costs a time-out, and polling goes on', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { shown, client } = openTab();
  await browser.advance(1_000);
  let lost = 1;
  server.onExchange = (exchange) => (exchange.fate = lost-- > 0 ? 'lose-answer' : 'deliver');
  server.move('ada', 5);
  await browser.advance(30_000);
  expect(shown()).toBe(1_000);
  await browser.advance(11_000);
  expect(shown()).toBe(1_005);
  expect(client.getState().connection).toEqual({ state: 'polling', error: null });
});

test('D9: 401 is checked once, then the client is signed out and asks no more', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: false });
  const { client } = openTab(null);
  await browser.advance(600_000);
  expect(sent('/api/user/me')).toHaveLength(2);
  expect(client.getState()).toMatchObject({
    account: null,
    confirmed: null,
    connection: { state: 'signed-out', error: { code: 'unauthenticated' } },
  });
});

test('D9: after a new sign-in it follows again', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  let session: string | null = null;
  const { client, shown } = openTab(() => session);
  await browser.advance(60_000);
  session = 'ada';
  client.setAccount('ada');
  await browser.advance(1_000);
  expect(shown()).toBe(1_000);
});

for (const { host, versioned } of HOSTS) {
  test(`D10: another user who signs in while a poll is out never sees the first one's number, on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    let session = 'ada';
    const { client, shown, numbers } = openTab(() => session);
    await browser.advance(1_000);
    server.onExchange = (exchange) => (exchange.backMs = 500);
    void client.refresh({ force: true });
    await browser.advance(100);
    session = 'bob';
    client.setAccount('bob');
    expect(shown()).toBeNull();
    await browser.advance(30_000);
    expect(numbers).toEqual([1_000, null, 7]);
  });
}

test('D10: an answer for another user ends the state of this one', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  let session = 'ada';
  const { client, numbers } = openTab(() => session);
  await browser.advance(1_000);
  session = 'bob';
  await browser.advance(60_000);
  expect(numbers).toEqual([1_000, null]);
  expect(client.getState()).toMatchObject({ account: null, connection: { state: 'signed-out' } });
  expect(server.exchanges).toHaveLength(2);
});

test('D11: while the API is down the last number stays, goes stale after 45 s, and is asked for with back-off', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => (exchange.fate = { status: 500 });
  await browser.advance(44_000);
  expect(client.getState()).toMatchObject({ stale: false, connection: { error: { code: 'internal' } } });
  await browser.advance(5_000);
  expect(client.getState().stale).toBe(true);
  expect(shown()).toBe(1_000);
  await browser.advance(120_000);
  expect(sent('/api/user/me').length).toBeGreaterThan(8);
  expect(sent('/api/user/me').length).toBeLessThan(30);
  server.onExchange = () => undefined;
  await browser.advance(20_000);
  expect(client.getState()).toMatchObject({ stale: false, connection: { state: 'polling', error: null } });
});

test('D12: an API that is down from the start is an error without a number, and recovers by itself', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  server.onExchange = (exchange) => (exchange.fate = { status: 500 });
  const { client, shown } = openTab();
  await browser.advance(5_000);
  expect(shown()).toBeNull();
  expect(client.getState().connection.error?.code).toBe('internal');
  server.onExchange = () => undefined;
  await browser.advance(20_000);
  expect(shown()).toBe(1_000);
  expect(client.getState().connection.error).toBeNull();
});

test('D13: a balance of 0 is a number like any other', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  server.move('ada', -1_000);
  const { numbers, client } = openTab();
  await browser.advance(1_000);
  server.move('ada', 3);
  void client.refresh({ force: true });
  await browser.advance(1_000);
  expect(numbers).toEqual([0, 3]);
});

for (const { host, versioned } of HOSTS) {
  test(`D14: back online, visible again, or out of the back/forward cache, the number is refreshed at once on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    const { tab, shown } = openTab();
    await browser.advance(1_000);
    for (const [leave, comeBack] of [
      ['offline', 'online'],
      ['hidden', 'visible'],
      ['pagehide', 'pageshow'],
    ] as const) {
      tab.emit(leave);
      await browser.advance(100_000);
      const asked = server.exchanges.length;
      server.move('ada', 1);
      await browser.advance(100_000);
      expect(server.exchanges).toHaveLength(asked);
      tab.emit(comeBack);
      await browser.advance(100);
      expect(shown()).toBe(server.available('ada'));
    }
  });
}

test('D15: a system clock that is set back an hour stops nothing', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { shown, client } = openTab();
  await browser.advance(1_000);
  browser.shiftWallClock(-3_600_000);
  server.move('ada', 5);
  await browser.advance(31_000);
  expect(shown()).toBe(1_005);
  expect(client.getState().stale).toBe(false);
});

test('D17: what is not a whole number is refused, and nothing changes', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client } = openTab();
  await browser.advance(1_000);
  const before = client.getState();
  for (const bad of ['50', Number.NaN, Number.POSITIVE_INFINITY, 0.1, null, 2 ** 53, -(2 ** 53)]) {
    expect(() => client.open(bad as number)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    const mutation = { amount: bad as number, reason: 'x', request: () => Promise.reject(new Error('sent')) };
    await expect(client.mutate(mutation)).rejects.toMatchObject({ code: 'invalid_request' });
  }
  for (const bad of [null, '50', Number.NaN, -1, 0.1]) {
    await expect(client.settle({ user: { coins: bad } })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(client.settle({ data: { new_balance: bad } })).rejects.toMatchObject({ code: 'invalid_request' });
  }
  await expect(client.settle({ snapshot: { version: 'x' } })).rejects.toMatchObject({ code: 'protocol' });
  expect(client.getState()).toBe(before);
});

for (const { host, versioned } of HOSTS) {
  test(`D19: a purchase in one tab is shown in the other without waiting for its poll, on ${host}`, async () => {
    const { browser, openTab } = createFollowWorld({ versioned });
    const one = openTab();
    const other = openTab();
    await browser.advance(1_000);
    void one.purchase(100);
    await browser.advance(200);
    expect(other.shown()).toBe(900);
    void other.mutate(-50);
    await browser.advance(200);
    expect(one.shown()).toBe(850);
  });
}

test('D20: a hint from the host is verified by a request of its own, at once', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(1_000);
  server.move('ada', 5);
  client.hint();
  await browser.advance(50);
  expect(sent('/api/user/me')).toHaveLength(2);
  expect(shown()).toBe(1_005);
});

for (const { host, versioned } of HOSTS) {
  test(`D21: signing out clears the number at once, in every tab, on ${host}`, async () => {
    const { browser, openTab, server } = createFollowWorld({ versioned });
    let session: string | null = 'ada';
    const tabs = [openTab(() => session), openTab(() => session), openTab(() => session)];
    const stranger = openTab('bob');
    await browser.advance(1_000);
    session = null;
    tabs[0]?.client.setAccount(null);
    expect(tabs[0]?.client.getState()).toMatchObject({ account: null, confirmed: null, pending: [] });
    await browser.advance(5);
    for (const { client, shown } of tabs) {
      expect(shown()).toBeNull();
      expect(client.getState().connection.state).toBe('signed-out');
    }
    expect(stranger.shown()).toBe(7);
    const asked = server.exchanges.filter((exchange) => exchange.session === null).length;
    await browser.advance(120_000);
    expect(server.exchanges.filter((exchange) => exchange.session === null)).toHaveLength(asked);
  });
}
