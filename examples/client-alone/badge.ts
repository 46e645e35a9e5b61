import { createCreditsClient, selectView } from 'realtime-credits/client';

/**
 * The whole of it for a host that has nothing but `GET /api/user/me` → `{success, user: {coins}}`: no server part, no
 * framework. Requests it every 30 seconds, and whenever the page becomes visible.
 */
export function showCredits(badge: Element) {
  const client = createCreditsClient({ balanceUrl: '/api/user/me' });
  client.subscribe((state) => {
    badge.textContent = `${selectView(state).shown?.toLocaleString('en') ?? '…'} credits`;
    badge.toggleAttribute('data-stale', state.connection.error !== null);
  });
  const stop = client.start();

  /** The number goes down at once, and back when the host refuses; whatever the host answers late, it never flickers. */
  const orderServer = (cost: number): Promise<unknown> =>
    client.mutate({
      amount: -cost,
      reason: 'Server',
      request: ({ headers, signal }) => fetch('/api/servers/create', { method: 'POST', headers, signal }),
    });

  return { orderServer, stop };
}
