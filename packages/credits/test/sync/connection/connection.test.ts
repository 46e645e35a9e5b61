import { expect, test } from 'vitest';
import { CreditsError } from '../../../src/contract/error.ts';
import type { Connection, ConnectionEvent, Effect, Moment } from '../../../src/sync/connection/connection-event.ts';
import { createConnection, isLeading, nextDeadline, reduce } from '../../../src/sync/connection/connection.ts';

/** One connection and its clock: every event is reduced at the current time, and every effect is written down. */
function begin(overrides: Partial<Connection> = {}) {
  let connection: Connection = { ...createConnection(30_000), ...overrides };
  let now = 10_000;
  const page = { isOnline: true, isVisible: true };
  const effects: Effect[] = [];
  const dispatch = (event: ConnectionEvent): Effect[] => {
    const moment: Moment = { now, random: 0.5, ...page };
    const [next, caused] = reduce(connection, { ...event, ...moment });
    connection = next;
    effects.push(...caused);
    return caused;
  };
  return {
    page,
    effects,
    dispatch,
    get connection() {
      return connection;
    },
    get now() {
      return now;
    },
    /** Moves time through every deadline on the way. */
    pass(ms: number): Effect[] {
      const until = now + ms;
      const from = effects.length;
      for (let at = nextDeadline(connection, now); at <= until; at = nextDeadline(connection, now)) {
        now = at;
        dispatch({ type: 'tick' });
      }
      now = until;
      return effects.slice(from);
    },
  };
}

const failure = new CreditsError('unavailable');
const responded: ConnectionEvent = { type: 'responded', isVersioned: true, needsFetch: false, error: null };
const failed = (kind: 'denied' | 'refused' | 'failed', retryAfterMs = 0): ConnectionEvent => ({
  type: 'failed',
  kind,
  error: failure,
  retryAfterMs,
  hasPending: false,
});
const switched = (account: string | null, isFinal = false): ConnectionEvent => ({
  type: 'switched',
  account,
  error: null,
  isFinal,
});

/** Displayed, answered with versions, and leading the stream that is open. */
function stream(tab: string | null = 'b') {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab });
  world.dispatch(responded);
  world.pass(50);
  world.dispatch({ type: 'streamed', isSnapshot: true });
  return world;
}

test('the first display joins the tabs and requests the balance; its response opens the stream', () => {
  const world = begin();
  expect(world.connection.state).toBe('idle');
  expect(world.dispatch({ type: 'displayed', isDisplayed: true, tab: 'b' })).toEqual(['join', 'read']);
  expect(world.connection.state).toBe('connecting');
  expect(world.dispatch(responded)).toEqual(['claim']);
  expect(world.pass(50)).toEqual(['connect']);
  expect(world.connection).toMatchObject({ state: 'polling', stream: 'opening' });
  world.dispatch({ type: 'streamed', isSnapshot: true });
  expect(world.connection.state).toBe('streaming');
});

test('where tabs cannot talk to each other, each one leads at once', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: null });
  expect(world.dispatch(responded)).toEqual(['connect']);
});

test('a host without versions is polled, and has no stream', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: 'b' });
  expect(world.dispatch({ ...responded, isVersioned: false })).toEqual([]);
  expect(world.connection.state).toBe('polling');
  expect(world.pass(29_999)).toEqual([]);
  expect(world.pass(1)).toEqual(['read']);
});

test('the last display that closes leaves nothing: no stream, no tabs, no request, no deadline', () => {
  const world = stream();
  world.dispatch({ type: 'refresh' });
  expect(world.dispatch({ type: 'displayed', isDisplayed: false, tab: null })).toEqual([
    'cancel',
    'disconnect',
    'resign',
    'leave',
  ]);
  expect(world.connection.state).toBe('idle');
  expect(nextDeadline(world.connection, world.now)).toBe(Infinity);
});

test('a cancelled request does not start the coalescing time', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: null });
  world.dispatch({ type: 'displayed', isDisplayed: false, tab: null });
  expect(world.dispatch({ type: 'displayed', isDisplayed: true, tab: null })).toEqual(['join', 'read']);
});

test('requests that can wait share one; a request during one is not dropped', () => {
  const world = stream();
  expect(world.dispatch({ type: 'refresh', isSoon: true })).toEqual([]);
  expect(world.pass(5_000)).toEqual(['read']);
  expect(world.dispatch({ type: 'refresh' })).toEqual([]);
  expect(world.dispatch(responded)).toEqual(['read']);
});

test.each([
  ['failed', 'polling', true],
  ['refused', 'stopped', false],
] as const)('after a request that %s the state is %s', (kind, state, isRetried) => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: null });
  world.dispatch(failed(kind));
  expect(world.connection).toMatchObject({ state, error: failure });
  expect(world.pass(300_000).includes('read')).toBe(isRetried);
});

test('a failure is retried with back-off, and no sooner than the server asks', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: null });
  const delays = [0, 1, 2].map(() => {
    world.dispatch(failed('failed'));
    return world.connection.pollAt - world.now;
  });
  expect(delays).toEqual([250, 500, 1_000]);
  world.dispatch(failed('failed', 60_000));
  expect(world.connection.pollAt - world.now).toBe(60_000);
});

test('one 401 is checked once more; a second one signs out', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: null });
  expect(world.dispatch(failed('denied'))).toEqual([]);
  expect(world.pass(1_000)).toEqual(['read']);
  expect(world.dispatch(failed('denied'))).toEqual(['sign-out']);
});

test.each([
  ['by the server', false, true, ['read']],
  ['by the server, when nobody asked by hand', false, false, []],
  ['by the host', true, true, []],
])('signed out %s, a refresh asks or not', (_by, isFinal, isManual, effects) => {
  const world = stream();
  world.dispatch(switched(null, isFinal));
  expect(world.connection.state).toBe('signed-out');
  expect(world.dispatch({ type: 'refresh', isManual })).toEqual(effects);
});

test('an account switch ends the request and the stream, and begins blank', () => {
  const world = stream();
  world.dispatch({ type: 'refresh' });
  expect(world.dispatch(switched('bob'))).toEqual(['cancel', 'disconnect', 'resign', 'read']);
  expect(world.connection).toMatchObject({ state: 'connecting', isVersioned: null, stream: 'closed', failures: 0 });
});

test('a hidden page is not polled, closes its stream after a minute, and asks first when it is back', () => {
  const world = stream();
  world.page.isVisible = false;
  world.dispatch({ type: 'page', name: 'hidden' });
  expect(world.connection.pollAt).toBe(Infinity);
  world.pass(30_000);
  world.dispatch({ type: 'streamed', isSnapshot: false });
  expect(world.pass(29_999)).toEqual([]);
  expect(world.pass(1)).toEqual(['disconnect', 'resign']);
  expect(world.connection.stream).toBe('closed');
  world.page.isVisible = true;
  expect(world.dispatch({ type: 'page', name: 'visible' })).toEqual(['read']);
  expect(world.dispatch(responded)).toEqual(['claim']);
});

test('a page that only loads is no page that returns', () => {
  const world = stream();
  expect(world.dispatch({ type: 'page', name: 'pageshow' })).toEqual([]);
  world.dispatch({ type: 'page', name: 'pagehide' });
  expect(world.dispatch({ type: 'page', name: 'pageshow' })).toEqual(['join', 'read']);
});

test('offline, nothing is kept open and nothing is planned', () => {
  const world = stream();
  world.page.isOnline = false;
  expect(world.dispatch({ type: 'page', name: 'offline' })).toEqual(['disconnect', 'resign']);
  expect(world.connection).toMatchObject({ state: 'offline', pollAt: Infinity });
});

test('a stream without a first snapshot in 5 s gives way to polling for 5 minutes', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: null });
  world.dispatch(responded);
  expect(world.pass(5_000)).toEqual(['disconnect']);
  expect(world.connection).toMatchObject({ state: 'polling', stream: 'waiting' });
  expect(world.connection.streamAt - world.now).toBe(300_000);
});

test('silence for 40 s ends a stream; any event shows that it is alive', () => {
  const world = stream();
  world.pass(39_999);
  world.dispatch({ type: 'streamed', isSnapshot: false });
  expect(world.pass(39_999)).toEqual([]);
  expect(world.pass(1)).toEqual(['disconnect']);
});

test('three connections that end within a second give way to polling', () => {
  const world = stream(null);
  const waits = [0, 1, 2].map(() => {
    world.dispatch({ type: 'ended', ending: { kind: 'lost' } });
    const wait = world.connection.streamAt - world.now;
    world.pass(wait);
    world.dispatch({ type: 'streamed', isSnapshot: true });
    return wait;
  });
  expect(waits).toEqual([250, 250, 300_000]);
});

test.each([
  ['later', 7_000, 7_000],
  ['unavailable', undefined, 300_000],
  ['denied', undefined, 300_000],
] as const)('a stream that ends as %s is opened again after its time', (kind, retryAfterMs, waitMs) => {
  const world = stream();
  world.pass(2_000);
  const effects = world.dispatch({
    type: 'ended',
    ending: { kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
  expect(world.connection.streamAt - world.now).toBe(waitMs);
  expect(effects.includes('read')).toBe(kind === 'denied');
});

test.each([
  ['claims', 'closed', 'a', false, 'closed', []],
  ['claims with a smaller name', 'claiming', 'a', false, 'queued', []],
  ['claims with a larger name', 'claiming', 'c', false, 'claiming', ['claim']],
  ['leads', 'claiming', 'c', true, 'queued', []],
  ['claims', 'open', 'a', false, 'open', ['claim']],
  ['leads with a smaller name', 'open', 'a', true, 'queued', ['disconnect']],
  ['leads with a larger name', 'open', 'c', true, 'open', ['claim']],
  ['leads', 'queued', 'c', true, 'queued', []],
  ['claims', 'queued', 'a', false, 'queued', []],
] as const)('another tab %s while this one is %s', (_what, phase, tab, isLeader, after, effects) => {
  const world = begin({
    isDisplayed: true,
    state: 'polling',
    isVersioned: phase !== 'closed',
    tab: 'b',
    stream: phase,
    streamAt: 20_000,
    pollAt: 40_000,
  });
  expect(world.dispatch({ type: 'claimed', tab, isLeader })).toEqual(effects);
  expect(world.connection.stream).toBe(after);
});

test('a tab in the queue claims when the leader resigns, or falls silent for 40 s', () => {
  for (const end of ['resigned', 'silence']) {
    const world = begin();
    world.dispatch({ type: 'displayed', isDisplayed: true, tab: 'b' });
    world.dispatch(responded);
    world.dispatch({ type: 'claimed', tab: 'a', isLeader: true });
    expect(world.connection.stream).toBe('queued');
    const effects = end === 'resigned' ? world.dispatch({ type: 'resigned' }) : world.pass(40_000);
    expect(effects).toContain('claim');
    expect(isLeading(world.connection)).toBe(false);
  }
});

test('another tab’s updates postpone the poll; one that only seems well is checked after five minutes', () => {
  const world = begin();
  world.dispatch({ type: 'displayed', isDisplayed: true, tab: 'b' });
  world.dispatch(responded);
  world.dispatch({ type: 'claimed', tab: 'a', isLeader: true });
  for (let seconds = 0; seconds < 300; seconds += 15) {
    expect(world.pass(15_000)).not.toContain('read');
    world.dispatch({ type: 'claimed', tab: 'a', isLeader: true });
    world.dispatch({ type: 'followed' });
    expect(world.connection.state).toBe('following');
  }
  world.pass(15_000);
  expect(world.dispatch({ type: 'followed' })).toEqual(['read']);
});

test('what a response leaves undecided is asked about at once, then with back-off', () => {
  const world = stream();
  const undecided: ConnectionEvent = { ...responded, needsFetch: true };
  world.dispatch({ type: 'refresh' });
  expect(world.dispatch(undecided)).toEqual(['read']);
  expect(world.dispatch(undecided)).toEqual([]);
  expect(world.connection.pollAt - world.now).toBe(500);
});

test('what cannot be read is asked about every five seconds at most, and not while the page is hidden', () => {
  const world = stream();
  world.pass(5_000);
  expect(world.dispatch({ type: 'unreadable', error: failure })).toEqual(['read']);
  expect(world.connection.error).toBe(failure);
  world.dispatch(responded);
  world.page.isVisible = false;
  world.pass(6_000);
  expect(world.dispatch({ type: 'unreadable', error: failure })).toEqual([]);
});
