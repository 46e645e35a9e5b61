// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { isolateTabs, openTab, pass, readDigits, rememberSession } from '../support/tab.tsx';
import { startVersionlessHost, type VersionlessHost } from '../support/versionless-host.ts';

isolateTabs();

const CREATE = '/api/servers/create';

async function openHeader(coins: number) {
  const host = startVersionlessHost(coins);
  rememberSession();
  const tab = await openTab();
  await tab.showHeader();
  const { subtractCredits, addCredits } = tab.runHook(tab.useCreditsUpdate);
  const { syncCreditsAfterApiCall } = tab.runHook(tab.useCreditsSync);

  /** The design document's own handler, word for word. */
  const handlePurchase = async (cost: number) => {
    await subtractCredits(cost, 'Server purchase');
    try {
      const response = await fetch(CREATE, { method: 'POST', body: JSON.stringify({ cost }) });
      const result = await response.json();
      if (result.success) {
        await syncCreditsAfterApiCall(result);
      } else {
        await addCredits(cost, 'Purchase failed');
      }
    } catch {
      await addCredits(cost, 'Purchase error');
    }
  };
  return { host, tab, handlePurchase };
}

/** Charges as the host does: its answer names no balance. */
function sellServers(host: VersionlessHost, decide: (cost: number) => boolean = (cost) => cost <= host.coins): void {
  host.answer(CREATE, ({ body }) => {
    const { cost } = body as { cost: number };
    if (!decide(cost)) return { status: 400, body: { success: false, message: 'Insufficient coins.' } };
    host.coins -= cost;
    return { status: 201, body: { success: true, message: 'Created', server_id: 1 } };
  });
}

test('D3: a documented purchase that is accepted shows 900 at once and for good', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  sellServers(host);
  host.latencyMs = 800;
  // A poll is under way, asked before the purchase: the request may not wait for it.
  await pass(29_900);
  const begun = host.received.length;
  const done = handlePurchase(100);
  await pass(0);
  expect(host.received[begun]?.path).toBe(CREATE);
  expect(readDigits()).toBe('900');

  await pass(10_000);
  await done;
  expect(tab.painted).toEqual([1_000, 900]);
  expect(tab.creditsClient.getState()).toMatchObject({ confirmed: { balance: { available: 900 } }, pending: [] });
});

test('D4: a documented purchase of 100 at 50 that is refused goes back to 50, and was never 100 nor negative', async () => {
  const { host, tab, handlePurchase } = await openHeader(50);
  sellServers(host);
  const done = handlePurchase(100);
  await pass(5_000);
  await done;
  expect(tab.painted).toEqual([50, 0, 50]);
  expect(readDigits()).toBe('50');
});

test('D5: a lost answer of a purchase that was accepted is verified, not refunded', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  host.answer(CREATE, () => {
    host.coins -= 100;
    throw new TypeError('Failed to fetch');
  });
  const done = handlePurchase(100);
  await pass(5_000);
  await done;
  expect(tab.painted).toEqual([1_000, 900]);
  expect(tab.creditsClient.getState().pending).toEqual([]);
});

test('D5: a lost request of a purchase is verified, not kept', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  host.break(CREATE, 'fail');
  const done = handlePurchase(100);
  await pass(5_000);
  await done;
  expect(tab.painted).toEqual([1_000, 900, 1_000]);
});

test('D6: of two purchases 0.12 s apart the first is refused: the second stays deducted', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  sellServers(host, (cost) => cost === 60);
  host.latencyMs = 300;
  const first = handlePurchase(100);
  await pass(120);
  const second = handlePurchase(60);
  await pass(10_000);
  await Promise.all([first, second]);
  expect(tab.painted).toEqual([1_000, 900, 840, 940]);
  expect(readDigits()).toBe('940');
});

test('D7: the answer to a poll that was asked before a purchase never brings the old number back', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  sellServers(host);
  host.latencyMs = 4_000;
  // Asked at 30 s and dealt with at 32 s, so with the old balance; its answer arrives at 34 s, after the purchase.
  await pass(32_500);
  host.latencyMs = 200;
  const done = handlePurchase(100);
  await pass(10_000);
  await done;
  expect(tab.painted).toEqual([1_000, 900]);
});

test.each([['50'], [Number.NaN], [Number.POSITIVE_INFINITY], [-5], [0.1]])(
  'D17: addCredits(%s) is refused with a clear error, and the number is unchanged',
  async (amount) => {
    const { tab } = await openHeader(1_000);
    const { addCredits, subtractCredits, setCredits } = tab.runHook(tab.useCreditsUpdate);
    const bad = amount as number;
    const refusal = { code: 'invalid_request', message: expect.stringContaining('whole number') };
    await expect(addCredits(bad)).rejects.toMatchObject(refusal);
    await expect(subtractCredits(bad)).rejects.toMatchObject(refusal);
    await expect(setCredits(bad)).rejects.toMatchObject(refusal);
    await pass(60_000);
    expect(tab.painted).toEqual([1_000]);
    expect(readDigits()).toBe('1,000');
  },
);

test('D17: an answer whose balance is no number is refused with a clear error, and the number is unchanged', async () => {
  const { tab } = await openHeader(1_000);
  const { syncCreditsAfterApiCall } = tab.runHook(tab.useCreditsSync);
  await expect(syncCreditsAfterApiCall({ success: true, user: { coins: null } })).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringContaining('user.coins'),
  });
  await pass(60_000);
  expect(tab.painted).toEqual([1_000]);
});

/** A panel that answers 30 s after a purchase has come, and charges when it comes or not at all. */
function sellSlowly(host: VersionlessHost, isAccepted: boolean, isLost = false): void {
  const dealt = globalThis.fetch;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    if (url !== CREATE) return dealt(url, init);
    const { cost } = JSON.parse(String(init.body)) as { cost: number };
    if (isAccepted) host.coins -= cost;
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    if (isLost) throw new TypeError('Failed to fetch');
    return Response.json({ success: isAccepted, message: 'Sold out.' }, { status: isAccepted ? 201 : 409 });
  });
}

test('late end: a documented purchase of 400 that is refused after 30 s never shows more than the 1,000 that there are', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  sellSlowly(host, false);
  const done = handlePurchase(400);
  await pass(100_000);
  await done;
  expect(tab.painted).toEqual([1_000, 600, 1_000]);
});

test('late end: the same while the balance cannot be asked for stays subtracted until it can', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  sellSlowly(host, false);
  host.break('/api/user/me', 'fail');
  const done = handlePurchase(400);
  await pass(100_000);
  await done;
  expect(tab.painted).toEqual([1_000, 600]);
  host.break('/api/user/me', null);
  await pass(30_000);
  expect(tab.painted).toEqual([1_000, 600, 1_000]);
});

test('late end: a documented purchase that is charged, and whose answer is lost after 30 s, shows no refund', async () => {
  const { host, tab, handlePurchase } = await openHeader(1_000);
  sellSlowly(host, true, true);
  const done = handlePurchase(400);
  await pass(100_000);
  await done;
  expect(tab.painted).toEqual([1_000, 600]);
});

test('a prediction that no server call follows is corrected by itself', async () => {
  const { tab } = await openHeader(1_000);
  const { setCredits } = tab.runHook(tab.useCreditsUpdate);
  await setCredits(5_000, 'Wishful thinking');
  expect(readDigits()).toBe('5,000');
  await pass(20_000);
  expect(tab.painted).toEqual([1_000, 5_000, 1_000]);
});
