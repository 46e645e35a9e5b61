// @vitest-environment happy-dom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Countdown } from '@/components/earn/countdown';
import { Texts } from '../support/texts.tsx';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2001-01-01T00:00:00Z') }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const renderedAt = Date.parse('2026-11-22T18:00:00Z');
const pass = (durationMs: number) => act(() => void vi.advanceTimersByTime(durationMs));

test('the time left is counted from the clock of the server, however wrong that of the device is', () => {
  render(<Countdown until="2026-11-22T20:30:00Z" renderedAt={renderedAt} style="words" />, { wrapper: Texts });
  expect(screen.getByText('2 hours and 30 minutes')).toBeDefined();
  pass(30 * 60_000);
  expect(screen.getByText('2 hours')).toBeDefined();
});

test('the end is said once, and the clock stays at zero', () => {
  const onEnd = vi.fn<() => void>();
  render(<Countdown until="2026-11-22T18:00:03Z" renderedAt={renderedAt} style="clock" onEnd={onEnd} />, {
    wrapper: Texts,
  });
  pass(2_000);
  expect(onEnd).not.toHaveBeenCalled();
  pass(60_000);
  expect(screen.getByText('00:00:00')).toBeDefined();
  expect(onEnd).toHaveBeenCalledTimes(1);
});
