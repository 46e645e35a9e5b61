import { expect, test } from 'vitest';
import { formatLeft } from '@/components/credits/format';
import { formatRunway, runwayWith, toMonthly } from '@/lib/runway';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Monday. */
const NOW_MS = Date.UTC(2026, 11, 7, 19, 20);

test.each([
  [19 * HOUR_MS, 'until Tue 14:20, 19 h left'],
  [25 * MINUTE_MS, 'until Mon 19:45, 25 min left'],
  [30_000, 'until Mon 19:20, less than a minute left'],
  [24 * HOUR_MS, 'until Tue 19:20, 24 h left'],
  [47 * HOUR_MS, 'until Wed 18:20, 47 h left'],
  [24 * DAY_MS, 'until 31 Dec, 24 days left'],
  [3 * DAY_MS, 'until Thu 19:20, 3 days left'],
  [400 * DAY_MS, 'for more than a year'],
])('%i ms are: %s', (leftMs, words) => {
  expect(formatRunway(NOW_MS + leftMs, NOW_MS, 'UTC')).toBe(words);
});

test('the instant is of the reader’s zone, and what is left is not', () => {
  expect(formatRunway(NOW_MS + 19 * HOUR_MS, NOW_MS, 'Asia/Tokyo')).toBe('until Tue 23:20, 19 h left');
});

test('what is shown as left is there: nothing is rounded up', () => {
  expect(formatLeft(2 * HOUR_MS - 1)).toBe('1 h left');
  expect(formatLeft(3 * DAY_MS - 1)).toBe('2 days left');
});

test('a price per hour is shown for 30 days', () => {
  expect(toMonthly(2)).toBe(1_440);
});

test('a runway with another server, with one less, and with none', () => {
  const idle = { available: 100, perHour: 0, exhaustsAtMs: null };
  expect(runwayWith(idle, 2, NOW_MS)).toBe(NOW_MS + 50 * HOUR_MS);
  const busy = { available: 90, perHour: 2, exhaustsAtMs: NOW_MS + 50 * HOUR_MS };
  expect(runwayWith(busy, 0, NOW_MS)).toBe(NOW_MS + 50 * HOUR_MS);
  expect(runwayWith(busy, 3, NOW_MS)).toBe(NOW_MS + 20 * HOUR_MS);
  expect(runwayWith(busy, -1, NOW_MS)).toBe(NOW_MS + 100 * HOUR_MS);
  expect(runwayWith(busy, -2, NOW_MS)).toBeNull();
});
