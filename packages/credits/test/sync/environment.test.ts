// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { createBrowserEnvironment, createUuid, type PageEvent } from '../../src/sync/environment.ts';

test('operation ids are UUIDs of version 7 that sort by time', () => {
  const random = Uint8Array.from({ length: 10 }, () => 0xff);
  expect(createUuid(0x0192_3456_789a, random)).toBe('01923456-789a-7fff-bfff-ffffffffffff');
  const environment = createBrowserEnvironment();
  const ids = Array.from({ length: 100 }, () => environment.uuid());
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

test('the page’s life is heard of, and beforeunload is not (D16)', () => {
  const environment = createBrowserEnvironment();
  const heard: PageEvent[] = [];
  const stop = environment.listen((event) => heard.push(event));
  for (const name of ['online', 'offline', 'pagehide', 'pageshow', 'beforeunload', 'unload']) {
    window.dispatchEvent(new Event(name));
  }
  document.dispatchEvent(new Event('visibilitychange'));
  expect(heard).toEqual(['online', 'offline', 'pagehide', 'pageshow', 'visible']);
  stop();
  window.dispatchEvent(new Event('online'));
  expect(heard).toHaveLength(5);
});

test('a timer that was cancelled does not fire', () => {
  vi.useFakeTimers();
  try {
    const environment = createBrowserEnvironment();
    const fired: string[] = [];
    environment.setTimer(() => fired.push('kept'), 10);
    environment.setTimer(() => fired.push('cancelled'), 10)();
    vi.advanceTimersByTime(20);
    expect(fired).toEqual(['kept']);
  } finally {
    vi.useRealTimers();
  }
});

test('tabs hear each other and not themselves', async () => {
  const environment = createBrowserEnvironment();
  const heard: unknown[] = [];
  const one = environment.channel?.('name', (message) => heard.push(['one', message]));
  const other = environment.channel?.('name', (message) => heard.push(['other', message]));
  one?.post({ kind: 'hint' });
  await vi.waitFor(() => expect(heard).toEqual([['other', { kind: 'hint' }]]));
  one?.close();
  other?.close();
});

test('a lock is held by one, passed on when released, and not granted to who stopped waiting', async () => {
  const queue: (() => void)[] = [];
  const request = async (_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>) => {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        queue.splice(queue.indexOf(resolve), 1);
        reject(new DOMException('Aborted', 'AbortError'));
      });
      queue.push(resolve);
      if (queue.length === 1) resolve();
    });
    await hold();
    queue.shift();
    queue[0]?.();
  };
  vi.stubGlobal('navigator', { onLine: true, locks: { request } });
  try {
    const environment = createBrowserEnvironment();
    const held: string[] = [];
    const releaseFirst = environment.lock?.('name', () => held.push('first'));
    const stopSecond = environment.lock?.('name', () => held.push('second'));
    const releaseThird = environment.lock?.('name', () => held.push('third'));
    await vi.waitFor(() => expect(held).toEqual(['first']));
    stopSecond?.();
    releaseFirst?.();
    await vi.waitFor(() => expect(held).toEqual(['first', 'third']));
    releaseThird?.();
  } finally {
    vi.unstubAllGlobals();
  }
});
