import { expect, test } from 'vitest';
import { createDay } from '../../server/daily/day.ts';

const HOUR_MS = 3600 * 1000;

test('an instant has the day of the zone, not of the reader', () => {
  const instant = Date.parse('2026-11-22T23:30:00Z');
  expect(createDay('UTC').of(instant)).toBe('2026-11-22');
  expect(createDay('Europe/Berlin').of(instant)).toBe('2026-11-23');
  expect(createDay('America/Los_Angeles').of(instant)).toBe('2026-11-22');
});

test('a day ends at the zone’s midnight', () => {
  const noon = Date.parse('2026-11-22T12:00:00Z');
  expect(new Date(createDay('UTC').endOf(noon)).toISOString()).toBe('2026-11-23T00:00:00.000Z');
  expect(new Date(createDay('Asia/Kolkata').endOf(noon)).toISOString()).toBe('2026-11-22T18:30:00.000Z');
  const midnight = Date.parse('2026-11-23T00:00:00Z');
  expect(new Date(createDay('UTC').endOf(midnight)).toISOString()).toBe('2026-11-24T00:00:00.000Z');
});

test('the day when clocks are set forward has 23 hours, the one when they are set back 25', () => {
  const berlin = createDay('Europe/Berlin');
  const spring = Date.parse('2026-03-28T23:00:00Z');
  expect(berlin.of(spring)).toBe('2026-03-29');
  expect(berlin.endOf(spring) - spring).toBe(23 * HOUR_MS);
  const autumn = Date.parse('2026-10-24T22:00:00Z');
  expect(berlin.of(autumn)).toBe('2026-10-25');
  expect(berlin.endOf(autumn) - autumn).toBe(25 * HOUR_MS);
});

test('the day before is the calendar’s, over months, years and leap days', () => {
  const { before } = createDay('Europe/Berlin');
  expect(before('2026-03-01')).toBe('2026-02-28');
  expect(before('2028-03-01')).toBe('2028-02-29');
  expect(before('2027-01-01')).toBe('2026-12-31');
});
