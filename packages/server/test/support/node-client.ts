import { createCreditsClient, type CreditsClient } from '../../../credits/src/sync/client.ts';
import { selectShown } from '../../../credits/src/sync/number/view.ts';
import { createBrowserEnvironment } from '../../../credits/src/sync/environment.ts';

/** The real follower outside of a browser, on the machine's clock: one tab that is always visible. */
export function createNodeClient(fetch: (url: string, init: RequestInit) => Promise<Response>) {
  const client = createCreditsClient({
    environment: {
      ...createBrowserEnvironment(),
      active: true,
      fetch,
      isOnline: () => true,
      isVisible: () => true,
      listen: () => () => undefined,
      channel: null,
    },
    pollIntervalMs: 1_000,
  });
  client.start();
  return {
    client,
    shown: (): number | null => selectShown(client.getState()),
    /** Whether the number is confirmed and live, with nothing under way. */
    isAtRest: (): boolean => {
      const { pending, connection, confirmed } = client.getState();
      return confirmed !== null && pending.length === 0 && connection.state === 'streaming';
    },
    buy: (amount: number): Promise<unknown> =>
      client.mutate({
        amount: -amount,
        reason: 'Bought',
        request: ({ headers, signal }) => fetch(`/api/spend?amount=${amount}`, { method: 'POST', headers, signal }),
      }),
  };
}

export type NodeClient = ReturnType<typeof createNodeClient> & { client: CreditsClient };
