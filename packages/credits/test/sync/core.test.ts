import { expect, test } from 'vitest';
import { createCore } from '../../src/sync/core.ts';
import { open } from '../../src/sync/state.ts';
import type { CreditsState } from '../../src/sync/view.ts';
import { createBrowser } from '../support/browser.ts';

function begin() {
  const browser = createBrowser();
  const { environment } = browser.openTab(() => Promise.reject(new Error('asked')));
  const nothing = (): void => undefined;
  const core = createCore(environment, { onCommit: nothing, onFrame: nothing, onSleep: nothing });
  const seen: CreditsState[] = [];
  core.subscribe((state) => seen.push(state));
  return { browser, core, seen };
}

test('nobody is told of a change that changes nothing', () => {
  const { core, seen } = begin();
  core.commit(core.model());
  core.commit({ ...core.model(), tick: 7 });
  core.patch({ fetching: false });
  expect(seen).toEqual([]);
  core.patch({ fetching: true });
  expect(seen).toHaveLength(1);
});

test('what a listener opens while it is told is told to all, newest last', () => {
  const { core, seen } = begin();
  let opened = false;
  core.subscribe(() => {
    if (opened) return;
    opened = true;
    core.commit(open(core.model(), { id: 'b', delta: -2, reason: '', named: true }));
  });
  const last: CreditsState[] = [];
  core.subscribe((state) => last.push(state));
  core.commit(open(core.model(), { id: 'a', delta: -1, reason: '', named: true }));
  for (const heard of [seen, last]) expect(heard.at(-1)?.pending.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('states are frozen: nobody can change what others are shown', () => {
  const { core } = begin();
  core.commit(open(core.model(), { id: 'a', delta: -1, reason: '', named: true }));
  const state = core.state();
  expect([Object.isFrozen(state), Object.isFrozen(state.pending[0])]).toEqual([true, true]);
});
