// @vitest-environment happy-dom
import { act } from '@testing-library/react';
import { StrictMode } from 'react';
import { expect, test, vi } from 'vitest';
import { isolateTabs, openTab, pass, readButton, readDigits, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

/** Counts swells: the elements of this document have no animations of their own. */
function countSwells(): () => number {
  const animate = vi.fn<() => void>();
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  Object.defineProperty(HTMLElement.prototype, 'animate', { value: animate, configurable: true });
  return () => animate.mock.calls.length;
}

async function openHeader(coins: number) {
  const host = startVersionlessHost(coins);
  rememberSession();
  const tab = await openTab();
  const view = await tab.showHeader();
  return { host, tab, view };
}

test('D18: a change is animated once and ends', async () => {
  const swells = countSwells();
  const { host, tab } = await openHeader(1_000);
  expect(swells()).toBe(0);
  expect(readButton().dataset['change']).toBeUndefined();

  host.coins = 1_100;
  tab.creditsClient.hint();
  await pass(100);
  expect(readButton().dataset['change']).toBe('up');
  await pass(2_000);
  expect(readButton().dataset['change']).toBeUndefined();

  host.coins = 1_050;
  tab.creditsClient.hint();
  await pass(100);
  expect(readButton().dataset['change']).toBe('down');
  await pass(120_000);
  expect(readButton().dataset['change']).toBeUndefined();
  expect(swells()).toBe(2);
});

test('D18: a purchase that was predicted is not animated again when it is confirmed', async () => {
  const swells = countSwells();
  const { host, tab } = await openHeader(1_000);
  const { subtractCredits } = tab.runHook(tab.useCreditsUpdate);
  const { syncCreditsAfterApiCall } = tab.runHook(tab.useCreditsSync);
  await subtractCredits(100, 'Server purchase');
  host.coins = 900;
  await pass(3_000);
  await Promise.all([syncCreditsAfterApiCall({ success: true }), pass(5_000)]);
  expect(tab.creditsClient.getState().pending).toEqual([]);
  expect(readDigits()).toBe('900');
  expect(swells()).toBe(1);
});

test('D18: someone who asked for less motion sees the colour and no movement', async () => {
  const swells = countSwells();
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: query === '(prefers-reduced-motion: reduce)' }));
  const { host, tab } = await openHeader(1_000);
  host.coins = 1_100;
  tab.creditsClient.hint();
  await pass(100);
  expect(readButton().dataset['change']).toBe('up');
  expect(swells()).toBe(0);
});

test('D13: a change from 0 is animated as any other', async () => {
  const swells = countSwells();
  const { host, tab } = await openHeader(0);
  host.coins = 50;
  tab.creditsClient.hint();
  await pass(100);
  expect(readDigits()).toBe('50');
  expect(readButton().dataset['change']).toBe('up');
  expect(swells()).toBe(1);
});

test('D10: the first number of another user is no change of the one before', async () => {
  const swells = countSwells();
  const { host, tab } = await openHeader(1_000);
  host.userId = 8;
  host.coins = 20;
  tab.signIn({ id: 8, username: 'other', email: 'other@host.test', role: 1, coins: 0 });
  await pass(100);
  expect(readDigits()).toBe('20');
  expect(swells()).toBe(0);
});

test('D10: the first number of another user that the server rendered is no change either', async () => {
  const swells = countSwells();
  const { tab } = await openHeader(1_000);
  const balance = { posted: 20, held: 0, available: 20 };
  act(() => {
    tab.useAuthStore.getState().setSession({ id: 8, username: 'other', email: 'other@host.test', role: 1, coins: 20 });
    tab.creditsClient.seed({ account: '8', epoch: 'e', version: 1, balance, from: 1, applied: [] });
  });
  expect(readDigits()).toBe('20');
  expect(readButton().dataset['change']).toBeUndefined();
  expect(swells()).toBe(0);
});

test('a display that is taken down and put up again at once shows the number, and no error', async () => {
  const host = startVersionlessHost(1_000);
  rememberSession();
  const { showHeader, CreditsDisplay, useCreditsStore } = await openTab();
  const errors: (string | null)[] = [];
  useCreditsStore.subscribe(({ error }) => errors.push(error));
  // Strict mode does just that with every component.
  await showHeader(
    <StrictMode>
      <CreditsDisplay />
    </StrictMode>,
  );
  expect(readDigits()).toBe('1,000');
  expect(errors.filter((error) => error !== null)).toEqual([]);
  expect(host.asked).toBe(2);
});

test('a display that is put up when the number is known does not animate, in strict mode neither', async () => {
  const swells = countSwells();
  const { tab } = await openHeader(1_000);
  const { container } = await tab.showHeader(
    <StrictMode>
      <tab.CreditsDisplay />
    </StrictMode>,
  );
  expect(readButton(container).dataset['change']).toBeUndefined();
  expect(swells()).toBe(0);
});

test('D21: signing out does not bring back the number that the server rendered', async () => {
  startVersionlessHost(1_000);
  rememberSession();
  const tab = await openTab();
  const balance = { posted: 640, held: 0, available: 640 };
  const initial = { account: '7', epoch: 'e', version: 1, balance, from: 1, applied: [] };
  await tab.showHeader(<tab.CreditsDisplay initial={initial} />);
  expect(readDigits()).toBe('640');
  act(() => tab.useAuthStore.getState().clearSession());
  expect(readDigits()).toBeNull();
});
