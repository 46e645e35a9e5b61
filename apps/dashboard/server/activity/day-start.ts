import { createDay } from '../daily/day.ts';

/** Zones are at most 14 hours ahead of UTC, and 12 behind. */
const ZONE_MS_MAX = 15 * 3_600_000;

/** The instant at which a day, such as `2026-11-22`, begins in a time zone. */
export function startOfDay(day: string, timeZone: string): Date {
  const { of } = createDay(timeZone);
  const midnightUtc = Date.parse(`${day}T00:00:00Z`);
  let earlier = midnightUtc - ZONE_MS_MAX;
  let there = midnightUtc + ZONE_MS_MAX;
  while (there - earlier > 1) {
    const middle = Math.floor((earlier + there) / 2);
    if (of(middle) < day) earlier = middle;
    else there = middle;
  }
  return new Date(there);
}

/** The day after, by the calendar. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10);
}
