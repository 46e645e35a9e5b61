// @vitest-environment happy-dom
import { act } from '@testing-library/react';
import { expect, test } from 'vitest';
import { isolateTabs, openTab, pass, PLAYER, readDigits, readName, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

test('D10: the answer to a poll of the user before is never shown to the next one', async () => {
  const host = startVersionlessHost(777);
  rememberSession();
  const tab = await openTab();
  await tab.showHeader();
  expect(readDigits()).toBe('777');

  host.latencyMs = 2_000;
  await pass(30_500);
  const seen: (string | null)[] = [];
  const stop = tab.useCreditsStore.subscribe(({ credits }) => seen.push(String(credits)));
  tab.signIn({ ...PLAYER, id: 8, username: 'other' });
  seen.push(readDigits());
  host.userId = 8;
  host.coins = 31;
  for (let step = 0; step < 20; step += 1) {
    await pass(250);
    seen.push(readDigits());
  }
  stop();
  expect(readDigits()).toBe('31');
  expect(seen).not.toContain('777');
});

test('D19: a purchase in another tab is shown here without waiting for the poll', async () => {
  const host = startVersionlessHost(1_000);
  host.answer('/api/servers/create', () => {
    host.coins -= 100;
    return { status: 201, body: { success: true } };
  });
  rememberSession();
  const here = await openTab();
  const view = await here.showHeader();
  const there = await openTab();
  await there.showHeader(<there.CreditsDisplay />);
  await pass(6_000);

  await there.runHook(there.useCreditsUpdate).subtractCredits(100, 'Server purchase');
  const response = fetch('/api/servers/create', { method: 'POST' });
  await pass(50);
  const settled = there.runHook(there.useCreditsSync).syncCreditsAfterApiCall(await (await response).json());
  await pass(1_000);
  await settled;
  expect(readDigits(view.container)).toBe('900');
  expect(here.painted).toEqual([1_000, 900]);
});

test('D20: a change of currentUser.coins by the host is a hint: verified, and the truth is written back', async () => {
  const host = startVersionlessHost(1_000);
  rememberSession();
  const { showHeader, useAuthStore, painted } = await openTab();
  await showHeader();
  expect(useAuthStore.getState().currentUser?.coins).toBe(1_000);

  const before = host.asked;
  act(() => useAuthStore.getState().updateUserData({ coins: 9_999 }));
  await pass(100);
  expect(host.asked).toBe(before + 1);
  expect(painted).toEqual([1_000]);
  expect(useAuthStore.getState().currentUser?.coins).toBe(1_000);
});

test('D20: a hint that is right shows the new number without waiting for the poll', async () => {
  const host = startVersionlessHost(1_000);
  rememberSession();
  const { showHeader, useAuthStore } = await openTab();
  await showHeader();
  host.coins = 1_050;
  act(() => useAuthStore.getState().updateCoins(50));
  await pass(100);
  expect(readDigits()).toBe('1,050');
});

test('D20: what is written back is no hint: it asks for nothing', async () => {
  const host = startVersionlessHost(1_000);
  rememberSession();
  const { showHeader, useAuthStore } = await openTab();
  await showHeader();
  host.coins = 1_200;
  const before = host.asked;
  await pass(31_000);
  expect(useAuthStore.getState().currentUser?.coins).toBe(1_200);
  expect(host.asked).toBe(before + 1);
});

test('D21: signing out clears the number at once, in every tab', async () => {
  startVersionlessHost(1_000);
  rememberSession();
  const here = await openTab();
  const view = await here.showHeader();
  const there = await openTab();
  const otherView = await there.showHeader(<there.CreditsDisplay />);
  expect(readDigits(otherView.container)).toBe('1,000');

  act(() => here.useAuthStore.getState().clearSession());
  expect(readDigits(view.container)).toBeNull();
  expect(here.useCreditsStore.getState()).toMatchObject({ credits: 0, lastFetch: 0, isPolling: false });
  await pass(0);
  expect(readDigits(otherView.container)).toBeNull();
  expect(readName(otherView.container)).toBe('Credits: signed out');
});

test('signed out from the start: nothing is asked, nothing polls', async () => {
  const host = startVersionlessHost(1_000);
  const { showHeader, useCreditsStore } = await openTab();
  await showHeader();
  await pass(600_000);
  expect(host.received).toEqual([]);
  expect(useCreditsStore.getState().isPolling).toBe(false);
});

test('a user id that is a number and one that is text name the same kind of account', async () => {
  startVersionlessHost(1_000);
  const { signIn, creditsClient } = await openTab();
  signIn({ ...PLAYER, id: 7 });
  expect(creditsClient.getState().account).toBe('7');
  signIn({ ...PLAYER, id: 'Xk2' });
  expect(creditsClient.getState().account).toBe('Xk2');
});
