import { expect, test } from 'vitest';
import { toBalance } from '../../src/contract/balance.ts';
import type { AccruingRate, Snapshot } from '../../src/contract/snapshot.ts';
import { Store } from '../../src/sync/store.ts';
import { selectShown } from '../../src/sync/number/view.ts';
import { createBrowser } from '../support/browser.ts';

const T0 = Date.UTC(2026, 10, 27);
const iso = (ms: number): string => new Date(ms).toISOString();

function rate(amount: number, more: Partial<AccruingRate> = {}): AccruingRate {
  return { resource: 'server:1', amount, per: 'hour', settledAt: iso(T0), prepaid: 0, remainder: 0, ...more };
}

function snapshot(version: number, available: number, rates: AccruingRate[], atMs = T0): Snapshot {
  const time = { at: iso(atMs), rates, exhaustsAt: null, expires: null, refills: null };
  return {
    account: 'ada',
    epoch: 'one',
    version,
    balance: toBalance(available, 0),
    from: version,
    applied: [],
    time,
  };
}

function begin() {
  const browser = createBrowser();
  const tab = browser.openTab(() => Promise.reject(new Error('Nothing is asked.')));
  const nothing = (): void => undefined;
  const store = new Store(tab.environment, { onModelChanged: nothing, onFrame: nothing, onSleep: nothing });
  store.switchAccount('ada');
  const numbers: (number | null)[] = [];
  store.subscribe((state) => {
    const shown = selectShown(state);
    if (shown !== numbers.at(-1)) numbers.push(shown);
  });
  const take = (frame: Snapshot) => store.session.take(frame, { startedAt: -1 }, 'stream');
  return { browser, tab, store, numbers, take };
}

test('between two snapshots the number counts down, one credit at a time', async () => {
  const { browser, numbers, take } = begin();
  take(snapshot(1, 100, [rate(1_200), rate(600, { remainder: 1_800_000 })]));
  await browser.advance(12_000);
  // A credit every 3 s, and one every 6 s of which half had accrued.
  expect(numbers).toEqual([100, 98, 97, 95, 94]);
});

test('a settlement changes no number: what had accrued is in the balance', async () => {
  const { browser, numbers, take } = begin();
  take(snapshot(1, 100, [rate(3_600)]));
  await browser.advance(2_500);
  take(snapshot(2, 98, [rate(3_600, { settledAt: iso(T0 + 2_000) })], T0 + 2_500));
  await browser.advance(1_000);
  expect(numbers).toEqual([100, 99, 98, 97]);
});

test('what is paid ahead is not counted again', async () => {
  const { browser, numbers, take } = begin();
  take(snapshot(1, 100, [rate(3_600, { prepaid: 3 })]));
  await browser.advance(5_000);
  expect(numbers).toEqual([100, 99, 98]);
});

test('it ends at 0, and no timer is left', async () => {
  const { browser, tab, store, numbers, take } = begin();
  let timers = 0;
  const { setTimer } = tab.environment;
  Object.assign(tab.environment, {
    setTimer: (...args: Parameters<typeof setTimer>) => ((timers += 1), setTimer(...args)),
  });
  take(snapshot(1, 2, [rate(3_600)]));
  await browser.advance(2_000);
  expect(numbers).toEqual([2, 1, 0]);
  const before = timers;
  await browser.advance(10_000);
  // What watches the age of the balance is the only timer.
  expect(timers - before).toBeLessThanOrEqual(1);
  expect(selectShown(store.state)).toBe(0);
});

test('while the page is hidden nothing moves; when it is looked at again the number is the one of now', async () => {
  const { browser, tab, store, numbers, take } = begin();
  take(snapshot(1, 100, [rate(3_600)]));
  tab.emit('hidden');
  await browser.advance(7_000);
  expect(numbers).toEqual([100, 99]);
  tab.emit('visible');
  store.count();
  expect(selectShown(store.state)).toBe(93);
});

test('however much is charged, the number moves at most four times a second', async () => {
  const { browser, numbers, take } = begin();
  take(snapshot(1, 1_000_000_000, [rate(1_000_000_000)]));
  await browser.advance(1_000);
  expect(numbers).toHaveLength(5);
  expect(numbers.at(-1)).toBe(1_000_000_000 - 277_777);
});

test('of snapshots that took differently long, the fastest says how late it is; a clock that was set back is followed', async () => {
  const { browser, store, take } = begin();
  take(snapshot(1, 100, [rate(3_600)], T0));
  // It was read at once, and took 9 s.
  await browser.advance(9_000);
  take(snapshot(1, 100, [rate(3_600)], T0));
  store.count();
  expect(selectShown(store.state)).toBe(91);
  take(snapshot(1, 100, [rate(3_600)], T0 - 60_000));
  store.count();
  expect(selectShown(store.state)).toBe(100);
});

test('another account inherits no countdown', async () => {
  const { browser, store, take } = begin();
  take(snapshot(1, 100, [rate(3_600)]));
  await browser.advance(2_000);
  store.switchAccount('bob');
  expect([store.state.accrued, selectShown(store.state)]).toEqual([0, null]);
  await browser.advance(2_000);
  expect(store.state.accrued).toBe(0);
});
