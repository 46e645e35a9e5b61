import { expect, test } from 'vitest';
import { backoffMs, parseRetryAfterMs } from '../../../src/sync/connection/backoff.ts';

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [6, 16_000],
  [7, 20_000],
  [1_000, 20_000],
])('failure %i waits up to %i ms, with full jitter', (attempt, ceilingMs) => {
  expect(backoffMs(attempt, 0)).toBe(0);
  expect(backoffMs(attempt, 0.5)).toBe(ceilingMs / 2);
  expect(backoffMs(attempt, 0.999_999)).toBeCloseTo(ceilingMs, -1);
});

test('what the server asks for is a floor, not a cap', () => {
  expect(backoffMs(1, 0, 3_000)).toBe(3_000);
  expect(backoffMs(9, 0.5, 3_000)).toBe(10_000);
  expect(backoffMs(9, 0.5, 60_000)).toBe(60_000);
});

test.each([
  [null, 0],
  ['', 0],
  ['7', 7_000],
  ['0', 0],
  ['Sun, 22 Nov 2026 00:00:05 GMT', 5_000],
  ['Sun, 22 Nov 2026 00:00:00 GMT', 0],
  ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
  ['soon', 0],
  ['-5', 0],
  ['999999999', 3_600_000],
])('Retry-After %j means %i ms', (value, ms) => {
  expect(parseRetryAfterMs(value, Date.UTC(2026, 10, 22))).toBe(ms);
});
