import { expect, test } from 'vitest';
import { isTimeZone, periodAt, startOf, type Calendar } from '../../../src/ledger/rules/calendar.ts';

const calendar = (per: Calendar['per'], anchor: string, timeZone: string): Calendar => ({
  per,
  anchorMs: Date.parse(anchor),
  timeZone,
});

/** The beginnings of periods, without milliseconds. */
function startsOf(of: Calendar, periods: readonly number[]): string[] {
  return periods.map((period) => new Date(startOf(of, period)).toISOString().replace('.000Z', 'Z'));
}

test('months from a 31st begin on the last day of shorter months, and on the 31st again', () => {
  const monthly = calendar('month', '2027-01-31T00:00:00Z', 'UTC');
  expect(startsOf(monthly, [-1, 0, 1, 2, 3, 13])).toEqual([
    '2026-12-31T00:00:00Z',
    '2027-01-31T00:00:00Z',
    '2027-02-28T00:00:00Z',
    '2027-03-31T00:00:00Z',
    '2027-04-30T00:00:00Z',
    '2028-02-29T00:00:00Z',
  ]);
});

test('days begin at one local time, so they have 23 and 25 hours where clocks change', () => {
  const berlin = calendar('day', '2027-01-01T00:00:00+01:00', 'Europe/Berlin');
  const hours = (day: string): number => {
    const period = periodAt(berlin, Date.parse(day));
    return (startOf(berlin, period + 1) - startOf(berlin, period)) / 3_600_000;
  };
  expect(hours('2027-03-28T12:00:00Z')).toBe(23);
  expect(hours('2027-06-01T12:00:00Z')).toBe(24);
  expect(hours('2027-10-31T12:00:00Z')).toBe(25);
  const newYork = calendar('month', '2027-03-01T00:00:00-05:00', 'America/New_York');
  expect(startsOf(newYork, [0, 1, 8, 9])).toEqual([
    '2027-03-01T05:00:00Z',
    '2027-04-01T04:00:00Z',
    '2027-11-01T04:00:00Z',
    '2027-12-01T05:00:00Z',
  ]);
});

test('weeks keep their weekday and local time', () => {
  const weekly = calendar('week', '2027-03-22T09:00:00+05:45', 'Asia/Kathmandu');
  expect(startsOf(weekly, [0, 1])).toEqual(['2027-03-22T03:15:00Z', '2027-03-29T03:15:00Z']);
  const berlin = calendar('week', '2027-03-22T09:00:00+01:00', 'Europe/Berlin');
  expect(startsOf(berlin, [0, 1])).toEqual(['2027-03-22T08:00:00Z', '2027-03-29T07:00:00Z']);
});

test('a local time that clocks skip is later by what they skip, and one that occurs twice is the first', () => {
  const night = calendar('day', '2027-01-01T02:30:00+01:00', 'Europe/Berlin');
  const dayOf = (at: string): string => startsOf(night, [periodAt(night, Date.parse(at))])[0] ?? '';
  expect(dayOf('2027-03-28T12:00:00Z')).toBe('2027-03-28T01:30:00Z'); // 03:30 in summer time
  expect(dayOf('2027-10-31T12:00:00Z')).toBe('2027-10-31T00:30:00Z'); // the first 02:30
  expect(dayOf('2027-10-31T01:00:00Z')).toBe('2027-10-31T00:30:00Z');
});

test('a day that a zone left out is no period of its own', () => {
  const apia = calendar('day', '2011-12-28T12:00:00-10:00', 'Pacific/Apia');
  const period = periodAt(apia, Date.parse('2011-12-30T22:00:00Z'));
  expect(startsOf(apia, [period, period + 1])).toEqual(['2011-12-30T22:00:00Z', '2011-12-31T22:00:00Z']);
  expect(startOf(apia, period - 1)).toBe(startOf(apia, period));
});

test('the period of any instant begins at it or before, and the next one after it', () => {
  const calendars = (['day', 'week', 'month'] as const).flatMap((per) =>
    ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'].map((timeZone) =>
      calendar(per, '2026-10-31T01:45:00.250Z', timeZone),
    ),
  );
  for (const each of calendars) {
    for (let step = 0; step < 500; step += 1) {
      const ms = each.anchorMs + step * 91_234_567;
      const period = periodAt(each, ms);
      expect(startOf(each, period)).toBeLessThanOrEqual(ms);
      expect(startOf(each, period + 1)).toBeGreaterThan(ms);
    }
  }
});

test('only names of time zones are time zones', () => {
  expect(['Europe/Berlin', 'Asia/Kathmandu', 'UTC', 'Etc/GMT+3'].filter((name) => !isTimeZone(name))).toEqual([]);
  expect(['', 'Berlin', '+01:00', 'Europe/Berlin ', '../UTC', 'x'.repeat(65)].filter(isTimeZone)).toEqual([]);
});
