import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CreditsHandlerOptions } from '../../../src/http/handler.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { createNames, openTestHandler as openTestHandlerBy, openTestLedger, WAYS } from '../../support/handler.ts';
import { followEvents } from '../../support/events.ts';
import { createManualClock } from '../../support/manual-clock.ts';

let ledger: Ledger;
let close: () => Promise<void>;
const name = createNames();

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

let grants = 0;

/** Grants as the account itself: frames then name the operation. */
function grant(account: string, amount = 1, idempotencyKey = `grant-${(grants += 1)}`) {
  return ledger.grant({ account, amount, actor: account, reason: 'Bonus', idempotencyKey });
}

test('a request that is aborted closes its stream, also while that is being opened', async () => {
  const host = openTestHandlerBy(ledger);
  const user = host.signIn(name('user'));
  const first = new AbortController();
  await user.ask('/api/credits/stream', { signal: first.signal });
  const second = new AbortController();
  const opening = user.ask('/api/credits/stream', { signal: second.signal });
  expect(host.handler.streams).toBe(1);
  first.abort();
  second.abort();
  await opening;
  expect(host.handler.streams).toBe(0);
  expect(host.time.waiting).toBe(0);
});

describe.each(WAYS)('by %s', (way) => {
  const openTestHandler = (over: Ledger, options: Partial<CreditsHandlerOptions> = {}) =>
    openTestHandlerBy(over, options, way);

  test('a quiet stream sends a heartbeat every 15 s', async () => {
    const host = openTestHandler(ledger);
    const events = await host.signIn(name('user')).follow();
    await events.snapshot();
    for (let count = 0; count < 3; count += 1) {
      const next = events.next();
      await vi.waitFor(() => expect(host.time.waiting).toBe(2)); // the last heartbeat has set the next one
      host.time.advance(15_000);
      expect(await next).toMatchObject({ event: 'heartbeat', data: '{}' });
    }
    await events.leave();
  });

  test('a session that ended is signed out by the next heartbeat', async () => {
    const host = openTestHandler(ledger);
    const user = host.signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    user.signOut();
    host.time.advance(15_000);
    expect(await events.next()).toMatchObject({ event: 'signed-out' });
    expect(await events.next()).toBeNull();
    expect(host.handler.streams).toBe(0);
  });

  test('a session that now is another account’s is signed out as well', async () => {
    let account = name('user');
    const host = openTestHandler(ledger, { identify: async () => ({ account }) });
    const events = followEvents((await host.askAnonymously('/api/credits/stream')).body);
    await events.snapshot();
    account = name('other');
    host.time.advance(15_000);
    expect(await events.next()).toMatchObject({ event: 'signed-out' });
  });

  test('a sign-out ends that session’s streams at once, and leaves the user’s other sessions alone', async () => {
    const account = name('user');
    const valid = new Set(['phone', 'laptop']);
    const host = openTestHandler(ledger, {
      identify: async (request) => (valid.has(request.headers.get('x-session') ?? '') ? { account } : null),
    });
    const follow = async (session: string) =>
      followEvents((await host.askAnonymously('/api/credits/stream', { headers: { 'x-session': session } })).body);
    const [phone, laptop] = [await follow('phone'), await follow('laptop')];
    await phone.snapshot();
    await laptop.snapshot();
    valid.delete('phone');
    host.handler.recheckSessions(account);
    expect(await phone.next()).toMatchObject({ event: 'signed-out' });
    await grant(account);
    expect(await laptop.snapshot()).toMatchObject({ version: 1 });
    await laptop.leave();
  });

  test('a resolver that fails for a moment ends no stream', async () => {
    let isDown = false;
    const account = name('user');
    const host = openTestHandler(ledger, {
      identify: () => (isDown ? Promise.reject(new Error('session store is down')) : Promise.resolve({ account })),
    });
    const events = followEvents((await host.askAnonymously('/api/credits/stream')).body);
    await events.snapshot();
    isDown = true;
    host.time.advance(15_000);
    expect(await events.next()).toMatchObject({ event: 'heartbeat' });
    expect(host.warnings).toHaveLength(1);
    await events.leave();
  });

  test.each([
    [0, 480_000],
    [0.999_999, 720_000],
  ])(
    'with chance %d a stream ends by itself after %d ms, and its reader may come straight back',
    async (random, lifeMs) => {
      const time = createManualClock(random);
      const host = openTestHandler(ledger, { clock: time.clock, heartbeatMs: 10 * lifeMs });
      const events = await host.signIn(name('user')).follow();
      await events.snapshot();
      time.advance(lifeMs - 1);
      expect(host.handler.streams).toBe(1);
      const next = events.next();
      time.advance(1);
      expect(await next).toMatchObject({ event: 'goodbye', data: '{"retryAfterMs":0}' });
      expect(await events.next()).toBeNull();
    },
  );

  test('one stream too many ends the oldest of that account, which is told to stay away for a while', async () => {
    const host = openTestHandler(ledger, { streamsPerAccountMax: 2 });
    const [user, other] = [host.signIn(name('user')), host.signIn(name('other'))];
    const bystander = await other.follow();
    const streams = [await user.follow(), await user.follow(), await user.follow()];
    const [oldest, second, newest] = streams;
    await oldest?.snapshot();
    expect(await oldest?.next()).toMatchObject({ event: 'goodbye', data: '{"retryAfterMs":60000}' });
    for (const events of [second, newest, bystander]) expect(await events?.snapshot()).toMatchObject({ version: 0 });
    expect(host.handler.streams).toBe(3);
    await Promise.all([second?.leave(), newest?.leave(), bystander.leave()]);
  });

  test('a drain says goodbye on every stream and takes no new one, while reads go on', async () => {
    const host = openTestHandler(ledger);
    const user = host.signIn(name('user'));
    const streams = [await user.follow(), await user.follow()];
    for (const events of streams) await events.snapshot();
    const drained = host.handler.drain({ retryAfterMs: 2_500 });
    const refused = await user.ask('/api/credits/stream');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('3');
    expect(await refused.json()).toMatchObject({ code: 'unavailable' });
    expect((await user.ask('/api/credits')).status).toBe(200);
    for (const events of streams) {
      expect(await events.next()).toMatchObject({ event: 'goodbye', data: '{"retryAfterMs":2500}' });
    }
    await drained;
    await host.handler.drain();
    expect(host.warnings).toEqual([]);
    expect(host.handler.streams).toBe(0);
    expect(host.time.waiting).toBe(0);
  });

  test('a drain does not wait longer than a second for readers that take nothing', async () => {
    const host = openTestHandler(ledger);
    await host.signIn(name('user')).follow();
    const drained = host.handler.drain();
    host.time.advance(1_000);
    await drained;
    expect(host.handler.streams).toBe(0);
    expect(host.time.waiting).toBe(0);
  });

  test('a stream that could not be opened leaves nothing behind', async () => {
    const host = openTestHandler({ ...ledger, snapshot: () => Promise.reject(new Error('connection lost')) });
    expect((await host.signIn(name('user')).ask('/api/credits/stream')).status).toBe(500);
    expect(host.handler.streams).toBe(0);
    expect(host.time.waiting).toBe(0);
  });

  test('without streams nothing listens and no timer runs', async () => {
    const listeners = new Set<unknown>();
    const host = openTestHandler({
      ...ledger,
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
    expect(listeners.size).toBe(0);
    const user = host.signIn(name('user'));
    const streams = await Promise.all(Array.from({ length: 12 }, () => user.follow()));
    expect(listeners.size).toBe(1);
    await Promise.all(streams.map((events) => events.leave()));
    await vi.waitFor(() => expect(listeners.size).toBe(0));
    expect(host.time.waiting).toBe(0);
  });
});
