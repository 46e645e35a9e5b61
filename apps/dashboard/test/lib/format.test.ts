import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { translator } from '../support/texts.tsx';
import { formatInstant, toDayKey } from '@/components/credits/activity/instant';
import {
  formatChange,
  formatClock,
  formatCredits,
  formatCreditsWithUnit,
  formatDuration,
  formatMegabytes,
  formatProcessors,
} from '@/lib/format';

const t = translator('shell.time');
const DASHBOARD = fileURLToPath(new URL('../..', import.meta.url));

test('an amount is written with separators, and a prediction below zero is painted as 0', () => {
  expect(formatCredits(9_007_199_254_740_991)).toBe('9,007,199,254,740,991');
  expect(formatCredits(0)).toBe('0');
  expect(formatCredits(-50)).toBe('0');
});

test('a change always has its sign, and nothing has none', () => {
  expect(formatChange(1_250)).toBe('+1,250');
  expect(formatChange(-300)).toBe('−300');
  expect(formatChange(0)).toBe('0');
});

test('one credit is singular', () => {
  expect(formatCreditsWithUnit(1)).toBe('1 credit');
  expect(formatCreditsWithUnit(0)).toBe('0 credits');
});

test('a clock counts every started second, and stops at zero', () => {
  expect(formatClock(5 * 3_600_000 + 12 * 60_000 + 8_001)).toBe('05:12:09');
  expect(formatClock(-1)).toBe('00:00:00');
});

test('a duration is said as people say it', () => {
  expect(formatDuration(5 * 3_600_000 + 11 * 60_000 + 30_000, t)).toBe('5 hours and 12 minutes');
  expect(formatDuration(3_600_000, t)).toBe('1 hour');
  expect(formatDuration(10_000, t)).toBe('a minute');
});

test('memory is said in the unit that makes it short', () => {
  expect(formatMegabytes(512)).toBe('512 MB');
  expect(formatMegabytes(4_096)).toBe('4 GB');
  expect(formatMegabytes(1_536)).toBe('1.5 GB');
});

test('an instant belongs to the day of the reader, not of the server', () => {
  const lateInUtc = '2026-11-22T23:30:00.000Z';
  expect(toDayKey(lateInUtc, 'UTC')).toBe('2026-11-22');
  expect(toDayKey(lateInUtc, 'Asia/Tokyo')).toBe('2026-11-23');
  expect(formatInstant(lateInUtc, 'time', 'Asia/Tokyo')).toBe('08:30');
});

/** In a popover, which is not rendered on the server. */
const AFTER_HYDRATION = ['components/credits/time-lines.tsx'];

test('A18: what writes an instant expects other words of the browser, whose locale data are of another edition', () => {
  const files = ['app', 'components', 'registry'].flatMap((folder) =>
    readdirSync(join(DASHBOARD, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.tsx'))
      .map((name) => join(folder, name)),
  );
  const writes = /\b(formatInstant|formatUntil|formatRunway)\(|toLocale(Date|Time)?String|Intl\.\w+Format\(/;
  const found = files.filter((file) => writes.test(readFileSync(join(DASHBOARD, file), 'utf8')));
  expect(found.length).toBeGreaterThan(3);
  const bare = found.filter(
    (file) => !readFileSync(join(DASHBOARD, file), 'utf8').includes('suppressHydrationWarning'),
  );
  expect(bare).toEqual(AFTER_HYDRATION);
});

test('a share of processors is written as hosts sell it', () => {
  expect([25, 50, 100, 250, 330].map(formatProcessors)).toEqual(['¼ vCPU', '½ vCPU', '1 vCPU', '2½ vCPU', '3.3 vCPU']);
});
