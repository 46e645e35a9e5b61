import { expect, test } from 'vitest';
import { createHistory, LINES_MAX } from '../../src/devtools/history.ts';
import { createFollowWorld } from '../support/follow-world.ts';

function openHistory(versioned = true) {
  const world = createFollowWorld({ versioned });
  const tab = world.openTab('ada');
  const history = createHistory(tab.client);
  const stop = history.start();
  return { ...world, ...tab, history, stop };
}

test('a purchase is told step by step, each with the number shown right after it', async () => {
  const { browser, mutate, history } = openHistory();
  await browser.advance(100);
  history.clear();
  const bought = mutate(-100);
  await browser.advance(100);
  await bought;
  const told = history.getState().toReversed();
  expect(told[0]).toMatchObject({ via: 'you', text: '−100 Server purchase: sent', shown: 900 });
  expect(told.find(({ via, refused }) => via !== 'you' && !refused)).toMatchObject({
    text: 'Balance, with an operation in it',
    said: 900,
    shown: 900,
  });
  expect(told.map(({ text }) => text)).toContain('−100 Server purchase: decided');
  expect(new Set(told.map(({ shown }) => shown))).toEqual(new Set([900]));
});

test('a frame that changed nothing says why', async () => {
  const { browser, server, client, history } = openHistory();
  await browser.advance(100);
  const late = server.snapshot('ada');
  server.move('ada', 5);
  await browser.advance(100);
  const explain = (snapshot: typeof late): string | undefined => {
    client.seed(snapshot);
    return history.getState()[0]?.text;
  };
  expect(explain(late)).toBe('Ignored: late, a newer balance is shown');
  expect(history.getState()[0]).toMatchObject({ refused: true, said: 1_000, shown: 1_005 });
  expect(explain(server.snapshot('ada'))).toBe('The same again: still fresh');
  expect(explain({ ...late, epoch: 'another' })).toContain('of another epoch of the database');

  client.open(-10, 'Predicted');
  server.move('ada', 1);
  await browser.advance(50);
  expect(history.getState()[0]).toMatchObject({ refused: true, shown: 995 });
  expect(history.getState()[0]?.text).toBe('Waits: it may hide an own operation that is pending');
});

test('a host without versions is told in its own words', async () => {
  const { browser, history } = openHistory(false);
  await browser.advance(100);
  expect(history.getState()[0]).toMatchObject({ text: 'Balance without a version', version: null, shown: 1_000 });
});

test('another account starts without the operations of the one before being called decided', async () => {
  const { browser, client, history } = openHistory();
  await browser.advance(100);
  client.open(-10, 'Theirs');
  client.setAccount(null);
  expect(history.getState()[0]).toMatchObject({ via: 'you', text: 'Signed out', shown: null });
  expect(history.getState().map(({ text }) => text)).not.toContain('−10 Theirs: decided');
});

test('only the last lines are kept, and none are added once it has stopped', async () => {
  const { browser, client, history, stop } = openHistory();
  await browser.advance(100);
  for (let i = 0; i < LINES_MAX; i += 1) client.open(-1, `Step ${i}`).cancel();
  expect(history.getState()).toHaveLength(LINES_MAX);
  stop();
  const before = history.getState();
  client.open(-1, 'Unseen');
  expect(history.getState()).toBe(before);
});
