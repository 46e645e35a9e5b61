// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { createBrowserEnvironment, createUuid, type PageEvent } from '../../src/sync/environment.ts';

test('operation ids are UUIDs of version 7 that sort by time', () => {
  const random = Uint8Array.from({ length: 10 }, () => 0xff);
  expect(createUuid(0x0192_3456_789a, random)).toBe('01923456-789a-7fff-8fff-ffffffffffff');
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
