import { createCreditsClient, selectShown } from 'realtime-credits/client';

/**
 * The whole of it for a host that has nothing but `GET /api/user/me` → `{success, user: {coins}}`: no server part, no
 * framework. Asks every 30 seconds, and whenever the page is looked at again.
 */
export function showCredits(badge: Element) {
  const client = createCreditsClient();
  client.subscribe((state) => {
    badge.textContent = `${selectShown(state)?.toLocaleString('en') ?? '…'} credits`;
    badge.toggleAttribute('data-stale', state.connection.error !== null);
  });
  const stop = client.start();

  /** The number goes down at once, and back when the host refuses; whatever the host answers late, it never flickers. */
  const orderServer = (cost: number): Promise<unknown> =>
    client.mutate({
      delta: -cost,
      reason: 'Server',
      request: ({ headers, signal }) => fetch('/api/servers/create', { method: 'POST', headers, signal }),
    });

  return { orderServer, stop };
}
