import { expect, test } from 'vitest';
import { toBalance } from 'realtime-credits/contract';
import type { CreditsState } from '../../../credits/src/sync/number/view.ts';
import { createBrowser } from '../../../credits/test/support/browser.ts';
import { createOracle, type Begun } from './oracle.ts';
import { createTruth } from './truth.ts';

const EPOCH = 'epoch-1';

/** An oracle over a truth of three versions: 1000, 900 (the tab's own purchase), 940. */
function openOracle() {
  const browser = createBrowser();
  const truth = createTruth(EPOCH);
  truth.change('ada', 1_000, null, 0);
  truth.change('ada', -100, 'p1', 0);
  truth.change('ada', 40, null, 0);
  const begun = new Map<string, Begun>([['p1', { id: 'id-1', delta: -100, account: 'ada', isKnown: true }]]);
  const view = { state: show(3, 940), now: 0 };
  const oracle = createOracle(
    {
      tab: browser.openTab(() => Promise.reject(new Error('Nobody is there.'))),
      begun,
      state: () => view.state,
      isAnswered: () => false,
      mayShow: (account) => account === 'ada',
    },
    {
      truth,
      isOut: () => false,
      revision: () => truth.revision,
      now: () => view.now,
      ledgerMs: () => view.now,
      versioned: true,
    },
  );
  return { oracle, view, truth };
}

function show(version: number, available: number, more: Partial<CreditsState> = {}): CreditsState {
  return {
    account: 'ada',
    confirmed: { balance: toBalance(available, 0), version, epoch: EPOCH },
    pending: [],
    accrued: 0,
    confirmedAt: 0,
    stale: false,
    fetching: false,
    connection: { state: 'streaming', error: null },
    ...more,
  };
}

const PURCHASE = { id: 'id-1', delta: -100, reason: 'p1', state: 'sent' } as const;

test('the number of the newest version is right, and so is an older one with the own purchase that it does not contain', () => {
  const { oracle, view } = openOracle();
  view.state = show(1, 1_000, { pending: [PURCHASE] });
  expect(oracle.check).not.toThrow();
  view.state = show(3, 940);
  expect(oracle.check).not.toThrow();
});

test.each([
  ['a purchase that counts twice', show(2, 900, { pending: [PURCHASE] }), 'shows 800 at version 2, explainable is 900'],
  ['a purchase that is forgotten', show(1, 1_000), 'shows 1000 at version 1, explainable is 900'],
  ['a balance that no version has', show(3, 941), 'has version 3 with 941 available'],
  ['somebody else’s number', show(3, 940, { account: 'bob' }), 'is about bob'],
  ['a number of nobody', show(3, 940, { account: null }), 'shows a number of nobody'],
])('%s is found', (_what, state, wrong) => {
  const { oracle, view } = openOracle();
  view.state = state;
  expect(oracle.check).toThrow(wrong);
});

test('a bonus that nobody announced is found: a late refusal shown as one', () => {
  const { oracle, view } = openOracle();
  const refund = { id: 'id-2', delta: 100, reason: 'taken back', state: 'open' } as const;
  view.state = show(3, 940, { pending: [refund] });
  expect(oracle.check).toThrow('shows 1040, and there never was more than 1000');
});

test('a version that goes back is found, although both of its numbers are right', () => {
  const { oracle, view } = openOracle();
  oracle.check();
  view.state = show(2, 900);
  expect(oracle.check).toThrow('went back from version 3 to 2');
});

test('a number that was overtaken long ago is right only where it says that it is stale', () => {
  const { oracle, view, truth } = openOracle();
  oracle.check();
  truth.change('ada', 1, null, 0);
  oracle.check();
  view.now = 70_000;
  expect(oracle.check).toThrow('does not say that it is stale');
  view.state = show(3, 940, { stale: true });
  expect(oracle.check).not.toThrow();
});
