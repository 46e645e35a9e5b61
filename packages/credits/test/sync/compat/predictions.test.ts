import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

test('frozen window: while an announced purchase is open, frames are deferred and not shown', async () => {
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

test('verified prediction: an exact amount, higher or lower, is verified within the grace period', async () => {
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

test('identified operation: one whose handle was sent as key is exact as soon as a frame names it', async () => {
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

test('clean request: continuous spending lets one through after four seconds', async () => {
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

test('an answer that names its operation ends that one, not the oldest', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client } = openTab();
  await browser.advance(1_000);
  const first = client.open(-10, 'first');
  const second = client.open(-20, 'second');
  await client.settle({ success: true, snapshot: { ...server.snapshot('ada'), applied: [second.id] } });
  expect(client.getState().pending.map(({ id, state }) => [id, state])).toEqual([[first.id, 'open']]);
});

test('oldest first: of several open windows, a response settles the oldest', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client } = openTab();
  await browser.advance(1_000);
  client.open(-10, 'first');
  client.open(-20, 'second');
  void client.settle({ success: true });
  expect(client.getState().pending).toMatchObject([
    { reason: 'first', state: 'acknowledged' },
    { reason: 'second', state: 'open' },
  ]);
});

test('an answer that says no changes the number back at once, whatever its status was', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: false });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  client.open(-100, 'Server purchase');
  void client.settle({ success: false, message: 'Not today.' });
  expect([numbers, client.getState().pending]).toEqual([[900, 1_000], []]);
});

test('another user’s bare balance that nobody announced is not shown, but asked about', async () => {
  const { browser, openTab, sent } = createFollowWorld({ versioned: false });
  const { client, numbers } = openTab();
  await browser.advance(1_000);
  numbers.length = 0;
  void client.settle({ success: true, user: { id: 'bob', coins: 5 } });
  await browser.advance(50);
  expect([numbers, sent('/api/user/me').length]).toEqual([[], 2]);
});

test('what was cancelled is verified', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(1_000);
  const operation = client.open(-100, 'Server purchase');
  server.move('ada', -100); // it took effect all the same
  operation.cancel();
  expect(shown()).toBe(1_000);
  await browser.advance(50);
  expect(shown()).toBe(900);
});

test('an answer that comes after the user has changed settles nothing of the next one', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client, shown } = openTab(() => client.getState().account ?? 'ada');
  await browser.advance(1_000);
  client.open(-100, 'Ada buys');
  client.setAccount('bob');
  await browser.advance(1_000);
  client.open(-5, 'Bob buys');
  void client.settle({ success: true });
  await browser.advance(500);
  expect([shown(), client.getState().pending]).toMatchObject([2, [{ reason: 'Bob buys', state: 'open' }]]);
});

test('of two purchases that one answer settled, the other one taken back after a sign-out is no bonus', async () => {
  const { browser, openTab } = createFollowWorld({ versioned: true });
  const { client, shown, numbers } = openTab();
  await browser.advance(1_000);
  client.open(-100, 'refused, its answer lost');
  client.open(-50, 'accepted');
  // Nothing tells which of them is meant: the oldest is taken.
  void client.settle({ success: true });
  client.setAccount(null);
  client.setAccount('ada');
  await browser.advance(1_000);
  numbers.length = 0;
  client.open(100, 'taken back');
  await browser.advance(5_000);
  expect([shown(), numbers]).toEqual([1_000, []]);
});

test('a purchase that was settled in the place of another, and is taken back when both are gone, is no bonus', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: true });
  const { client, shown, numbers } = openTab();
  await browser.advance(1_000);
  client.open(-100, 'its answer never comes');
  const accepted = client.open(-50, 'accepted');
  server.move('ada', -50);
  void client.settle({ success: true }); // the second one's; it ends the oldest
  await browser.advance(500);
  accepted.cancel();
  await browser.advance(1_000);
  expect([shown(), client.getState().pending]).toEqual([950, []]);
  numbers.length = 0;
  client.open(100, 'taken back');
  await browser.advance(5_000);
  expect([shown(), numbers]).toEqual([950, []]);
});

test('a response that names no purchase may be any of several: the one taken for ended and refused later is no bonus', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, shown, numbers } = openTab();
  await browser.advance(1_000);
  client.open(-100, 'its response never comes');
  await browser.advance(5_000);
  client.open(-60, 'slow and accepted');
  await browser.advance(12_000); // the first one's window has ended
  server.move('ada', -60);
  client.open(-30, 'slow and refused');
  void client.settle({ success: true });
  await browser.advance(20_000); // every window has ended
  void client.settle({ success: true });
  await browser.advance(1_000);
  expect([shown(), client.getState().pending]).toEqual([940, []]);
  numbers.length = 0;
  client.open(30, 'taken back');
  await browser.advance(5_000);
  expect([shown(), numbers]).toEqual([940, []]);
});

test('a response does not end a purchase while it may be that of an earlier one', async () => {
  const { browser, openTab, server } = createFollowWorld({ versioned: false });
  const { client, shown } = openTab();
  await browser.advance(1_000);
  client.open(-100, 'accepted late');
  await browser.advance(5_000);
  client.open(-60, 'accepted later');
  await browser.advance(11_000);
  server.move('ada', -100);
  void client.settle({ success: true });
  await browser.advance(6_000);
  client.open(-30, 'still under way');
  server.move('ada', -60);
  void client.settle({ success: true }); // the second one's
  await browser.advance(1_000);
  expect(client.getState().pending).toMatchObject([{ delta: -30, state: 'open' }]);
  expect(shown()).toBe(870); // nothing is applied while a window is open
});
