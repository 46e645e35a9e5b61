import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

test('a page that loads asks once: showing itself is no coming back', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { tab } = openTab();
  tab.emit('pageshow');
  await browser.advance(1_000);
  tab.emit('pageshow');
  await browser.advance(1_000);
  expect(server.exchanges.map(({ url }) => url)).toEqual(['/api/user/me', '/api/credits/stream']);
});

test('a tab that was opened in the background knows its number, and closes its stream after a minute', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { tab, client, shown } = openTab('ada', { start: false });
  tab.emit('hidden');
  client.start();
  await browser.advance(59_000);
  expect([shown(), server.exchanges.length]).toEqual([1_000, 2]);
  expect(client.getState().connection.state).toBe('streaming');
  await browser.advance(2_000);
  expect(client.getState().connection.state).toBe('polling');
  server.move('ada', 5);
  await browser.advance(600_000);
  expect(server.exchanges).toHaveLength(2);
  tab.emit('visible');
  await browser.advance(100);
  expect([shown(), client.getState().connection.state]).toEqual([1_005, 'streaming']);
});

test('a page that is looked at again within the minute keeps its stream', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: true });
  const { tab, client } = openTab();
  await browser.advance(1_000);
  for (let look = 0; look < 3; look++) {
    tab.emit('hidden');
    await browser.advance(40_000);
    tab.emit('visible');
    await browser.advance(40_000);
  }
  expect(sent('/api/credits/stream')).toHaveLength(1);
  expect(client.getState().connection.state).toBe('streaming');
});

test('what says twice that it is hidden is hidden once', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: true });
  const { tab, client } = openTab();
  await browser.advance(1_000);
  tab.emit('hidden');
  tab.emit('hidden');
  await browser.advance(1_000);
  tab.emit('visible');
  await browser.advance(120_000);
  expect(sent('/api/credits/stream')).toHaveLength(1);
  expect(client.getState().connection.state).toBe('streaming');
});

test('a page in the back/forward cache holds nothing that keeps it out: no stream, no channel, no timer of its own', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { tab, client } = openTab('ada', { start: false });
  let channels = 0;
  const { channel } = tab.environment;
  const environment = {
    ...tab.environment,
    channel: (name: string, onMessage: (message: unknown) => void) => {
      const joined = channel?.(name, onMessage);
      channels += 1;
      return {
        post: (message: unknown) => joined?.post(message),
        close: () => {
          joined?.close();
          channels -= 1;
        },
      };
    },
  };
  client.close();
  const watched = openTab('ada', { environment });
  await browser.advance(1_000);
  expect([channels, server.streams]).toEqual([1, 1]);
  tab.emit('pagehide');
  await browser.advance(10);
  expect(channels).toBe(0);
  const asked = server.exchanges.length;
  await browser.advance(600_000);
  expect(server.exchanges).toHaveLength(asked);
  tab.emit('pageshow');
  await browser.advance(1_000);
  expect(channels).toBe(1);
  expect(watched.client.getState().connection.state).toBe('streaming');
});

test('a page that leaves aborts its pending request, and sends another one when it is back', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: false });
  const { tab } = openTab('ada', { start: false });
  const signals: (AbortSignal | null | undefined)[] = [];
  const fetch: typeof tab.environment.fetch = (url, init) => {
    signals.push(init.signal);
    return tab.environment.fetch(url, init);
  };
  const { client, shown } = openTab('ada', { environment: { ...tab.environment, fetch } });
  await browser.advance(2);
  tab.emit('pagehide');
  await browser.advance(1);
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  await browser.advance(100_000);
  expect([sent('/api/user/me').length, shown(), client.getState().fetching]).toEqual([1, null, false]);
  tab.emit('pageshow');
  await browser.advance(100);
  expect([sent('/api/user/me').length, shown()]).toEqual([2, 1_000]);
});
