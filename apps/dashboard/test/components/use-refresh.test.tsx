// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useRefresh } from '@/components/earn/use-refresh';

const refresh = vi.fn<() => void>();
vi.mock('next/navigation', () => ({ useRouter: () => ({ refresh }) }));

let isServerThere = true;
beforeEach(() => {
  vi.useFakeTimers();
  refresh.mockClear();
  vi.stubGlobal('fetch', async () => {
    if (!isServerThere) throw new TypeError('Failed to fetch');
    return new Response(null, { status: 200 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (durationMs: number) => act(() => vi.advanceTimersByTimeAsync(durationMs));

test('what ends by the clock renders the page again at once', async () => {
  isServerThere = true;
  const { result } = renderHook(useRefresh);
  result.current();
  await pass(0);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('offline it waits for the server: a refresh would replace the page by an error', async () => {
  isServerThere = false;
  const { result } = renderHook(useRefresh);
  result.current();
  await pass(60_000);
  expect(refresh).not.toHaveBeenCalled();
  isServerThere = true;
  await pass(5_000);
  expect(refresh).toHaveBeenCalledTimes(1);
});

test('a page that was left is not rendered again', async () => {
  isServerThere = false;
  const { result, unmount } = renderHook(useRefresh);
  result.current();
  await pass(1_000);
  unmount();
  isServerThere = true;
  await pass(60_000);
  expect(refresh).not.toHaveBeenCalled();
});
