import { expect, test } from 'vitest';
import { formatSpan } from '../../components/credits/format.ts';
import { isLate } from '../../lib/lag.ts';

const AT = '2026-11-27T12:00:00.000Z';
const before = (seconds: number) => new Date(Date.parse(AT) - seconds * 1_000).toISOString();

test.each([
  [-5, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [3_599, '59 min'],
  [3_600, '1 h'],
  [47 * 3_600, '47 h'],
  [48 * 3_600, '2 days'],
])('%s seconds are %s', (seconds, words) => {
  expect(formatSpan(seconds * 1_000)).toBe(words);
});

test('what is due for more than ten seconds is late', () => {
  expect([null, before(-60), before(10)].map((due) => isLate(due, AT))).toEqual([false, false, false]);
  expect(isLate(before(11), AT)).toBe(true);
});
