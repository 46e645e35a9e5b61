// @vitest-environment happy-dom
import { fireEvent, render } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { isolateTabs, openTab, pass, readButton, readDigits, readName, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

async function openSignedIn(coins = 1_000) {
  const host = startVersionlessHost(coins);
  rememberSession();
  const tab = await openTab();
  return { host, tab };
}

test.each(['default', 'prominent', 'compact'] as const)(
  'CreditsDisplay variant: %s paints the number',
  async (variant) => {
    const { tab } = await openSignedIn();
    const { container } = await tab.showHeader(<tab.CreditsDisplay variant={variant} />);
    expect(readDigits(container)).toBe('1,000');
    expect(container.firstElementChild?.getAttribute('data-variant')).toBe(variant);
  },
);

test('CreditsDisplay variant: default is what one gets without asking', async () => {
  const { tab } = await openSignedIn();
  const { container } = await tab.showHeader(<tab.CreditsDisplay />);
  expect(container.firstElementChild?.getAttribute('data-variant')).toBe('default');
});

test('CreditsDisplay size: sm, md and lg grow in this order', async () => {
  const { tab } = await openSignedIn();
  const heights: number[] = [];
  for (const size of ['sm', 'md', 'lg'] as const) {
    const { container, unmount } = await tab.showHeader(<tab.CreditsDisplay size={size} />);
    heights.push(Number(/\bh-(\d+)\b/.exec(readButton(container).className)?.[1]));
    unmount();
  }
  expect(heights).toEqual([8, 10, 12]);
});

test('CreditsDisplay showLabel: shows the "Credits" label, and only then', async () => {
  const { tab } = await openSignedIn();
  const { container, rerender } = await tab.showHeader(<tab.CreditsDisplay showLabel={true} />);
  expect(container.textContent).toContain('Credits');
  rerender(<tab.CreditsDisplay />);
  expect(container.textContent).not.toContain('Credits');
});

test('CreditsDisplay className: additional classes reach the root, which "hidden" can hide', async () => {
  const { tab } = await openSignedIn();
  const { container } = await tab.showHeader(<tab.CreditsDisplay className="hidden sm:flex" />);
  const classes = container.firstElementChild?.className.split(' ') ?? [];
  expect(classes).toEqual(expect.arrayContaining(['hidden', 'sm:flex']));
  // A base class `inline-flex` comes after `hidden` in the built stylesheet, and would win.
  expect(classes).not.toContain('inline-flex');
  expect(classes).not.toContain('flex');
});

test('CreditsDisplay initial: the server renders the number, and the browser keeps it', async () => {
  const { tab } = await openSignedIn();
  const balance = { posted: 640, held: 0, available: 640 };
  const initial = { account: '7', epoch: 'e', version: 3, balance, from: 3, applied: [] };
  expect(renderToString(<tab.CreditsDisplay initial={initial} />)).toMatch(/data-credits-number[^>]*>640</);
  expect(renderToString(<tab.CreditsDisplay />)).not.toContain('data-credits-number');
});

test('CreditsDisplay: the module also exports useCreditsUpdate with the actions of the store', async () => {
  const { tab } = await openSignedIn();
  await tab.showHeader();
  const { useCreditsUpdate } = await import('@/components/CreditsDisplay');
  const actions = tab.runHook(useCreditsUpdate);
  const store = tab.useCreditsStore.getState();
  expect(actions).toEqual({
    addCredits: store.addCredits,
    subtractCredits: store.subtractCredits,
    updateCredits: store.updateCredits,
    refreshCredits: store.fetchCredits,
  });
});

test('Loading States: the coin pulses while the balance is asked for', async () => {
  const { host, tab } = await openSignedIn();
  await tab.showHeader();
  expect(readButton().querySelector('svg')?.classList.contains('animate-pulse')).toBe(false);
  host.latencyMs = 1_000;
  tab.creditsClient.hint();
  await pass(500);
  expect(readButton().querySelector('svg')?.classList.contains('animate-pulse')).toBe(true);
  expect(readButton().getAttribute('aria-busy')).toBe('true');
  await pass(1_000);
  expect(readButton().querySelector('svg')?.classList.contains('animate-pulse')).toBe(false);
});

test('Tooltips: hovering shows what is behind the number, leaving hides it', async () => {
  const { tab } = await openSignedIn();
  const { queryByRole } = await tab.showHeader();
  expect(queryByRole('dialog')).toBeNull();
  fireEvent.pointerEnter(readButton(), { pointerType: 'mouse' });
  await pass(200);
  // Its parts are loaded by the first movement.
  await vi.waitFor(() => expect(queryByRole('dialog')?.textContent).toContain('Checked every 30 seconds.'));
  fireEvent.pointerLeave(readButton(), { pointerType: 'mouse' });
  await pass(500);
  expect(queryByRole('dialog')).toBeNull();
});

test('Tooltips: hovering past the display takes the focus from nobody', async () => {
  const { tab } = await openSignedIn();
  await tab.showHeader();
  const { getByRole } = render(<input />);
  getByRole('textbox').focus();
  fireEvent.pointerEnter(readButton(), { pointerType: 'mouse' });
  await pass(500);
  fireEvent.pointerLeave(readButton(), { pointerType: 'mouse' });
  await pass(500);
  expect(document.activeElement).toBe(getByRole('textbox'));
  getByRole('textbox').blur();
  fireEvent.pointerEnter(readButton(), { pointerType: 'mouse' });
  await pass(500);
  fireEvent.pointerLeave(readButton(), { pointerType: 'mouse' });
  await pass(500);
  expect(document.activeElement).toBe(document.body);
});

test('Tooltips: a tap shows them and the next one hides them', async () => {
  const { tab } = await openSignedIn();
  const { queryByRole } = await tab.showHeader();
  fireEvent.pointerEnter(readButton(), { pointerType: 'touch' });
  await pass(500);
  expect(queryByRole('dialog')).toBeNull();
  fireEvent.click(readButton(), { detail: 1 });
  await vi.waitFor(() => expect(queryByRole('dialog')).not.toBeNull());
  fireEvent.click(readButton(), { detail: 1 });
  await pass(500);
  expect(queryByRole('dialog')).toBeNull();
});

test('Tooltips: a key opens them, moves the focus in, and Escape brings it back', async () => {
  const { tab } = await openSignedIn();
  const { queryByRole } = await tab.showHeader();
  readButton().focus();
  fireEvent.click(readButton(), { detail: 0 });
  await vi.waitFor(() => expect(queryByRole('dialog')?.contains(document.activeElement)).toBe(true));
  fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
  await pass(500);
  expect(queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(readButton());
});

test('Tooltips: pending operations stand there with their reasons', async () => {
  const { tab } = await openSignedIn();
  const { getByRole } = await tab.showHeader();
  await tab.runHook(tab.useCreditsUpdate).subtractCredits(50, 'Server purchase');
  await pass(10);
  expect(readName()).toBe('Credits: 950, −50 pending');
  expect(document.querySelector('[data-note="pending"]')?.textContent).toBe('−50');
  fireEvent.click(readButton(), { detail: 1 });
  await pass(100);
  expect(getByRole('dialog').textContent).toMatch(/Confirmed1,000Server purchase.*−50/);
});

test('Mobile Responsive: a number that would not fit is shortened, never rounded up', async () => {
  const { host, tab } = await openSignedIn(1_999_999);
  const { container } = await tab.showHeader(<tab.CreditsDisplay variant="compact" size="sm" />);
  expect(readDigits(container)).toBe('1.9M');
  expect(readName(container)).toBe('Credits: 1,999,999');
  host.coins = 99_999;
  tab.creditsClient.hint();
  await pass(100);
  expect(readDigits(container)).toBe('99,999');
});

test('what came of the own actions is announced once, however many displays there are; foreign changes are not', async () => {
  const { host, tab } = await openSignedIn();
  const { getAllByRole } = await tab.showHeader();
  await tab.showHeader(<tab.CreditsDisplay variant="compact" />);
  expect(getAllByRole('status')).toHaveLength(1);

  host.coins = 1_500;
  tab.creditsClient.hint();
  await pass(100);
  expect(getAllByRole('status')[0]?.textContent).toBe('');

  const handle = await tab.runHook(tab.useCreditsUpdate).subtractCredits(50, 'Server purchase');
  await pass(100);
  handle.cancel();
  await pass(100);
  expect(getAllByRole('status')[0]?.textContent).toBe('Server purchase: did not happen. You have 1,500 credits.');
});

test('nothing starts where there is no page: the stores can be imported on a server', async () => {
  const host = startVersionlessHost(1_000);
  vi.resetModules();
  vi.stubGlobal('window', undefined);
  const { creditsClient } = await import('@/stores/credits-store');
  creditsClient.start();
  await creditsClient.refresh();
  vi.unstubAllGlobals();
  expect(host.received).toEqual([]);
});
