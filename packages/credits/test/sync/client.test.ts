import { expect, test } from 'vitest';
import { createCreditsClient } from '../../src/sync/client.ts';
import type { CreditsState } from '../../src/sync/number/view.ts';
import type { Frame } from '../../src/sync/store.ts';
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

test('atomic step: no listener ever sees the new balance together with the operation that it contains', async () => {
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

test('a closed client is silent: no request, no stream, no updates', async () => {
  const { browser, openTab, server, sent } = createFollowWorld({ versioned: true });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  client.close();
  server.move('ada', 1);
  numbers.length = 0;
  await browser.advance(600_000);
  expect(sent('/api/credits')).toEqual([]);
  expect(numbers).toEqual([]);
  expect(client.getState().stale).toBe(false); // not even the timer of its age runs on
});

test('what nobody knows does not grow old: after signing out nothing turns stale', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client } = openTab();
  await browser.advance(1_000);
  client.setAccount(null);
  await browser.advance(60_000);
  expect(client.getState()).toMatchObject({ confirmed: null, stale: false });
});

test('on a server nothing starts', async () => {
  const environment = { ...createBrowserEnvironment(), fetch: () => Promise.reject(new Error('asked')) };
  expect(environment.active).toBe(false);
  const client = createCreditsClient({ environment });
  client.start()();
  await client.refresh();
  expect(client.getState()).toMatchObject({ confirmed: null, fetching: false, connection: { state: 'idle' } });
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

test.each([0, -1, 999, Number.NaN, Number.POSITIVE_INFINITY, 86_400_001])(
  'a poll interval of %d ms is refused',
  (pollIntervalMs) => {
    expect(() => createCreditsClient({ pollIntervalMs })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  },
);

test('a host that names versions in its commands’ answers alone is followed all the same', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, fetch, shown } = openTab();
  await browser.advance(1_000);
  const done = client.mutate({
    amount: -100,
    reason: 'Server purchase',
    request: async ({ headers, signal }) => {
      await fetch('/api/spend?amount=100', { method: 'POST', headers, signal });
      return Response.json({ success: true, snapshot: server.snapshot('ada') });
    },
  });
  await browser.advance(100);
  await done;
  expect(shown()).toBe(900);
  server.move('ada', 5);
  await browser.advance(31_000);
  expect(shown()).toBe(905);
});

test('what the server rendered is accepted only when it is a snapshot', () => {
  const { openTab, server } = createFollowWorld({ versioned: true });
  const { client, shown } = openTab('ada', { start: false });
  for (const bad of [null, {}, { ...server.snapshot('ada'), version: '1' }]) {
    expect(() => client.seed(bad as never)).toThrow(expect.objectContaining({ code: 'protocol' }));
  }
  expect([shown(), client.getState().account]).toEqual([null, null]);
});

test('more undecided operations than one question may name are asked about in turn', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const { client, mutate, shown } = openTab();
  await browser.advance(6_000);
  const numbers: (number | null)[] = [];
  server.onExchange = (exchange) => {
    if (exchange.url.startsWith('/api/spend')) exchange.fate = 'lose-answer';
  };
  for (let count = 0; count < 230; count++) mutate(-1).catch(() => undefined);
  client.subscribe(() => numbers.push(shown()));
  await browser.advance(5_000);
  void client.refresh({ force: true });
  await browser.advance(5_000);
  expect([shown(), server.available('ada'), client.getState().pending]).toEqual([770, 770, []]);
  expect(new Set(numbers)).toEqual(new Set([770]));
});

test('without a route of the host’s own, the package’s server is asked first', async () => {
  const { browser, server } = createFollowWorld({ versioned: true });
  const tab = browser.openTab(server.fetchAs('ada'));
  const client = createCreditsClient({ environment: tab.environment });
  client.start();
  await browser.advance(100);
  expect(server.exchanges.map(({ url }) => url)).toEqual(['/api/credits?since=0', '/api/credits/stream']);
  expect(client.getState()).toMatchObject({ account: 'ada', connection: { state: 'streaming' } });
  client.close();
});

test('credentials, header values and an own fetch are used for every request', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const fetch = server.fetchAs('ada');
  const sent: RequestInit[] = [];
  const { client } = openTab('ada', {
    credentials: 'include',
    headers: { authorization: 'Bearer ada' },
    fetch: (url, init) => {
      sent.push(init);
      return fetch(url, init);
    },
  });
  await browser.advance(100);
  void client.refresh({ force: true });
  await browser.advance(100);
  expect(sent).toHaveLength(3);
  for (const { credentials, headers } of sent) {
    expect([credentials, new Headers(headers).get('authorization')]).toEqual(['include', 'Bearer ada']);
  }
});

test('the initial state is what a server renders, whatever has happened since', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  const states: [CreditsState, CreditsState][] = [];
  client.subscribe((state, previous) => states.push([state, previous]));
  await browser.advance(100);
  expect(client.getInitialState()).toEqual({
    account: null,
    confirmed: null,
    accrued: 0,
    pending: [],
    confirmedAt: 0,
    stale: false,
    fetching: false,
    connection: { state: 'idle', error: null },
  });
  expect(states.length).toBeGreaterThan(1);
  for (const [index, [, previous]] of states.slice(1).entries()) expect(previous).toBe(states[index]?.[0]);
});
