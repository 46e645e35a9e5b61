import { expect, test } from 'vitest';
import { Store } from '../../src/sync/store.ts';
import { addOperation } from '../../src/sync/number/state.ts';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import type { CreditsState } from '../../src/sync/number/view.ts';
import { createBrowser } from '../support/browser.ts';

function begin() {
  const browser = createBrowser();
  const { environment } = browser.openTab(() => Promise.reject(new Error('asked')));
  const nothing = (): void => undefined;
  const store = new Store(environment, { onModelChanged: nothing, onFrame: nothing, onSleep: nothing });
  const seen: CreditsState[] = [];
  store.subscribe((state) => seen.push(state));
  return { browser, store, seen };
}

test('nobody is told of a change that changes nothing', () => {
  const { store, seen } = begin();
  store.session.commit(store.session.model);
  store.session.commit({ ...store.session.model, tick: 7 });
  store.patch({ fetching: false });
  expect(seen).toEqual([]);
  store.patch({ fetching: true });
  expect(seen).toHaveLength(1);
});

test('what a listener opens while it is told is told to all, newest last', () => {
  const { store, seen } = begin();
  let opened = false;
  store.subscribe(() => {
    if (opened) return;
    opened = true;
    store.session.commit(addOperation(store.session.model, { id: 'b', delta: -2, reason: '', identified: true }));
  });
  const last: CreditsState[] = [];
  store.subscribe((state) => last.push(state));
  store.session.commit(addOperation(store.session.model, { id: 'a', delta: -1, reason: '', identified: true }));
  for (const states of [seen, last]) expect(states.at(-1)?.pending.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('states are frozen: nobody can change what others are shown', () => {
  const { store } = begin();
  store.session.commit(addOperation(store.session.model, { id: 'a', delta: -1, reason: '', identified: true }));
  const state = store.state;
  expect([Object.isFrozen(state), Object.isFrozen(state.pending[0])]).toEqual([true, true]);
});

test('what happens in a session that has ended is published nowhere, and keeps nothing fresh', async () => {
  const { browser, store, seen } = begin();
  const snapshotOf = (account: string, version: number): Snapshot => {
    const balance = { posted: 5, held: 0, available: 5 };
    return { account, epoch: 'one', version, balance, from: version, applied: [] };
  };
  store.switchAccount('ada');
  const former = store.session;
  store.switchAccount('bob');
  store.session.take(snapshotOf('bob', 1), { startedAt: 0 }, 'fetch');
  const { state } = store;
  const count = seen.length;
  await browser.advance(1_000);
  former.take(snapshotOf('ada', 1), { startedAt: 0 }, 'command');
  former.take(snapshotOf('ada', 1), { startedAt: 0 }, 'command');
  expect([former.signal.aborted, former.model.confirmed?.version]).toEqual([true, 1]);
  expect([store.state, seen.length]).toEqual([state, count]);
});
