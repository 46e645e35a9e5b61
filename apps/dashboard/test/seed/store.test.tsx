// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { isolateTabs, openTab, pass, readDigits, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

async function openStore(coins = 1_000) {
  const host = startVersionlessHost(coins);
  rememberSession();
  const tab = await openTab();
  return { host, tab, read: tab.useCreditsStore.getState };
}

test('Credits Store: it has exactly the documented state and actions', async () => {
  const { read } = await openStore();
  const members = Object.entries(read()).map(([name, value]) => `${name}: ${typeof value}`);
  expect(members.toSorted()).toEqual([
    'addCredits: function',
    'credits: number',
    'error: object',
    'fetchCredits: function',
    'isLoading: boolean',
    'isPolling: boolean',
    'lastFetch: number',
    'setError: function',
    'setLoading: function',
    'startPolling: function',
    'stopPolling: function',
    'subtractCredits: function',
    'updateCredits: function',
  ]);
});

test('Credits Store credits: a finite number before, while and after it is known', async () => {
  const { read } = await openStore();
  expect(read()).toMatchObject({ credits: 0, lastFetch: 0 });
  const asked = read().fetchCredits();
  await pass(100);
  await asked;
  expect(read().credits).toBe(1_000);
  expect(read().lastFetch).toBeGreaterThan(0);
});

test('Credits Store isLoading: true while the balance is asked for', async () => {
  const { read } = await openStore();
  const asked = read().fetchCredits();
  await pass(5);
  expect(read().isLoading).toBe(true);
  await pass(100);
  await asked;
  expect(read().isLoading).toBe(false);
});

test('Credits Store error: a message while the API is down, null again afterwards', async () => {
  const { host, read } = await openStore();
  host.break('/api/user/me', 'fail');
  const asked = read().fetchCredits();
  await pass(100);
  await asked;
  expect(read().error).toEqual(expect.any(String));
  host.break('/api/user/me', null);
  read().startPolling();
  await pass(30_000);
  expect(read().error).toBeNull();
});

test('Credits Store fetchCredits: fetches GET /api/user/me', async () => {
  const { host, read } = await openStore();
  const asked = read().fetchCredits();
  await pass(100);
  await asked;
  expect(host.received).toEqual([expect.objectContaining({ method: 'GET', path: '/api/user/me' })]);
});

test('Credits Store updateCredits: shows the exact amount at once, and verifies it', async () => {
  const { host, tab, read } = await openStore();
  await tab.showHeader();
  read().updateCredits(1_234);
  expect(read().credits).toBe(1_234);
  host.coins = 1_234;
  await pass(20_000);
  expect(tab.painted).toEqual([1_000, 1_234]);
  expect(tab.creditsClient.getState().pending).toEqual([]);
});

test('Credits Store addCredits and subtractCredits: change the number at once, and cancel each other exactly', async () => {
  const { tab, read } = await openStore();
  await tab.showHeader();
  read().subtractCredits(300);
  expect(read().credits).toBe(700);
  read().addCredits(300);
  await pass(1_000);
  expect(read().credits).toBe(1_000);
  expect(tab.creditsClient.getState().pending).toEqual([]);
});

test('Credits Store startPolling and stopPolling: 30 seconds between two questions, and none after the stop', async () => {
  const { host, read } = await openStore();
  expect(read().isPolling).toBe(false);
  read().startPolling();
  read().startPolling();
  expect(read().isPolling).toBe(true);
  await pass(95_000);
  expect(host.received.map(({ at }) => Math.round(at / 1_000))).toEqual([0, 30, 60, 90]);
  read().stopPolling();
  expect(read().isPolling).toBe(false);
  await pass(120_000);
  expect(host.asked).toBe(4);
});

test('Credits Store stopPolling: never silences a display', async () => {
  const { host, tab, read } = await openStore();
  await tab.showHeader();
  read().startPolling();
  read().stopPolling();
  host.coins = 1_300;
  await pass(31_000);
  expect(readDigits()).toBe('1,300');
});

test('Credits Store setLoading and setError: what a host sets stays until the next update', async () => {
  const { host, tab, read } = await openStore();
  await tab.showHeader();
  read().setLoading(true);
  read().setError('The shop is closed.');
  expect(read()).toMatchObject({ isLoading: true, error: 'The shop is closed.', credits: 1_000 });
  host.coins = 1_001;
  await pass(31_000);
  expect(read()).toMatchObject({ isLoading: false, error: null, credits: 1_001 });
});

test('User Store: what it knows of a session survives a reload, without a token that scripts could read', async () => {
  const { tab } = await openStore();
  tab.useAuthStore.getState().setSession({ id: 7, username: 'p', email: 'p@host.test', role: 1, coins: 5 }, 'secret');
  expect(tab.useAuthStore.getState().sessionToken).toBeNull();
  expect(localStorage.getItem('auth-store')).not.toContain('secret');
  const reloaded = await openTab();
  expect(reloaded.useAuthStore.getState()).toMatchObject({ isAuthenticated: true, currentUser: { id: 7 } });
  expect(reloaded.creditsClient.getState().account).toBe('7');
});

test('User Store: a sign-out in another tab is followed, a copy of the balance is not', async () => {
  const { tab } = await openStore();
  const write = (currentUser: object | null) => {
    const newValue = JSON.stringify({ state: { isAuthenticated: currentUser !== null, currentUser }, version: 0 });
    window.dispatchEvent(new StorageEvent('storage', { key: 'auth-store', newValue }));
  };
  write({ id: 7, username: 'player', email: 'p@host.test', role: 1, coins: 12_345 });
  expect(tab.useAuthStore.getState().currentUser?.coins).toBe(0);
  write(null);
  expect(tab.useAuthStore.getState()).toMatchObject({ isAuthenticated: false, currentUser: null });
});

test('User Store: a page that comes back from the browser’s memory follows a sign-out that it missed', async () => {
  const { tab } = await openStore();
  localStorage.setItem('auth-store', JSON.stringify({ state: { isAuthenticated: false, currentUser: null } }));
  expect(tab.useAuthStore.getState().currentUser).not.toBeNull();
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  expect(tab.useAuthStore.getState()).toMatchObject({ isAuthenticated: false, currentUser: null });
  expect(tab.creditsClient.getState()).toMatchObject({ account: null, confirmed: null });
});
