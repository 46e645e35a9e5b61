import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

const UNREADABLE = [null, undefined, '', 'many', '9007199254740993', 9_007_199_254_740_992, true, {}, []];

/** A tab of a host without versions whose balance is whatever `host.coins` says, and what its developer was told. */
function openPanel(coins: unknown) {
  const world = createFollowWorld({ versioned: false });
  const host = { coins };
  world.server.onExchange = (exchange) => {
    if (exchange.method !== 'GET') return;
    exchange.fate = { status: 200, body: { success: true, user: { id: 'ada', coins: host.coins } } };
  };
  const warnings: string[] = [];
  const tab = world.openTab('ada', { onWarning: (message) => warnings.push(message) });
  return { ...world, ...tab, host, warnings };
}

test.each([
  [1_000.75, 1_000],
  [0.9, 0],
  [-0.5, 0],
  [-3, 0],
  [-1e300, 0],
  ['1000', 1_000],
  ['1000.50', 1_000],
  [' 12 ', 12],
  ['-4.5', 0],
])('B3: %j credits are shown as %i, polled as usual, and the developer is told once', async (coins, whole) => {
  const { browser, numbers, client, warnings, sent } = openPanel(coins);
  await browser.advance(301_000);
  expect(numbers).toEqual([whole]);
  expect(client.getState()).toMatchObject({ stale: false, connection: { state: 'polling', error: null } });
  expect(sent('/api/user/me')).toHaveLength(11);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('user.coins must be a whole number');
});

test.each(UNREADABLE)('B3: %j is no balance: polled as usual, and the developer is told once', async (coins) => {
  const { browser, numbers, client, warnings, sent, host, shown } = openPanel(coins);
  await browser.advance(301_000);
  expect(numbers).toEqual([]);
  expect(client.getState().connection).toMatchObject({ state: 'polling', error: { code: 'protocol' } });
  expect(sent('/api/user/me')).toHaveLength(11);
  expect(warnings).toHaveLength(1);
  host.coins = 7;
  await browser.advance(30_000);
  expect([shown(), client.getState().connection.error]).toEqual([7, null]);
});

test.each(UNREADABLE)('B3: %j keeps the last known balance, which grows stale', async (coins) => {
  const { browser, numbers, client, host, sent } = openPanel(1_000);
  await browser.advance(1_000);
  host.coins = coins;
  await browser.advance(300_000);
  expect(numbers).toEqual([1_000]);
  expect(client.getState()).toMatchObject({ stale: true, connection: { state: 'polling' } });
  expect(sent('/api/user/me')).toHaveLength(11);
});

test('B3: an operation that waits for a balance costs no more questions where there is none', async () => {
  const { browser, client, host, sent, shown } = openPanel(1_000);
  await browser.advance(6_000);
  host.coins = null;
  client.open(-100, 'Server purchase');
  void client.settle({ success: true });
  await browser.advance(300_000);
  expect(sent('/api/user/me').length).toBeLessThanOrEqual(13);
  host.coins = 900;
  await browser.advance(30_000);
  expect([shown(), client.getState().pending]).toEqual([900, []]);
});

test('B3: a fraction in the answer of a command counts as its whole part, and is no error', async () => {
  const { browser, client, host, numbers, warnings, sent } = openPanel(1_000.5);
  await browser.advance(6_000);
  numbers.length = 0;
  const before = sent('/api/user/me').length;
  const done = client.mutate({
    amount: -100,
    reason: 'Server purchase',
    request: () => {
      host.coins = 900.5;
      return Promise.resolve(Response.json({ success: true, data: { new_balance: '900.50' } }));
    },
  });
  await browser.advance(1_000);
  await done;
  expect(numbers).toEqual([900]);
  expect(client.getState()).toMatchObject({ pending: [], connection: { error: null } });
  expect(sent('/api/user/me').length).toBeLessThanOrEqual(before + 1);
  expect(warnings).toHaveLength(1);
});

test('B3: a page in place of a balance is still asked for again soon', async () => {
  const { browser, server, openTab, sent } = createFollowWorld({ versioned: false });
  server.onExchange = (exchange) => (exchange.fate = { status: 200, body: '<html>Maintenance</html>' });
  openTab();
  await browser.advance(20_000);
  expect(sent('/api/user/me').length).toBeGreaterThan(3);
});
