import { afterEach, expect, test } from 'vitest';
import { createCreditsClient, selectShown, type CreditsClient } from '../../src/sync/client.ts';
import { createBrowser } from '../support/browser.ts';
import { createModelServer } from '../support/model-server.ts';

const open: CreditsClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

function setUp() {
  const browser = createBrowser();
  const server = createModelServer(browser, { ada: 1_000, bob: 7 });
  const shown: (number | null)[] = [];
  const openClient = (session: string | null | (() => string | null) = 'ada') => {
    const tab = browser.openTab(server.fetchAs(session));
    const client = createCreditsClient({ environment: tab.environment });
    open.push(client);
    return { tab, client, fetch: server.fetchAs(session) };
  };
  return { browser, server, openClient, shown };
}

for (const versioned of [true, false]) {
  test(`smoke versioned=${versioned}`, async () => {
    const { browser, server, openClient } = setUp();
    server.versioned = versioned;
    const { client, fetch } = openClient();
    client.start();
    await browser.advance(100);
    console.log(
      client.getState(),
      server.exchanges.map((e) => e.url),
    );
    expect(selectShown(client.getState())).toBe(1000);
    const done = client.mutate({
      delta: -100,
      reason: 'x',
      request: ({ headers, signal }) => fetch('/api/spend?amount=100', { method: 'POST', headers, signal }),
    });
    expect(selectShown(client.getState())).toBe(900);
    await browser.advance(100);
    console.log(await done, client.getState());
    expect(client.getState().pending).toEqual([]);
    expect(selectShown(client.getState())).toBe(900);
  });
}
