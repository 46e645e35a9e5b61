import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

const HOSTS = [
  { host: 'a host without versions', versioned: false },
  { host: 'a host with a ledger', versioned: true },
];

/** A tab whose server takes as long as it is told to answer a purchase, and whose balance route can be down. */
async function openSlowPanel(versioned: boolean) {
  const world = createFollowWorld({ versioned });
  const { browser, server, openTab } = world;
  const slow = { outMs: 5, backMs: 5, down: false };
  server.onExchange = (exchange) => {
    if (exchange.method === 'POST') Object.assign(exchange, { outMs: slow.outMs, backMs: slow.backMs });
    else if (slow.down && exchange.method === 'GET') exchange.fate = { status: 503 };
  };
  const tab = openTab();
  await browser.advance(6_000);
  tab.numbers.length = 0;
  return { ...world, ...tab, slow };
}

for (const { host, versioned } of HOSTS) {
  for (const seconds of [16, 20, 60, 290]) {
    test(`B1: a purchase refused after ${seconds} s shows nothing that the account never had, on ${host}`, async () => {
      const { browser, slow, purchase, numbers, client } = await openSlowPanel(versioned);
      slow.backMs = seconds * 1_000;
      const done = purchase(400, '&refuse');
      await browser.advance(seconds * 1_000 + 60_000);
      await done;
      expect(numbers).toEqual([600, 1_000]);
      expect(client.getState().pending).toEqual([]);
    });
  }

  test(`B1: refused late while the balance cannot be asked for, it stays as it is until it can, on ${host}`, async () => {
    const { browser, slow, purchase, numbers, server } = await openSlowPanel(versioned);
    server.endStreams('cut');
    server.buffering = true;
    slow.backMs = 20_000;
    slow.down = true;
    const done = purchase(400, '&refuse');
    await browser.advance(300_000);
    await done;
    expect(numbers).toEqual([600]);
    slow.down = false;
    await browser.advance(30_000);
    expect(numbers).toEqual([600, 1_000]);
  });

  test(`B1: refused late while the balance route fell silent in between, no bonus is shown, on ${host}`, async () => {
    const { browser, slow, purchase, numbers, server } = await openSlowPanel(versioned);
    slow.backMs = 20_000;
    const done = purchase(400, '&refuse');
    await browser.advance(17_000);
    expect(numbers).toEqual([600, 1_000]);
    slow.down = true;
    server.endStreams('cut');
    server.buffering = true;
    await browser.advance(120_000);
    await done;
    expect(numbers).toEqual([600, 1_000]);
  });

  test(`B1: a late refusal asks the server once, on ${host}`, async () => {
    const { browser, slow, purchase, sent } = await openSlowPanel(versioned);
    slow.backMs = 20_000;
    void purchase(400, '&refuse');
    await browser.advance(19_900);
    const path = versioned ? '/api/credits' : '/api/user/me';
    const before = sent(path).length;
    await browser.advance(1_000);
    expect(sent(path)).toHaveLength(before + 1);
  });

  test(`B1: a bonus of another amount is still shown at once after a spend that was never ended, on ${host}`, async () => {
    const { browser, client, numbers } = await openSlowPanel(versioned);
    client.open(-400, 'Server purchase');
    await browser.advance(20_000);
    numbers.length = 0;
    client.open(50, 'Daily bonus');
    expect(numbers).toEqual([1_050]);
  });

  test(`B1: one spend is ended once; the same amount again is a bonus, on ${host}`, async () => {
    const { browser, client, numbers } = await openSlowPanel(versioned);
    const { id } = client.open(-400, 'Server purchase');
    await browser.advance(20_000);
    numbers.length = 0;
    expect(client.open(400, 'refused').cancels).toBe(id);
    await browser.advance(1_000);
    expect(numbers).toEqual([]);
    expect(client.open(400, 'Daily bonus').cancels).toBeNull();
    expect(numbers).toEqual([1_400]);
  });

  test(`B1: an accepted purchase whose answer comes late is verified, on ${host}`, async () => {
    const { browser, slow, purchase, numbers, client } = await openSlowPanel(versioned);
    slow.outMs = 40_000;
    const done = purchase(400, '&quiet');
    await browser.advance(39_000);
    expect(numbers).toEqual([600, 1_000]);
    await browser.advance(1_500);
    await done;
    expect(numbers).toEqual([600, 1_000, 600]);
    expect(client.open(400, 'Daily bonus').cancels).toBeNull();
  });

  test(`B1: a late answer does not end the next purchase, on ${host}`, async () => {
    const { browser, slow, purchase, numbers, client } = await openSlowPanel(versioned);
    slow.backMs = 20_000;
    const first = purchase(400, '&quiet');
    await browser.advance(18_000);
    slow.outMs = 8_000;
    const second = purchase(50, '&quiet');
    await browser.advance(4_000);
    await first;
    // The second one has not arrived yet: only the first one's answer is in.
    expect(client.getState().pending).toMatchObject([{ delta: -50, state: 'open' }]);
    await browser.advance(60_000);
    await second;
    expect(numbers).toEqual([600, 550]);
  });

  test(`B1: two slow purchases, the first accepted and the second refused, end right, on ${host}`, async () => {
    const { browser, slow, purchase, numbers, shown } = await openSlowPanel(versioned);
    slow.outMs = 16_000;
    const first = purchase(400, '&quiet');
    await browser.advance(2_000);
    slow.outMs = 18_000;
    const second = purchase(50, '&refuse');
    await browser.advance(60_000);
    await Promise.all([first, second]);
    expect(Math.max(...numbers.map(Number))).toBeLessThanOrEqual(1_000);
    expect(shown()).toBe(600);
  });

  test(`B1: a handle that is told late asks, and predicts nothing, on ${host}`, async () => {
    const { browser, client, numbers, server } = await openSlowPanel(versioned);
    const handle = client.open(-400, 'Server purchase');
    await browser.advance(20_000);
    numbers.length = 0;
    server.buffering = true;
    server.move('ada', -400);
    void handle.settle({ success: true, data: { new_balance: 9_999 } });
    expect(numbers).toEqual([]);
    await browser.advance(50);
    expect(numbers).toEqual([600]);
    const other = client.open(-100, 'Server purchase');
    await browser.advance(20_000);
    numbers.length = 0;
    server.move('ada', 7);
    other.cancel();
    await browser.advance(50);
    expect(numbers).toEqual([607]);
  });

  test(`B1: what was spent is forgotten when the user signs out, on ${host}`, async () => {
    const { browser, client, numbers } = await openSlowPanel(versioned);
    client.open(-400, 'Server purchase');
    await browser.advance(20_000);
    client.setAccount(null);
    client.setAccount('ada');
    await browser.advance(1_000);
    numbers.length = 0;
    expect(client.open(400, 'Daily bonus').cancels).toBeNull();
    expect(numbers).toEqual([1_400]);
  });

  test(`B1: what was spent is forgotten after ten minutes, on ${host}`, async () => {
    const { browser, client } = await openSlowPanel(versioned);
    client.open(-400, 'Server purchase');
    await browser.advance(620_000);
    expect(client.open(400, 'Daily bonus').cancels).toBeNull();
  });

  test(`B1: only the newest hundred are remembered, on ${host}`, async () => {
    const { browser, client } = await openSlowPanel(versioned);
    for (let count = 0; count <= 100; count += 1) client.open(-(1_000 + count), 'Server purchase');
    await browser.advance(20_000);
    expect(client.open(1_000, 'the oldest').cancels).toBeNull();
    expect(client.open(1_001, 'the next').cancels).not.toBeNull();
  });

  test(`B2: charged, and the answer lost after 30 s: no refund is shown, on ${host}`, async () => {
    const { browser, client, numbers, fetch, server } = await openSlowPanel(versioned);
    server.onExchange = (exchange) => {
      if (exchange.method === 'POST') exchange.fate = 'lose-answer';
    };
    client.open(-400, 'Server purchase');
    void fetch('/api/spend?amount=400', { method: 'POST' });
    await browser.advance(30_000);
    client.open(400, 'Purchase error');
    await browser.advance(60_000);
    expect(numbers).toEqual([600]);
    expect(server.available('ada')).toBe(600);
  });

  test(`B2: the same with the id as key, on ${host}`, async () => {
    const { browser, client, numbers, fetch, server } = await openSlowPanel(versioned);
    server.onExchange = (exchange) => {
      if (exchange.method === 'POST') exchange.fate = 'lose-answer';
    };
    const { id } = client.open(-400, 'Server purchase');
    void fetch('/api/spend?amount=400', { method: 'POST', headers: { 'Idempotency-Key': id } });
    await browser.advance(30_000);
    client.open(400, 'Purchase error');
    await browser.advance(60_000);
    expect(numbers).toEqual([600]);
  });
}
