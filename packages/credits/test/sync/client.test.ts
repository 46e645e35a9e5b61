import { expect, test } from 'vitest';
import { createCreditsClient, type CreditsState, type Frame } from '../../src/sync/client.ts';
import { createBrowserEnvironment } from '../../src/sync/environment.ts';
import { createFollowWorld } from '../support/follow-world.ts';

test('the first question goes to the host’s own route, and a snapshot in its answer opens the stream', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  expect(client.getState().connection.state).toBe('connecting');
  await browser.advance(100);
  expect(server.exchanges.map(({ url }) => url)).toEqual(['/api/user/me', '/api/credits/stream']);
  expect(server.exchanges[1]?.headers.get('last-event-id')).toBe('one.1');
  expect(client.getState()).toMatchObject({
    account: 'ada',
    confirmed: { balance: { posted: 1_000, held: 0, available: 1_000 }, version: 1, epoch: 'one' },
    connection: { state: 'streaming', error: null },
    fetching: false,
    stale: false,
  });
});

test('a server-rendered snapshot is shown before anything was asked', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, shown } = openTab('ada', { start: false });
  client.seed(server.snapshot('ada'));
  expect(shown()).toBe(1_000);
  expect(client.getState().account).toBe('ada');
  client.start();
  await browser.advance(100);
  expect(client.getState().connection.state).toBe('streaming');
  expect(sent('/api/user/me')).toEqual([]);
});

test('a change by others is shown within milliseconds over the stream', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { shown } = openTab();
  await browser.advance(100);
  server.move('ada', 25);
  await browser.advance(10);
  expect(shown()).toBe(1_025);
});

test('no listener ever sees the new balance together with the operation that it contains (S4)', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client, mutate, shown } = openTab();
  await browser.advance(100);
  const seen: CreditsState[] = [];
  client.subscribe((state) => seen.push(state));
  const done = mutate(-100);
  await browser.advance(100);
  await done;
  for (const { confirmed, pending } of seen) {
    expect([confirmed?.balance.available, pending.length]).toEqual(confirmed?.version === 1 ? [1_000, 1] : [900, 0]);
  }
  expect(shown()).toBe(900);
});

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

test('a stream that says signed-out clears every tab at once', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const tabs = [openTab(), openTab()];
  await browser.advance(1_000);
  server.endStreams('signed-out');
  await browser.advance(20);
  for (const { client, shown } of tabs) {
    expect(shown()).toBeNull();
    expect(client.getState().connection.state).toBe('signed-out');
  }
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

test('three tabs share one stream; when its holder goes, the next one takes it over', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const tabs = [openTab(), openTab(), openTab()];
  await browser.advance(1_000);
  expect(server.streams).toBe(1);
  server.move('ada', 1);
  await browser.advance(20);
  expect(tabs.map(({ shown }) => shown())).toEqual([1_001, 1_001, 1_001]);
  await browser.advance(120_000);
  expect(tabs.map(({ client }) => client.getState().connection.state)).toEqual(['streaming', 'following', 'following']);
  expect(sent('/api/credits')).toEqual([]);

  tabs[0]?.tab.emit('pagehide');
  await browser.advance(50);
  server.move('ada', 1);
  await browser.advance(50);
  expect(tabs[1]?.client.getState().connection.state).toBe('streaming');
  expect(tabs.slice(1).map(({ shown }) => shown())).toEqual([1_002, 1_002]);
});

test('a frozen holder of the stream costs the others at most one poll', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const holder = openTab();
  const follower = openTab();
  await browser.advance(1_000);
  holder.tab.frozen = true;
  server.move('ada', 1);
  await browser.advance(27_000);
  expect(follower.shown()).toBe(1_000);
  await browser.advance(6_100);
  expect(follower.client.getState()).toMatchObject({ stale: false, connection: { state: 'polling' } });
  expect(follower.shown()).toBe(1_001);
  holder.tab.frozen = false;
  await browser.advance(1_000);
  expect(holder.shown()).toBe(1_001);
});

test('tabs that cannot talk to each other stream by themselves', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const tabs = [openTab('ada', { tabs: false }), openTab('ada', { tabs: false })];
  await browser.advance(1_000);
  server.move('ada', 1);
  await browser.advance(20);
  expect(tabs.map(({ shown }) => shown())).toEqual([1_001, 1_001]);
});

test('tabs of different users never mix', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const ada = openTab('ada');
  const bob = openTab('bob');
  await browser.advance(1_000);
  const done = ada.mutate(-100);
  await browser.advance(60_000);
  await done;
  expect([ada.shown(), bob.shown()]).toEqual([900, 7]);
  expect(bob.numbers).toEqual([7]);
});

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
  expect(sent('/api/credits/settle')).toHaveLength(1);
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

test('refused at the door on a second attempt says nothing about the first', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { mutate, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  let attempt = 0;
  server.onExchange = (exchange) => {
    if (!exchange.url.startsWith('/api/spend')) return;
    attempt += 1;
    if (attempt === 1) exchange.fate = 'lose-answer';
    if (attempt === 2) exchange.fate = { status: 429 };
  };
  const done = mutate(-100);
  await browser.advance(60_000);
  expect(await done).toMatchObject({ success: true });
  expect(numbers).toEqual([900]);
});

test('while an announced purchase is open, frames are remembered and not shown (4a.1)', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, fetch, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'POST' ? 900 : 5);
  client.open(-100, 'Server purchase');
  const answer = fetch('/api/spend?amount=100', { method: 'POST' });
  await browser.advance(500);
  // The frame with the purchase has come long before its answer.
  expect(client.getState().confirmed?.version).toBe(1);
  await browser.advance(1_000);
  await client.settle(await (await answer).json());
  expect(client.getState()).toMatchObject({ confirmed: { version: 2 }, pending: [] });
  expect(numbers).toEqual([900]);
});

test('a purchase whose end is never told is verified after 15 s', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, fetch, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  client.open(-100, 'Server purchase');
  void fetch('/api/spend?amount=100', { method: 'POST' });
  server.move('ada', 1);
  await browser.advance(14_000);
  expect(client.getState().pending).toHaveLength(1);
  await browser.advance(2_000);
  expect(numbers).toEqual([900, 901]);
  expect(client.getState().pending).toEqual([]);
});

test('a bonus that is in the balance already is shown twice for no longer than the grace', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  server.move('ada', 50);
  await browser.advance(1_000);
  numbers.length = 0;
  client.open(50, 'Daily bonus');
  await browser.advance(2_100);
  expect(numbers).toEqual([1_100, 1_050]);
});

test('an exact amount, higher or lower, is a prediction that is verified within the grace (4a.3)', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  for (const exact of [1_234, 0]) {
    numbers.length = 0;
    client.predict(exact, 'Set');
    expect(numbers).toEqual([exact]);
    await browser.advance(2_100);
    expect(numbers).toEqual([exact, 1_000]);
  }
  expect(client.predict(1_000)).toBeNull();
});

test('an exact amount takes no purchase back, even when it is higher by just as much', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  await browser.advance(1_000);
  client.open(-100, 'Server purchase');
  expect(client.predict(1_000, 'Admin adjustment')?.cancels).toBeNull();
  expect(client.getState().pending.map(({ delta }) => delta)).toEqual([-100, 100]);
});

test('a handle ends its own operation, not the oldest', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client } = openTab();
  await browser.advance(1_000);
  const first = client.open(-10, 'first');
  const second = client.open(-20, 'second');
  second.cancel();
  expect(client.getState().pending.map(({ id }) => id)).toEqual([first.id]);
  first.cancel();
  first.cancel();
  expect(client.getState().pending).toEqual([]);
});

test('an operation whose handle was sent as key is exact as soon as a frame names it (4a.4)', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client, fetch, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  const { id } = client.open(-100, 'Server purchase');
  void fetch('/api/spend?amount=100', { method: 'POST', headers: { 'Idempotency-Key': id } });
  await browser.advance(100);
  expect(client.getState()).toMatchObject({ confirmed: { version: 2 }, pending: [] });
  expect(numbers).toEqual([900]);
});

test('an answer’s bare balance that nobody announced is shown at once and verified', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  server.move('ada', 50);
  const verified = client.settle({ success: true, data: { coins_awarded: 50, new_balance: 1_050 } });
  await browser.advance(1);
  expect(numbers).toEqual([1_050]);
  await browser.advance(50);
  await verified;
  expect(numbers).toEqual([1_050]);
  expect(client.getState().pending).toEqual([]);
});

test('continuous spending lets one clean question through after four seconds (4.4)', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  server.onExchange = (exchange) => (exchange.backMs = exchange.method === 'POST' ? 700 : 5);
  const { mutate, client } = openTab();
  await browser.advance(1_000);
  const before = client.getState().confirmedAt;
  for (let round = 0; round < 30; round++) {
    void mutate(-1, '&quiet');
    await browser.advance(300);
  }
  expect(client.getState().confirmedAt).toBeGreaterThan(before);
  await browser.advance(20_000);
  expect(client.getState()).toMatchObject({ confirmed: { balance: { available: 970 } }, pending: [] });
});

test('frames can be watched as they arrive', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  const frames: Frame[] = [];
  const stop = client.onFrame((frame) => frames.push(frame));
  await browser.advance(1_000);
  server.move('ada', 1);
  await browser.advance(20);
  expect(frames.map(({ via, accepted, snapshot }) => [via, accepted, snapshot?.version])).toEqual([
    ['fetch', true, 1],
    ['stream', false, 1],
    ['stream', true, 2],
  ]);
  stop();
});

test('the host’s identity headers go with every request', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab('ada', { headers: () => ({ 'x-user-data': 'ada' }) });
  await browser.advance(1_000);
  void client.refresh({ force: true });
  await browser.advance(100);
  expect(server.exchanges.map(({ headers }) => headers.get('x-user-data'))).toEqual(['ada', 'ada', 'ada']);
});

test('a closed client is silent: no request, no stream, no news', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  client.close();
  server.move('ada', 1);
  numbers.length = 0;
  await browser.advance(600_000);
  expect(sent('/api/credits')).toEqual([]);
  expect(numbers).toEqual([]);
});

test('on a server nothing starts', async () => {
  const environment = { ...createBrowserEnvironment(), fetch: () => Promise.reject(new Error('asked')) };
  expect(environment.active).toBe(false);
  const client = createCreditsClient({ environment });
  client.start()();
  await client.refresh();
  expect(client.getState()).toMatchObject({ confirmed: null, fetching: false, connection: { state: 'idle' } });
});

test('a heartbeat does not make a number look fresh that it is not about (S10)', async () => {
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

test('signing out where nothing is displayed is heard of in the other tabs', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const shown = openTab();
  const silent = openTab('ada', { start: false });
  silent.client.setAccount('ada');
  await browser.advance(1_000);
  silent.client.setAccount(null);
  await browser.advance(5);
  expect(shown.shown()).toBeNull();
});

test('a last display that goes while a question is out leaves no error behind', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab('ada', { start: false });
  const stop = client.start();
  await browser.advance(2);
  stop();
  await browser.advance(100);
  expect(client.getState()).toMatchObject({ fetching: false, connection: { state: 'idle', error: null } });
  client.start();
  await browser.advance(6_000);
  expect(shown()).toBe(1_000);
});

test('a page that comes back asks for the balance first, and opens its stream then', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { tab, client } = openTab();
  await browser.advance(1_000);
  tab.emit('pagehide');
  await browser.advance(1_000);
  const before = server.exchanges.length;
  tab.emit('pageshow');
  await browser.advance(1_000);
  expect(server.exchanges.slice(before).map(({ url }) => url)).toEqual(['/api/credits?since=1', '/api/credits/stream']);
  expect(client.getState().connection.state).toBe('streaming');
});

test('a question of the last user that is never answered does not hold up the next one', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  let session = 'ada';
  const { client, shown } = openTab(() => session);
  server.onExchange = (exchange) => (exchange.fate = exchange.session === 'ada' ? 'lose-answer' : 'deliver');
  await browser.advance(100);
  session = 'bob';
  client.setAccount('bob');
  await browser.advance(100);
  expect(shown()).toBe(7);
});

test('a tab that holds its own number still passes on what the others may show', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const holder = openTab();
  const follower = openTab();
  await browser.advance(1_000);
  holder.client.open(-10, 'held still');
  server.move('ada', 5);
  await browser.advance(20);
  expect([holder.shown(), follower.shown()]).toEqual([990, 1_005]);
});

test('without any stream, what one tab bought is shown in the others when it is answered', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const one = openTab();
  const other = openTab();
  await browser.advance(10_000);
  const done = one.mutate(-100);
  await browser.advance(20);
  await done;
  expect(other.shown()).toBe(900);
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

test('an answer that names its operation ends that one, not the oldest', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  await browser.advance(1_000);
  const first = client.open(-10, 'first');
  const second = client.open(-20, 'second');
  await client.settle({ success: true, snapshot: { ...server.snapshot('ada'), applied: [second.id] } });
  expect(client.getState().pending.map(({ id, state }) => [id, state])).toEqual([[first.id, 'open']]);
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

test('what another program says on the tabs’ channel is not believed', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { shown, numbers } = openTab();
  const other = openTab('ada', { start: false });
  await browser.advance(1_000);
  const channel = other.tab.environment.channel?.('realtime-credits:/api/credits', () => undefined);
  for (const message of [null, 'x', { account: 5 }, { kind: 'frame', account: 'ada', snapshot: { version: 99 } }]) {
    channel?.post(message);
  }
  await browser.advance(100);
  expect([shown(), numbers]).toEqual([1_000, [1_000]]);
});
