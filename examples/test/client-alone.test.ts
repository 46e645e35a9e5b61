// @vitest-environment happy-dom
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { showCredits } from '../client-alone/badge.ts';

// A host that was there before: coins in its own store, a route that says them, a route that takes them. No versions.

let coins: number | null;
let asked: { orders: number };
/** What an order waits for before it is answered. */
let gate: Promise<void>;

function answer(outgoing: ServerResponse, status: number, body: object): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer(async ({ method, url }: IncomingMessage, outgoing) => {
  if (coins === null) return answer(outgoing, 401, { success: false, message: 'No user logged in' });
  if (url === '/api/user/me') return answer(outgoing, 200, { success: true, user: { id: 7, username: 'ada', coins } });
  if (method !== 'POST' || url !== '/api/servers/create') return answer(outgoing, 404, { success: false });
  asked.orders += 1;
  await gate;
  if (coins < 100) return answer(outgoing, 400, { success: false, message: 'Insufficient coins.' });
  coins -= 100;
  return answer(outgoing, 201, { success: true, server_id: 1 });
});

let badge: Element;
let shown: ReturnType<typeof showCredits> | undefined;

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const page = window as unknown as { happyDOM: { setURL(url: string): void } };
  page.happyDOM.setURL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  // What happy-dom receives over a network cannot be cloned without losing its text, as browsers' answers can.
  const receive = globalThis.fetch;
  vi.stubGlobal('fetch', async (...request: Parameters<typeof fetch>) => {
    const response = await receive(...request);
    return new Response(await response.text(), { status: response.status, headers: response.headers });
  });
});
afterAll(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});
beforeEach(() => {
  [coins, asked, gate] = [1_000, { orders: 0 }, Promise.resolve()];
  badge = document.createElement('span');
});
afterEach(() => shown?.stop());

const expectShown = (text: string) => vi.waitFor(() => expect(badge.textContent).toBe(text), { timeout: 20_000 });

test('the number of a host that has only `user.coins` is shown', async () => {
  shown = showCredits(badge);
  await expectShown('1,000 credits');
});

test('an order goes off the number before the host has answered, and stays off', async () => {
  const seen: (string | null)[] = [];
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  shown = showCredits(badge);
  await expectShown('1,000 credits');
  new MutationObserver(() => seen.push(badge.textContent)).observe(badge, { childList: true, characterData: true });
  const order = shown.orderServer(100);
  expect(badge.textContent).toBe('900 credits');
  await vi.waitFor(() => expect(asked.orders).toBe(1));
  open();
  await order;
  await expectShown('900 credits');
  expect(seen).not.toContain('1,000 credits');
  expect(coins).toBe(900);
});

test('an order that the host refuses comes back to the number, and goes out once', async () => {
  coins = 50;
  shown = showCredits(badge);
  await expectShown('50 credits');
  await expect(shown.orderServer(100)).rejects.toThrow('Insufficient coins.');
  await expectShown('50 credits');
  expect(asked.orders).toBe(1);
});

test('who is signed out has no number, and never a 0', async () => {
  coins = null;
  const seen: (string | null)[] = [];
  new MutationObserver(() => seen.push(badge.textContent)).observe(badge, { childList: true, characterData: true });
  shown = showCredits(badge);
  await vi.waitFor(() => expect(badge.hasAttribute('data-stale')).toBe(true), { timeout: 20_000 });
  expect(new Set([...seen, badge.textContent])).toEqual(new Set(['… credits']));
});
