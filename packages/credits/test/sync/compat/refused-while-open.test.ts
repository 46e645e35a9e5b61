import { expect, test } from 'vitest';
import { createFollowWorld } from '../../support/follow-world.ts';

const HOSTS = [
  { host: 'a host without versions', versioned: false },
  { host: 'a host with a ledger', versioned: true },
];

/** A tab in which a purchase of 50 is open whose answer takes ten seconds; it is charged at once, or when it is answered. */
async function openBesideSlowOne(versioned: boolean, chargedAt: 'once' | 'the end') {
  const world = createFollowWorld({ versioned });
  const { browser, server, openTab } = world;
  server.onExchange = (exchange) => {
    if (!exchange.url.endsWith('amount=50')) return;
    Object.assign(exchange, chargedAt === 'once' ? { backMs: 10_000 } : { outMs: 10_000 });
  };
  const tab = openTab();
  await browser.advance(6_000);
  tab.numbers.length = 0;
  const slow = tab.purchase(50);
  await browser.advance(100);
  return { ...world, ...tab, slow };
}

for (const { host, versioned } of HOSTS) {
  for (const chargedAt of ['once', 'the end'] as const) {
    test(`B7: a refused purchase is taken out while another one, charged at ${chargedAt}, is open, on ${host}`, async () => {
      const { browser, purchase, numbers, slow, client } = await openBesideSlowOne(versioned, chargedAt);
      const refused = purchase(75, '&refuse');
      await browser.advance(100);
      await refused;
      expect(numbers).toEqual([950, 875, 950]);
      expect(client.getState().pending).toMatchObject([{ delta: -50, state: 'open' }]);
      await browser.advance(20_000);
      await slow;
      expect(numbers).toEqual([950, 875, 950]);
    });

    test(`B7: one whose answer is lost stays in while another one, charged at ${chargedAt}, is open, on ${host}`, async () => {
      const { browser, client, fetch, numbers, slow, server } = await openBesideSlowOne(versioned, chargedAt);
      const { onExchange } = server;
      server.onExchange = (exchange) => {
        onExchange(exchange);
        if (exchange.url.includes('amount=75')) exchange.fate = 'lose-answer';
      };
      client.open(-75, 'Server purchase');
      void fetch('/api/spend?amount=75', { method: 'POST' });
      await browser.advance(1_000);
      client.open(75, 'Purchase error');
      await browser.advance(20_000);
      await slow;
      expect(numbers).toEqual([950, 875]);
      expect(server.available('ada')).toBe(875);
    });
  }

  test(`B7: a balance that others have moved says nothing of a refusal while another one is open, on ${host}`, async () => {
    const { browser, purchase, numbers, slow, server } = await openBesideSlowOne(versioned, 'the end');
    server.move('ada', 7);
    const refused = purchase(75, '&refuse');
    await browser.advance(100);
    await refused;
    expect(numbers).toEqual([950, 875]);
    await browser.advance(20_000);
    await slow;
    expect(numbers).toEqual([950, 875, 957]);
  });

  test(`B7: a refusal while another one is open asks the server once, on ${host}`, async () => {
    const { browser, purchase, sent } = await openBesideSlowOne(versioned, 'once');
    const path = versioned ? '/api/credits' : '/api/user/me';
    const before = sent(path).length;
    void purchase(75, '&refuse');
    await browser.advance(5_000);
    expect(sent(path)).toHaveLength(before + 1);
  });

  test(`B7: of two purchases of one amount nothing is concluded while one is open, on ${host}`, async () => {
    const { browser, purchase, numbers } = await openBesideSlowOne(versioned, 'once');
    const refused = purchase(50, '&refuse');
    await browser.advance(100);
    await refused;
    // One of them was charged, and which one nobody can say.
    expect(numbers).toEqual([950, 900]);
    await browser.advance(30_000);
    expect(numbers).toEqual([950, 900, 950]);
  });
}
