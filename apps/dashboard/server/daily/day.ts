/**
 * Days of one time zone: which one an instant is in, and when the next one begins.
 *
 * The server decides, in one zone for everybody: a day that a browser could choose is a bonus that can be claimed twice.
 */
export interface Day {
  readonly timeZone: string;
  /** The day of an instant, as `2026-11-22`. */
  of(instantMs: number): string;
  /** The instant at which the day after this instant's day begins. */
  endOf(instantMs: number): number;
  /** The day before, by the calendar. */
  before(day: string): string;
}

/** No day is longer, also when the clocks are set back. */
const DAY_MS_MAX = 26 * 3600 * 1000;

/** A format costs a tenth of a millisecond to make, and people have few zones. */
const days = new Map<string, Day>();
const DAYS_MAX = 100;

export function createDay(timeZone: string): Day {
  const known = days.get(timeZone);
  if (known !== undefined) return known;
  const day = makeDay(timeZone);
  if (days.size < DAYS_MAX) days.set(timeZone, day);
  return day;
}

function makeDay(timeZone: string): Day {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });

  function of(instantMs: number): string {
    return format.format(instantMs);
  }

  // Searched and not computed: with the clocks set forward or back a day has 23 or 25 hours, and no table to keep.
  function endOf(instantMs: number): number {
    const today = of(instantMs);
    let still = instantMs;
    let next = instantMs + DAY_MS_MAX;
    while (next - still > 1) {
      const middle = Math.floor((still + next) / 2);
      if (of(middle) === today) still = middle;
      else next = middle;
    }
    return next;
  }

  function before(day: string): string {
    return new Date(Date.parse(`${day}T00:00:00Z`) - 24 * 3600 * 1000).toISOString().slice(0, 10);
  }

  return Object.freeze({ timeZone, of, endOf, before });
}
