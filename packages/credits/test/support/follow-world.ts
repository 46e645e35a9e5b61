import { afterEach } from 'vitest';
import type { CreditsClientOptions } from '../../src/sync/client.ts';
import { selectShown } from '../../src/sync/number/view.ts';
import { createBrowser, type Fetch, type Tab } from './browser.ts';
import { createModelServer, type Exchange } from './model-server.ts';
import { createTestClient, type TestClient } from './test-client.ts';

/** One tab with a client in it, and every number that it ever showed. */
export interface OpenTab {
  tab: Tab;
  client: TestClient;
  /** The page's own fetch, with the same session. */
  fetch: Fetch;
  /** Every change of the number, in order; null where it became unknown. */
  numbers: (number | null)[];
  shown(): number | null;
  /** The documented form around a plain fetch: predict, send, then settle or take back. */
  purchase(cost: number, query?: string): Promise<void>;
  /** One call that does it all. */
  mutate(delta: number, query?: string): Promise<unknown>;
}

/** A browser, a server, and tabs whose clients are closed when the test ends. */
export function createFollowWorld({ versioned }: { versioned: boolean }) {
  const browser = createBrowser();
  const server = createModelServer(browser, { ada: 1_000, bob: 7 });
  server.versioned = versioned;

  function openTab(
    session: string | null | (() => string | null) = 'ada',
    options: CreditsClientOptions & { tabs?: boolean; random?: () => number; start?: boolean } = {},
  ): OpenTab {
    const { tabs = true, random = () => 0.5, start = true, ...rest } = options;
    const fetch = server.fetchAs(session);
    const tab = browser.openTab(fetch, { tabs, random });
    const client = createTestClient({ environment: tab.environment, balanceUrl: '/api/user/me', ...rest });
    clients.push(client);
    const numbers: (number | null)[] = [];
    let last = selectShown(client.getState());
    client.subscribe((state) => {
      const shown = selectShown(state);
      if (shown !== last) numbers.push(shown);
      last = shown;
    });
    if (start) client.start();
    const path = (delta: number, query: string): string =>
      `/api/${delta < 0 ? 'spend' : 'grant'}?amount=${Math.abs(delta)}${query}`;
    return {
      tab,
      client,
      fetch,
      numbers,
      shown: () => selectShown(client.getState()),
      async purchase(cost, query = '') {
        client.open(-cost, 'Server purchase');
        try {
          const response = await fetch(path(-cost, query), { method: 'POST' });
          const result: unknown = await response.json();
          if (response.ok) await client.settle(result);
          else client.open(cost, 'Purchase failed');
        } catch {
          client.open(cost, 'Purchase error');
        }
      },
      mutate: (delta, query = '') =>
        client.mutate({
          amount: delta,
          reason: 'Server purchase',
          request: ({ headers, signal }) => fetch(path(delta, query), { method: 'POST', headers, signal }),
        }),
    };
  }

  /** Exchanges that have left so far, by path without the query. */
  function sent(path: string): Exchange[] {
    return server.exchanges.filter(({ url }) => url.split('?')[0] === path);
  }

  return { browser, server, openTab, sent };
}

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
