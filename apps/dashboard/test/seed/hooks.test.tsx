// @vitest-environment happy-dom
import { act, render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { isolateTabs, openTab, pass, readDigits, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

async function openHeader(coins = 1_000) {
  const host = startVersionlessHost(coins);
  rememberSession();
  const tab = await openTab();
  await tab.showHeader();
  return { host, tab, update: tab.runHook(tab.useCreditsUpdate), sync: tab.runHook(tab.useCreditsSync) };
}

test('useCreditsUpdate: the four documented calls are there, and awaiting one never waits for a fetch', async () => {
  const { host, tab, update } = await openHeader();
  expect(Object.keys(update)).toEqual(['addCredits', 'subtractCredits', 'setCredits', 'refreshCredits']);
  host.break('/api/user/me', 'hang');
  await update.subtractCredits(50, 'Server purchase');
  expect(tab.useCreditsStore.getState().credits).toBe(950);
  await update.setCredits(1_234, 'Admin adjustment');
  expect(tab.useCreditsStore.getState().credits).toBe(1_234);
  await update.addCredits(100, 'Daily bonus');
  expect(tab.useCreditsStore.getState().credits).toBe(1_334);
});

test('useCreditsUpdate: a call resolves to a handle that settles or cancels this very operation', async () => {
  const { tab, update } = await openHeader();
  const first = await update.subtractCredits(100, 'First');
  const second = await update.subtractCredits(30, 'Second');
  expect(second.id).not.toBe(first.id);
  first.cancel();
  expect(tab.useCreditsStore.getState().credits).toBe(970);
});

test.each([
  ['user.coins', { success: true, user: { coins: 840 } }],
  ['data.new_balance', { success: true, data: { new_balance: 840 } }],
])('useCreditsSync: an answer with %s is shown at once', async (_what, result) => {
  const { host, sync } = await openHeader();
  host.coins = 840;
  void sync.syncCreditsAfterApiCall(result);
  await pass(10);
  expect(readDigits()).toBe('840');
  await pass(5_000);
  expect(readDigits()).toBe('840');
});

test.each([
  ['nothing', undefined],
  ['no balance', { success: true, data: { coins_awarded: 25 } }],
])('useCreditsSync: an answer with %s is followed by a question to the server', async (_what, result) => {
  const { host, sync } = await openHeader();
  host.coins = 1_025;
  const done = sync.syncCreditsAfterApiCall(result);
  await pass(100);
  await done;
  expect(readDigits()).toBe('1,025');
});

test('useCreditsMutation: predicts at once, is pending meanwhile, and resolves to the answer', async () => {
  const { host, tab } = await openHeader();
  host.latencyMs = 400;
  host.answer('/api/servers/create', () => {
    host.coins -= 100;
    return { status: 201, body: { success: true, data: { new_balance: host.coins } } };
  });
  const hands: { view?: ReturnType<typeof tab.useCreditsMutation<unknown, void>> } = {};
  function Shop() {
    hands.view = tab.useCreditsMutation({
      amount: -100,
      reason: 'Server purchase',
      request: ({ headers, signal }) => fetch('/api/servers/create', { method: 'POST', headers, signal }),
    });
    return null;
  }
  render(<Shop />);
  let answer: Promise<unknown> = Promise.resolve();
  act(() => void (answer = hands.view?.mutate() ?? answer));
  await pass(10);
  expect(readDigits()).toBe('900');
  expect(hands.view?.isPending).toBe(true);
  await pass(1_000);
  expect(await answer).toEqual({ success: true, data: { new_balance: 900 } });
  expect(hands.view).toMatchObject({ isPending: false, error: null });
  expect(tab.painted).toEqual([1_000, 900]);
});

test('useCreditsMutation: a refusal takes the prediction back and is in error, in the words of the server', async () => {
  const { host, tab } = await openHeader(50);
  host.answer('/api/servers/create', () => ({
    status: 400,
    body: { success: false, message: 'Insufficient coins. You need 100 coins but only have 50 coins.' },
  }));
  const hands: { view?: ReturnType<typeof tab.useCreditsMutation<unknown, void>> } = {};
  function Shop() {
    hands.view = tab.useCreditsMutation({
      amount: -100,
      reason: 'Server purchase',
      request: () => fetch('/api/servers/create', { method: 'POST' }),
    });
    return null;
  }
  render(<Shop />);
  let refusal: Promise<unknown> = Promise.resolve();
  act(() => void (refusal = hands.view?.mutate().catch((cause: unknown) => cause) ?? refusal));
  await pass(5_000);
  expect(await refusal).toMatchObject({ message: expect.stringContaining('You need 100 coins') });
  expect(hands.view?.error?.message).toContain('You need 100 coins');
  expect(tab.painted).toEqual([50, 0, 50]);
});

test('Referral Rewards: a claim of useReferralStats moves the credits and the user store, and reads the stats again', async () => {
  const { host, tab } = await openHeader();
  let claimable = 75;
  host.answer('/api/referrals', () => ({
    body: {
      success: true,
      data: {
        code: 'MARA',
        link: 'https://host.test/sign-up?ref=MARA',
        reward_per_signup: 25,
        reward_per_click: 0,
        clicks: 0,
        signups: [],
        claimable: { clicks: 0, signups: claimable, total: claimable },
        total_earned: 75 - claimable,
      },
    },
  }));
  host.answer('/api/referrals/claim', ({ body }) => {
    expect(body).toEqual({ claim_type: 'all' });
    host.coins += claimable;
    claimable = 0;
    const data = { total_claimed: 75, clicks_claimed: 0, signups_claimed: 75, new_balance: host.coins };
    return { body: { success: true, message: 'Claimed', data } };
  });
  const { useReferralStats } = await import('@/hooks/useReferralStats');
  const hands: { view?: ReturnType<typeof useReferralStats> } = {};
  function Referrals() {
    hands.view = useReferralStats();
    return null;
  }
  render(<Referrals />);
  await pass(100);
  expect(hands.view).toMatchObject({ isLoading: false, error: null, stats: { claimable: { total: 75 } } });

  let claimed: Promise<unknown> = Promise.resolve();
  act(() => void (claimed = hands.view?.claim() ?? claimed));
  await pass(5);
  expect(readDigits()).toBe('1,075');
  await pass(1_000);
  expect(await claimed).toMatchObject({ total_claimed: 75, new_balance: 1_075 });
  expect(hands.view?.stats?.claimable.total).toBe(0);
  expect(tab.useAuthStore.getState().currentUser).toMatchObject({ coins: 1_075, referral_earnings: 75 });
  expect(tab.painted).toEqual([1_000, 1_075]);
});

test('Daily Login Bonus, as documented: the answer names no balance, and the new number is shown all the same', async () => {
  const { host, sync } = await openHeader();
  host.answer('/api/user/daily-login', () => {
    host.coins += 25;
    return { body: { success: true, data: { coins_awarded: 25, claimed_at: '2026-11-22T12:00:00Z' } } };
  });
  const handleDailyLogin = async () => {
    const response = await fetch('/api/user/daily-login', {
      method: 'POST',
      body: JSON.stringify({ action: 'claim' }),
    });
    const result = await response.json();
    if (result.success) await sync.syncCreditsAfterApiCall(result);
  };
  const done = handleDailyLogin();
  await pass(1_000);
  await done;
  expect(readDigits()).toBe('1,025');
});
