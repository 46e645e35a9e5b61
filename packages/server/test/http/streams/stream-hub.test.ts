import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatEventId } from 'realtime-credits/contract';
import type { CreditsHandlerOptions } from '../../../src/http/handler.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { createNames, openTestHandler as openTestHandlerBy, openTestLedger, WAYS } from '../../support/handler.ts';

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

/** The same ledger, that says to nobody that something changed. */
function withoutHints(): Ledger {
  return { ...ledger, notificationGeneration: null, onChange: () => () => undefined };
}

test('the first state is sent at once, with the headers that keep proxies from collecting', async () => {
  const user = openTestHandlerBy(ledger).signIn(name('user'));
  const response = await user.ask('/api/credits/stream');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  expect(response.headers.has('connection')).toBe(false);
  const first = await response.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toContain(`event: snapshot\nid: ${ledger.epoch}.0\n`);
});

describe.each(WAYS)('by %s', (way) => {
  const openTestHandler = (over: Ledger, options: Partial<CreditsHandlerOptions> = {}) =>
    openTestHandlerBy(over, options, way);

  test('a commit is on the stream without anything being asked', async () => {
    const user = openTestHandler(ledger).signIn(name('user'));
    const events = await user.follow();
    expect(await events.snapshot()).toMatchObject({ version: 0 });
    await grant(user.account, 50, 'bonus');
    expect(await events.snapshot()).toMatchObject({
      version: 1,
      from: 0,
      applied: ['bonus'],
      balance: { available: 50 },
    });
    await ledger.hold({
      account: user.account,
      amount: 20,
      actor: user.account,
      reason: 'Server',
      idempotencyKey: 'hold',
      expiresAfterMs: 60_000,
    });
    expect(await events.snapshot()).toMatchObject({
      from: 1,
      applied: ['hold'],
      balance: { posted: 50, held: 20, available: 30 },
    });
    await events.leave();
  });

  test('a reader that was away is told every operation since, in its first state', async () => {
    const user = openTestHandler(ledger).signIn(name('user'));
    await grant(user.account, 1, 'before');
    const first = await user.follow();
    const known = await first.snapshot();
    await first.leave();
    await grant(user.account, 1, 'missed-1');
    await grant(user.account, 1, 'missed-2');
    const events = await user.follow(formatEventId(known));
    expect(await events.snapshot()).toMatchObject({ version: 3, from: 1, applied: ['missed-1', 'missed-2'] });
    await events.leave();
  });

  test('frames follow on each other: applied names every operation, however they were bundled', async () => {
    const user = openTestHandler(ledger).signIn(name('user'));
    const events = await user.follow();
    let last = await events.snapshot();
    const seen: string[] = [];
    const keys = Array.from({ length: 60 }, (_, index) => `burst-${index}`);
    const commits = Promise.all(keys.map((key) => grant(user.account, 1, key)));
    while (last.version < keys.length) {
      const next = await events.snapshot();
      expect(next.from).toBeLessThanOrEqual(last.version);
      expect(next.version).toBeGreaterThan(last.version);
      seen.push(...next.applied);
      last = next;
    }
    await commits;
    expect(new Set(seen)).toEqual(new Set(keys));
    expect(last.balance.available).toBe(60);
    await events.leave();
  });

  test('a reader that does not read costs one frame, then gets the newest state whole', async () => {
    const user = openTestHandler(ledger).signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    const keys = Array.from({ length: 40 }, (_, index) => `slow-${index}`);
    for (const key of keys) await grant(user.account, 1, key);
    const frames = [await events.snapshot()];
    // The hub may still be reading the last of them, and a socket has one on its way: never one for each.
    while (frames.at(-1)?.version !== 40) frames.push(await events.snapshot());
    expect(frames.length).toBeLessThanOrEqual(3);
    expect(frames.flatMap(({ applied }) => applied)).toEqual(keys);
    await events.leave();
  });

  test('idle streams of a ledger that is ours alone ask it nothing', async () => {
    const questions: string[] = [];
    const record = (question: 'snapshot' | 'versions' | 'balance') => () => {
      questions.push(question);
      return Promise.reject(new Error('nobody was to ask'));
    };
    let isIdle = false;
    const host = openTestHandler({
      ...ledger,
      snapshot: (...asked) => (isIdle ? record('snapshot')() : ledger.snapshot(...asked)),
      versions: record('versions'),
      balance: record('balance'),
    });
    const streams = await Promise.all(Array.from({ length: 5 }, () => host.signIn(name('user')).follow()));
    for (const events of streams) await events.snapshot();
    isIdle = true;
    host.time.advance(60_000);
    for (const events of streams) expect((await events.next())?.event).toBe('heartbeat');
    expect(questions).toEqual([]);
    for (const events of streams) await events.leave();
  });

  test('a reader that takes nothing for 5 s is cut and forgotten', async () => {
    const host = openTestHandler(ledger);
    const user = host.signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    // A socket takes the first one, and its peer does not.
    await vi.waitFor(async () => {
      await grant(user.account);
      expect(host.time.waiting).toBe(3); // re-reading, heartbeats, and now the stall
    });
    host.time.advance(5_000);
    expect(host.handler.streams).toBe(0);
    await expect(events.next()).rejects.toThrow('cut');
  });

  test('a lost hint is healed by re-reading', async () => {
    const host = openTestHandler(withoutHints(), { rereadMs: 3_000 });
    const user = host.signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    await grant(user.account, 9, 'unheard');
    host.time.advance(3_000);
    expect(await events.snapshot()).toMatchObject({ version: 1, applied: ['unheard'], balance: { available: 9 } });
    // And again: the timer goes on.
    await grant(user.account, 9, 'unheard-again');
    await vi.waitFor(() => expect(host.time.waiting).toBe(2));
    host.time.advance(3_000);
    expect(await events.snapshot()).toMatchObject({ version: 2, from: 1, applied: ['unheard-again'] });
    await events.leave();
  });

  test('after an interruption of hints everybody is read once, during one again and again, and then no more', async () => {
    let notificationGeneration: number | null = 1;
    const questions: string[][] = [];
    const interrupted: Ledger = {
      ...withoutHints(),
      get notificationGeneration() {
        return notificationGeneration;
      },
      versions: (accounts) => (questions.push([...accounts]), ledger.versions(accounts)),
    };
    const host = openTestHandler(interrupted, { heartbeatMs: 300_000 });
    const user = host.signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    const reread = async (): Promise<void> => {
      host.time.advance(5_000);
      await vi.waitFor(() => expect(host.time.waiting).toBe(2)); // the next look, and the heartbeat
    };
    await reread();
    expect(questions).toEqual([]);
    notificationGeneration = null;
    await grant(user.account, 9, 'unheard');
    const first = events.snapshot();
    await reread();
    expect(await first).toMatchObject({ version: 1, applied: ['unheard'] });
    await reread();
    expect(questions).toHaveLength(2);
    await grant(user.account, 9, 'last-unheard');
    notificationGeneration = 2;
    const second = events.snapshot();
    await reread();
    expect(await second).toMatchObject({ version: 2, applied: ['last-unheard'] });
    expect(questions).toHaveLength(3);
    for (let count = 0; count < 5; count += 1) await reread();
    expect(questions).toEqual([[user.account], [user.account], [user.account]]);
    await events.leave();
  });

  test('re-reading asks one question for everybody, and sends nothing where nothing moved', async () => {
    const questions: number[] = [];
    const reads = vi.fn<Ledger['snapshot']>(ledger.snapshot);
    const host = openTestHandler({
      ...withoutHints(),
      snapshot: reads,
      versions: (accounts) => (questions.push(accounts.length), ledger.versions(accounts)),
    });
    const users = [host.signIn(name('user')), host.signIn(name('user')), host.signIn(name('user'))];
    const streams = await Promise.all(users.map((user) => user.follow()));
    for (const events of streams) await events.snapshot();
    expect(reads).toHaveBeenCalledTimes(3);
    host.time.advance(5_000);
    await vi.waitFor(() => expect(questions).toEqual([3]));
    expect(reads).toHaveBeenCalledTimes(3);
    await Promise.all(streams.map((events) => events.leave()));
  });

  test('a change is read once for all streams of the account', async () => {
    const reads = vi.fn<Ledger['snapshot']>(ledger.snapshot);
    const user = openTestHandler({ ...ledger, snapshot: reads }).signIn(name('user'));
    const streams = [await user.follow(), await user.follow(), await user.follow()];
    for (const events of streams) await events.snapshot();
    reads.mockClear();
    await grant(user.account, 3, 'once');
    for (const events of streams) expect(await events.snapshot()).toMatchObject({ version: 1, applied: ['once'] });
    expect(reads).toHaveBeenCalledTimes(1);
    await Promise.all(streams.map((events) => events.leave()));
  });

  test('a read that fails is reported and made good by the next one', async () => {
    let isDown = false;
    const host = openTestHandler({
      ...ledger,
      snapshot: (...asked) => (isDown ? Promise.reject(new Error('connection lost')) : ledger.snapshot(...asked)),
    });
    const user = host.signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    isDown = true;
    await grant(user.account, 4, 'while-down');
    await vi.waitFor(() => expect(host.warnings).toHaveLength(1));
    isDown = false;
    host.time.advance(5_000);
    expect(await events.snapshot()).toMatchObject({ version: 1, from: 0, applied: ['while-down'] });
    await events.leave();
  });

  test('streams that open while the balance moves miss nothing', async () => {
    const user = openTestHandler(ledger, { streamsPerAccountMax: 50 }).signIn(name('user'));
    const keys = Array.from({ length: 30 }, (_, index) => `race-${index}`);
    const commits = keys.map(async (key) => grant(user.account, 1, key));
    const streams = await Promise.all(keys.map(() => user.follow(`${ledger.epoch}.0`)));
    await Promise.all(commits);
    for (const events of streams) {
      let known = 0;
      const seen = new Set<string>();
      while (known < keys.length) {
        const frame = await events.snapshot();
        expect(frame.from).toBeLessThanOrEqual(known);
        frame.applied.forEach((id) => seen.add(id));
        known = frame.version;
      }
      expect(seen.size).toBe(keys.length);
      await events.leave();
    }
  });

  /** A ledger that says to nobody that something changed, and whose reads answer when the test says so. */
  function withHeldReads() {
    const held: (() => void)[] = [];
    let isHolding = false;
    const snapshot: Ledger['snapshot'] = async (...asked) => {
      const answer = await ledger.snapshot(...asked);
      if (isHolding) await new Promise<void>((release) => held.push(release));
      return answer;
    };
    return {
      held,
      hold: (whether: boolean) => void (isHolding = whether),
      ledger: { ...withoutHints(), snapshot } satisfies Ledger,
    };
  }

  test('a stream whose first read is overtaken by that of a later stream is brought up at once', async () => {
    const slow = withHeldReads();
    const user = openTestHandler(slow.ledger).signIn(name('user'));
    slow.hold(true);
    const early = user.follow();
    await vi.waitFor(() => expect(slow.held).toHaveLength(1));
    slow.hold(false);
    await grant(user.account, 1, 'in-between');
    const late = await user.follow();
    expect(await late.snapshot()).toMatchObject({ version: 1 });
    slow.held.shift()?.();
    const events = await early;
    // No hint and no timer: the stream that turned out to be behind is why the account is read again.
    let frame = await events.snapshot();
    if (frame.version === 0) frame = await events.snapshot();
    expect(frame).toMatchObject({ version: 1, from: 0, applied: ['in-between'] });
    await Promise.all([events.leave(), late.leave()]);
  });

  test('a stream that joins behind a read under way is not left behind by it', async () => {
    const slow = withHeldReads();
    let hint: ((accounts: readonly string[]) => void) | undefined;
    const host = openTestHandler({ ...slow.ledger, onChange: (listener) => ((hint = listener), () => undefined) });
    const user = host.signIn(name('user'));
    slow.hold(true);
    const joining = user.follow(`${ledger.epoch}.0`);
    await vi.waitFor(() => expect(slow.held).toHaveLength(1)); // it has read version 0
    slow.hold(false);
    await grant(user.account, 1, 'first');
    const other = await user.follow();
    expect(await other.snapshot()).toMatchObject({ version: 1 });
    await grant(user.account, 1, 'second');
    slow.hold(true);
    hint?.([user.account]);
    await vi.waitFor(() => expect(slow.held).toHaveLength(2)); // the group has read what came after version 1
    slow.hold(false);
    slow.held.shift()?.();
    const events = await joining;
    slow.held.shift()?.();
    const seen: string[] = [];
    let version = -1;
    while (version < 2) {
      const frame = await events.snapshot();
      expect(frame.from).toBeLessThanOrEqual(Math.max(version, 0));
      seen.push(...frame.applied);
      version = frame.version;
    }
    expect(new Set(seen)).toEqual(new Set(['first', 'second']));
    await Promise.all([events.leave(), other.leave()]);
  });

  test('hints during a read make one more read, however many they are', async () => {
    const slow = withHeldReads();
    let hint: (() => void) | undefined;
    const user = openTestHandler({
      ...slow.ledger,
      onChange: (listener) => ((hint = () => listener([user.account])), () => undefined),
    }).signIn(name('user'));
    const events = await user.follow();
    await events.snapshot();
    slow.hold(true);
    for (let count = 0; count < 5; count += 1) hint?.();
    await vi.waitFor(() => expect(slow.held).toHaveLength(1));
    await grant(user.account, 1, 'meanwhile');
    slow.held.shift()?.();
    await vi.waitFor(() => expect(slow.held).toHaveLength(1));
    slow.held.shift()?.();
    expect(await events.snapshot()).toMatchObject({ version: 1, applied: ['meanwhile'] });
    expect(slow.held).toHaveLength(0);
    await events.leave();
  });

  test('two accounts never receive each other’s events', async () => {
    const host = openTestHandler(ledger);
    const [ada, bob] = [host.signIn(name('ada')), host.signIn(name('bob'))];
    const [toAda, toBob] = [await ada.follow(), await bob.follow()];
    await toAda.snapshot();
    await toBob.snapshot();
    for (let round = 1; round <= 5; round += 1) {
      await grant(ada.account, 1, `ada-${round}`);
      await grant(bob.account, 2, `bob-${round}`);
      expect(await toAda.snapshot()).toMatchObject({
        account: ada.account,
        applied: [`ada-${round}`],
        balance: { available: round },
      });
      expect(await toBob.snapshot()).toMatchObject({
        account: bob.account,
        applied: [`bob-${round}`],
        balance: { available: 2 * round },
      });
    }
    await Promise.all([toAda.leave(), toBob.leave()]);
  });
});

test('the time from learning of a change to its frame is observed, for accounts with streams only', async () => {
  const lags: number[] = [];
  const host = openTestHandlerBy(ledger, { observer: { onFrame: ({ lagMs }) => void lags.push(lagMs) } });
  const user = host.signIn(name('user'));
  const events = await user.follow();
  await events.snapshot();
  await grant(name('somebody-else'));
  await grant(user.account);
  await events.snapshot();
  // The clock of the test stands still.
  expect(lags).toEqual([0]);
});
