import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

test('a heartbeat keeps the number fresh; silence makes it stale after 45 s and ends the connection after 40 s', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  await browser.advance(300_000);
  expect(client.getState().stale).toBe(false);
  expect(sent('/api/credits/stream')).toHaveLength(1);

  server.buffering = true;
  server.onExchange = (exchange) => (exchange.fate = 'lose-request');
  await browser.advance(41_000);
  expect(sent('/api/credits/stream').length).toBeGreaterThan(1);
  await browser.advance(20_000);
  expect(client.getState().stale).toBe(true);
});

test('a stream without a first frame in 5 s gives way to polling, and is tried again after 5 minutes', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const { client, shown } = openTab();
  await browser.advance(10_000);
  expect(client.getState().connection.state).toBe('polling');
  server.move('ada', 5);
  await browser.advance(35_000);
  expect(shown()).toBe(1_005);
  expect(sent('/api/credits/stream')).toHaveLength(1);
  server.buffering = false;
  await browser.advance(300_000);
  expect(sent('/api/credits/stream')).toHaveLength(2);
  expect(client.getState().connection.state).toBe('streaming');
});

test('three connections that are cut within a second give way to polling', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.onExchange = (exchange) => {
    if (exchange.url.endsWith('/stream')) browser.setTimer(() => server.endStreams('cut'), 200);
  };
  const { client } = openTab();
  await browser.advance(60_000);
  expect(sent('/api/credits/stream')).toHaveLength(3);
  expect(client.getState().connection.state).toBe('polling');
});

test('a server that restarts is found again by back-off, and Retry-After is a floor', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => (exchange.fate = { status: 503, headers: { 'retry-after': '7' } });
  server.endStreams('cut');
  await browser.advance(1_000);
  const failedAt = sent('/api/credits/stream').at(-1)?.at ?? 0;
  server.onExchange = () => undefined;
  await browser.advance(30_000);
  expect(sent('/api/credits/stream').at(-1)?.at).toBeGreaterThanOrEqual(failedAt + 7_000);
  expect(client.getState().connection.state).toBe('streaming');
});

test('a goodbye is followed by a new connection when the server said so', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  openTab();
  await browser.advance(2_000);
  const saidAt = browser.now;
  server.endStreams('goodbye');
  await browser.advance(3_000);
  expect((sent('/api/credits/stream').at(-1)?.at ?? 0) - saidAt).toBeGreaterThanOrEqual(1_000);
  expect(server.streams).toBe(1);
});

test('a host without a stream is polled, and its 404 is asked once', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.onExchange = (exchange) => {
    if (exchange.url.endsWith('/stream')) exchange.fate = { status: 404 };
  };
  const { client } = openTab();
  await browser.advance(200_000);
  expect(sent('/api/credits/stream')).toHaveLength(1);
  expect(client.getState()).toMatchObject({ stale: false, connection: { state: 'polling' } });
});

test('an answer that forbids for good stops the polling and says so, until someone asks', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => (exchange.fate = { status: 410 });
  await browser.advance(31_000);
  const asked = server.exchanges.length;
  await browser.advance(300_000);
  expect(server.exchanges).toHaveLength(asked);
  expect(client.getState()).toMatchObject({
    stale: true,
    connection: { state: 'stopped', error: { code: 'invalid_request' } },
  });
  server.onExchange = () => undefined;
  await Promise.all([client.refresh({ force: true }), browser.advance(100)]);
  expect(shown()).toBe(1_000);
  expect(client.getState().connection.state).toBe('polling');
});

test('a hidden page keeps its stream for a minute, then closes it, and does not poll', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { tab, client } = openTab();
  await browser.advance(1_000);
  tab.emit('hidden');
  await browser.advance(59_000);
  expect(client.getState().connection.state).toBe('streaming');
  await browser.advance(2_000);
  expect(client.getState().connection.state).not.toBe('streaming');
  const asked = server.exchanges.length;
  await browser.advance(600_000);
  expect(server.exchanges).toHaveLength(asked);
});

test('honest freshness: a heartbeat of another version does not make a number look fresh', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  await browser.advance(1_000);
  client.open(-1, 'held still');
  server.move('ada', 5);
  for (let second = 0; second < 46; second += 10) {
    await browser.advance(10_000);
    client.open(-1, 'held still');
  }
  expect(client.getState()).toMatchObject({
    confirmed: { version: 1 },
    stale: true,
    connection: { state: 'streaming' },
  });
});

test('a page that comes back asks for the balance first, and opens its stream then', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { tab, client } = openTab();
  await browser.advance(1_000);
  tab.emit('pagehide');
  await browser.advance(1_000);
  const before = server.exchanges.length;
  server.onExchange = (exchange) => (exchange.backMs = 200);
  tab.emit('pageshow');
  await browser.advance(1_000);
  const [question, stream] = server.exchanges.slice(before);
  expect([question?.url, stream?.url]).toEqual(['/api/credits?since=1', '/api/credits/stream']);
  expect((stream?.at ?? 0) - (question?.at ?? 0)).toBeGreaterThanOrEqual(200);
  expect(client.getState().connection.state).toBe('streaming');
});

test('after a stream that worked, the next one is tried soon again', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  openTab();
  await browser.advance(1_000);
  server.onExchange = (exchange) => (exchange.fate = { status: 503 });
  server.endStreams('cut');
  await browser.advance(60_000);
  server.onExchange = () => undefined;
  await browser.advance(30_000);
  expect(server.streams).toBe(1);
  const before = sent('/api/credits/stream').length;
  server.endStreams('cut');
  await browser.advance(300);
  expect(sent('/api/credits/stream')).toHaveLength(before + 1);
});

test('a machine that slept while its clock stood still shows no old number as fresh, and asks', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, shown } = openTab();
  await browser.advance(6_000);
  server.buffering = true;
  server.move('ada', 5); // what its dead connection never brought
  browser.shiftWallClock(8 * 3_600_000);
  server.onExchange = (exchange) => (exchange.backMs = 300);
  const wokeAt = browser.now;
  while (!client.getState().stale) await browser.advance(100);
  expect(browser.now - wokeAt).toBeLessThanOrEqual(15_100);
  expect(shown()).toBe(1_000);
  await browser.advance(400);
  expect([shown(), client.getState().stale]).toEqual([1_005, false]);
});

test('a hidden page that slept says so, and asks when somebody looks', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { tab, client } = openTab();
  await browser.advance(6_000);
  tab.emit('hidden');
  const asked = server.exchanges.length;
  browser.shiftWallClock(3_600_000);
  await browser.advance(16_000);
  expect([server.exchanges.length, client.getState().stale]).toEqual([asked, true]);
  tab.emit('visible');
  await browser.advance(100);
  expect(client.getState().stale).toBe(false);
});

test('a stream that is refused with 401 makes the client ask at once, and poll where it may', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.onExchange = (exchange) => {
    if (exchange.url.endsWith('/stream')) exchange.fate = { status: 401 };
  };
  const { client, shown } = openTab();
  await browser.advance(1_000);
  expect(sent('/api/credits')).toHaveLength(1);
  server.move('ada', 5);
  await browser.advance(35_000);
  expect(sent('/api/credits/stream')).toHaveLength(1);
  expect([shown(), client.getState().connection]).toEqual([1_005, { state: 'polling', error: null }]);
});

test('what an answer does not settle is requested again: at once, then with back-off', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const { client, mutate, shown } = openTab();
  await browser.advance(10_000);
  server.move('ada', 5);
  let incomplete = 2;
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.outMs = 5_000;
    if (exchange.method !== 'GET' || incomplete-- <= 0) return;
    // Too much has happened for its list of operations to be whole, and one was opened while it was on its way.
    exchange.fate = { status: 200, body: server.snapshot('ada') };
    exchange.backMs = 50;
    browser.setTimer(() => void mutate(-100), 20);
  };
  void client.refresh({ force: true });
  await browser.advance(150);
  expect([sent('/api/credits').length, client.getState().confirmed?.version]).toEqual([2, 1]);
  await browser.advance(1_000);
  expect([sent('/api/credits').length, client.getState().confirmed?.version]).toEqual([3, 2]);
  await browser.advance(10_000);
  expect([shown(), client.getState().pending]).toEqual([805, []]);
});

test('while an operation waits to be verified, a question that failed is asked again even on a hidden page', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { tab, client, shown } = openTab();
  await browser.advance(1_000);
  tab.emit('hidden');
  client.open(-100, 'Server purchase');
  let failures = 3;
  server.onExchange = (exchange) => {
    if (failures-- > 0) exchange.fate = { status: 500 };
  };
  void client.settle({ success: true });
  await browser.advance(20_000);
  expect([shown(), client.getState().pending]).toEqual([1_000, []]);
});

test('while the stream is ahead of the number shown, each heartbeat asks', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, shown } = openTab();
  await browser.advance(5_000);
  client.open(-100, 'Announced, and never finished');
  server.move('ada', 5);
  await browser.advance(5_000);
  const before = sent('/api/credits').length;
  expect(shown()).toBe(900);
  await browser.advance(7_000);
  expect(sent('/api/credits')).toHaveLength(before + 1);
});
