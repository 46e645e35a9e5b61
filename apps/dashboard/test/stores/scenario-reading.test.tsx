// @vitest-environment happy-dom
import { fireEvent } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { isolateTabs, openTab, pass, readButton, readDigits, readName, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

const ME = '/api/user/me';

async function openHeader(coins: number) {
  const host = startVersionlessHost(coins);
  rememberSession();
  const tab = await openTab();
  const view = await tab.showHeader();
  return { host, tab, view };
}

function pretend(visibility: 'visible' | 'hidden'): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
  document.dispatchEvent(new Event('visibilitychange'));
}

test('D1: the account menu opened and closed, then 10 minutes: the header polls on', async () => {
  const { host, tab, view } = await openHeader(1_000);
  const menu = await tab.showHeader(<tab.CreditsDisplay variant="compact" size="sm" showLabel={true} />);
  expect(readDigits(menu.container)).toBe('1,000');
  menu.unmount();

  const before = host.asked;
  host.coins = 1_250;
  await pass(601_000);
  expect(host.asked - before).toBe(20);
  expect(readDigits(view.container)).toBe('1,250');
});

test('D2: a refresh within 5 seconds of a poll is one trailing request, never dropped', async () => {
  const { host, tab } = await openHeader(1_000);
  await pass(1_000);
  const before = host.asked;
  host.coins = 900;
  const { refreshCredits } = tab.runHook(tab.useCreditsUpdate);
  const done = Promise.all([refreshCredits(), refreshCredits(), refreshCredits()]);
  await pass(5_000);
  await done;
  expect(host.asked - before).toBe(1);
  expect(readDigits()).toBe('900');
});

test('D2: an answer without a balance within 5 seconds of a poll is verified, never dropped', async () => {
  const { host, tab } = await openHeader(1_000);
  host.coins = 900;
  const { syncCreditsAfterApiCall } = tab.runHook(tab.useCreditsSync);
  const done = syncCreditsAfterApiCall();
  await pass(5_100);
  await done;
  expect(readDigits()).toBe('900');
});

test('D8: an answer that never comes times out, and polling goes on', async () => {
  const { host } = await openHeader(1_000);
  host.break(ME, 'hang');
  await pass(30_000);
  host.break(ME, null);
  host.coins = 1_100;
  await pass(40_000);
  expect(readDigits()).toBe('1,100');
  expect(readButton().dataset['dimmed']).toBeUndefined();
});

test('D9: a 401 ends polling and shows that nobody is signed in', async () => {
  const { host, tab } = await openHeader(1_000);
  host.userId = null;
  await pass(60_000);
  expect(readName()).toBe('Credits: signed out');
  expect(readDigits()).toBeNull();
  expect(tab.useCreditsStore.getState().isPolling).toBe(false);

  const before = host.asked;
  await pass(600_000);
  expect(host.asked).toBe(before);
});

test('D11: with the API down the last known number stays, marked stale, and recovers by itself', async () => {
  const { host, tab } = await openHeader(1_000);
  host.break(ME, 'fail');
  await pass(31_000);
  expect(readDigits()).toBe('1,000');
  expect(readName()).toBe('Credits: 1,000, stale');
  expect(document.querySelector('[data-slot="credits-note"]')?.textContent).toBe('stale');
  expect(document.querySelector('[data-slot="credits-display"]')?.getAttribute('data-state')).toBe('known');
  expect(tab.useCreditsStore.getState().error).not.toBeNull();

  fireEvent.click(readButton());
  await vi.dynamicImportSettled();
  await pass(500);
  expect(document.body.textContent).toContain('Refresh');

  const before = host.asked;
  await pass(60_000);
  const retries = host.asked - before;
  expect(retries).toBeGreaterThan(2);
  expect(retries).toBeLessThan(15);

  host.break(ME, null);
  host.coins = 1_010;
  await pass(21_000);
  expect(readName()).toBe('Credits: 1,010');
  expect(tab.useCreditsStore.getState().error).toBeNull();
});

test('D12: with the API down from the start there is a red error with a refresh button, and it recovers by itself', async () => {
  const host = startVersionlessHost(1_000);
  host.break(ME, 'fail');
  rememberSession();
  const { showHeader, CreditsDisplay } = await openTab();
  const { getByRole, queryByRole } = await showHeader(<CreditsDisplay variant="prominent" />);
  expect(readName()).toBe('Credits: unavailable');
  expect(readButton().className).toContain('text-destructive');
  expect(readDigits()).toBeNull();

  const before = host.asked;
  fireEvent.click(getByRole('button', { name: 'Refresh credits' }));
  await pass(5_000);
  expect(host.asked).toBeGreaterThan(before);

  host.break(ME, null);
  await pass(21_000);
  expect(readDigits()).toBe('1,000');
  expect(queryByRole('button', { name: 'Refresh credits' })).toBeNull();
});

test('D13: a balance of 0 is shown as 0, without placeholder or error', async () => {
  const { tab } = await openHeader(0);
  expect(readDigits()).toBe('0');
  expect(document.querySelector('[data-slot="skeleton"]')).toBeNull();
  expect(tab.useCreditsStore.getState()).toMatchObject({ credits: 0, error: null });
  expect(tab.useCreditsStore.getState().lastFetch).toBeGreaterThan(0);
});

test('D13: what is not known yet is a placeholder, never a 0', async () => {
  const host = startVersionlessHost(0);
  host.break(ME, 'hang');
  rememberSession();
  const { showHeader, CreditsDisplay, useCreditsStore } = await openTab();
  await showHeader(<CreditsDisplay />);
  expect(readDigits()).toBeNull();
  expect(document.querySelector('[data-slot="skeleton"]')).not.toBeNull();
  expect(useCreditsStore.getState()).toMatchObject({ credits: 0, lastFetch: 0 });
});

test.each([
  ['the browser comes back online', () => undefined, () => window.dispatchEvent(new Event('online'))],
  ['the tab is looked at again', () => undefined, () => pretend('visible')],
  [
    'the page comes out of the back/forward cache',
    () => window.dispatchEvent(new Event('pagehide')),
    () => window.dispatchEvent(new Event('pageshow')),
  ],
])('D14: refreshed at once when %s', async (_what, leave, comeBack) => {
  const { host } = await openHeader(1_000);
  leave();
  pretend('hidden');
  await pass(120_000);
  const before = host.asked;
  host.coins = 1_500;
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
  comeBack();
  await pass(50);
  expect(host.asked).toBe(before + 1);
  expect(readDigits()).toBe('1,500');
});

test('D14: nothing is asked while the tab is hidden, and offline is said in words', async () => {
  const { host } = await openHeader(1_000);
  pretend('hidden');
  const before = host.asked;
  await pass(300_000);
  expect(host.asked).toBe(before);

  pretend('visible');
  await pass(100);
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  window.dispatchEvent(new Event('offline'));
  await pass(10);
  expect(readName()).toBe('Credits: 1,000, offline');
});

test('D15: the system clock set back by an hour stops nothing', async () => {
  const { host, tab } = await openHeader(1_000);
  const before = host.asked;
  vi.setSystemTime(Date.now() - 3_600_000);
  host.coins = 1_200;
  await pass(61_000);
  expect(host.asked - before).toBe(2);
  expect(readName()).toBe('Credits: 1,200');
  expect(tab.useCreditsStore.getState().lastFetch).toBeLessThanOrEqual(Date.now());
});

test('D16: a mailto link, which fires beforeunload, does not end the updates', async () => {
  const { host } = await openHeader(1_000);
  window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  host.coins = 1_300;
  await pass(31_000);
  expect(readDigits()).toBe('1,300');
});

test.each([
  [1_000.75, '1,000'],
  [-3, '0'],
  ['1000.50', '1,000'],
])(
  'host balance: a host with %s coins shows %s, is polled as usual, and its developer is warned once',
  async (coins, digits) => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { host, tab } = await openHeader(coins as number);
    const before = host.asked;
    for (let minute = 0; minute < 5; minute += 1) {
      await pass(60_200);
      // The host keeps what it has loaded itself.
      tab.useAuthStore.getState().updateUserData({ coins: Number(coins) });
    }
    expect(readDigits()).toBe(digits);
    expect(host.asked - before).toBe(10);
    expect(warn).toHaveBeenCalledOnce();
  },
);

test('host balance: a host that answers null keeps the last known number, and is polled as usual', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const { host } = await openHeader(1_000);
  host.coins = null as unknown as number;
  const before = host.asked;
  await pass(301_000);
  expect(readDigits()).toBe('1,000');
  expect(host.asked - before).toBe(10);
  expect(warn).toHaveBeenCalledOnce();
});

test.each([403, 404])(
  'session: %i twice is neither a sign-out nor an end: the number comes back by itself',
  async (status) => {
    const { host, tab } = await openHeader(1_000);
    host.answer(ME, () => ({ status, body: 'Blocked' }));
    await pass(60_000);
    expect(readDigits()).toBe('1,000');
    expect(tab.creditsClient.getState().connection.state).toBe('polling');
    host.answer(ME, null);
    host.coins = 900;
    await pass(20_000);
    expect(readDigits()).toBe('900');
  },
);

test('session: two 401 and the session is back: returning to the tab shows the number again', async () => {
  const { host, tab } = await openHeader(1_000);
  host.userId = null;
  await pass(31_000);
  expect(tab.creditsClient.getState().connection.state).toBe('signed-out');
  host.userId = 7;
  pretend('hidden');
  pretend('visible');
  await pass(100);
  expect(readDigits()).toBe('1,000');
});

test('aborted request: a page that is left while its request is pending: the next one shows a purchase at once', async () => {
  const { host, tab, view } = await openHeader(1_000);
  host.latencyMs = 1_000;
  await pass(29_500);
  view.unmount();
  await pass(200);
  await tab.showHeader();
  const asked = host.asked;
  await pass(1_100);
  host.coins = 900;
  const { syncCreditsAfterApiCall } = tab.runHook(tab.useCreditsSync);
  void syncCreditsAfterApiCall();
  await pass(1_100);
  expect(readDigits()).toBe('900');
  expect(host.asked - asked).toBeLessThanOrEqual(2);
});
