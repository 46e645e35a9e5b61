import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

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

test('A17: without Web Locks three tabs share one stream; when its holder goes, the next one takes it over', async () => {
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

test('signing out where nothing is displayed reaches the other tabs', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const shown = openTab();
  const silent = openTab('ada', { start: false });
  silent.client.setAccount('ada');
  await browser.advance(1_000);
  silent.client.setAccount(null);
  await browser.advance(5);
  expect(shown.shown()).toBeNull();
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

test('what another program publishes on the tabs’ channel is not trusted', async () => {
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

test('a holder of the stream that only seems well is checked by the others all the same', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: true });
  openTab();
  await browser.advance(1_000);
  const holderQuestions = sent('/api/user/me').length;
  openTab();
  await browser.advance(295_000);
  expect([sent('/api/user/me').length - holderQuestions, sent('/api/credits').length]).toEqual([1, 0]);
  await browser.advance(20_000);
  expect(sent('/api/credits')).toHaveLength(2);
});

test('a stream of another tab that is further than what is shown here makes this tab ask', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  server.buffering = true;
  const { shown } = openTab();
  const other = openTab('ada', { start: false });
  await browser.advance(10_000);
  server.move('ada', 5);
  const channel = other.tab.environment.channel?.('realtime-credits:/api/credits', () => undefined);
  channel?.post({ kind: 'alive', account: 'ada', epoch: 'one', version: 2 });
  await browser.advance(50);
  expect(shown()).toBe(1_005);
});

test('a tab that has locks but cannot receive from the others does not wait for a turn in silence', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const first = openTab();
  const { tab } = openTab('ada', { start: false });
  const deaf = openTab('ada', { environment: { ...tab.environment, channel: null } });
  await browser.advance(1_000);
  server.move('ada', 5);
  await browser.advance(20);
  expect([first.shown(), deaf.shown(), server.streams]).toEqual([1_005, 1_005, 2]);
});
