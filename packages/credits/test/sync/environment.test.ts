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

test('page events are observed, and beforeunload is not (D16)', () => {
  const environment = createBrowserEnvironment();
  const received: PageEvent[] = [];
  const stop = environment.listen((event) => received.push(event));
  for (const name of ['online', 'offline', 'pagehide', 'pageshow', 'beforeunload', 'unload']) {
    window.dispatchEvent(new Event(name));
  }
  document.dispatchEvent(new Event('visibilitychange'));
  expect(received).toEqual(['online', 'offline', 'pagehide', 'pageshow', 'visible']);
  stop();
  window.dispatchEvent(new Event('online'));
  expect(received).toHaveLength(5);
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

test('tabs receive each other’s messages and not their own', async () => {
  const environment = createBrowserEnvironment();
  const received: unknown[] = [];
  const one = environment.channel?.('name', (message) => received.push(['one', message]));
  const other = environment.channel?.('name', (message) => received.push(['other', message]));
  one?.post({ kind: 'hint' });
  await vi.waitFor(() => expect(received).toEqual([['other', { kind: 'hint' }]]));
  one?.close();
  other?.close();
});

test('A17: ids and the talk between tabs need nothing that browsers keep for pages with https', () => {
  vi.stubGlobal('crypto', { getRandomValues: <Bytes extends Uint8Array>(bytes: Bytes) => bytes.fill(7) });
  vi.stubGlobal('navigator', { onLine: true });
  try {
    const environment = createBrowserEnvironment();
    expect(environment.uuid()).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
    const channel = environment.channel?.('name', () => undefined);
    expect(channel).toBeDefined();
    channel?.close();
  } finally {
    vi.unstubAllGlobals();
  }
});
