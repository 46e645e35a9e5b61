/**
 * How amounts of credits are written. One fixed locale on server and browser, or the first paint would differ from the
 * server's; Latin digits, which the animated digits need.
 */
const LOCALE = 'en-US';

/** Format of a whole amount: `1,240`. */
export const WHOLE: Intl.NumberFormatOptions = { numberingSystem: 'latn', maximumFractionDigits: 0 } as const;

/** Format of an amount that was shortened by {@link shorten}: `12.3M`. */
export const SHORT: Intl.NumberFormatOptions = {
  numberingSystem: 'latn',
  notation: 'compact',
  maximumFractionDigits: 1,
} as const;

const whole = new Intl.NumberFormat(LOCALE, WHOLE);
const short = new Intl.NumberFormat(LOCALE, SHORT);

/** Writes an amount with all its digits. */
export function formatCredits(amount: number): string {
  return whole.format(amount);
}

/** Writes a change with its sign: `+50`, `−100`. A true minus is as wide as the plus. */
export function formatDelta(delta: number): string {
  return `${delta < 0 ? '−' : '+'}${whole.format(Math.abs(delta))}`;
}

/** Writes a change that may be none: `+50`, `−100`, `0`. */
export function formatChange(delta: number): string {
  return delta === 0 ? '0' : formatDelta(delta);
}

/** What a display paints: a number, the format that keeps it short, and both as text. */
export interface Digits {
  value: number;
  format: Intl.NumberFormatOptions;
  text: string;
}

/**
 * Cuts an amount down to what fits: all digits below `limit`, otherwise thousands, millions, … with one decimal.
 *
 * Truncates before formatting: compact notation rounds, and 1,999 that reads "2K" is a credit that nobody has.
 */
export function shorten(amount: number, limit: number): Digits {
  if (amount < limit) return { value: amount, format: WHOLE, text: whole.format(amount) };
  // There is no word beyond trillions: 9,007,199,254,740,991 is 9007.1T.
  const thousands = Math.min(Math.floor(Math.log10(amount) / 3), 4);
  const step = 10 ** (thousands * 3 - 1);
  const value = Math.floor(amount / step) * step;
  return { value, format: SHORT, text: short.format(value) };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `40 s`, `25 min`, `19 h`, `12 days`: in the unit that a person would use, and no more than it is. */
export function formatSpan(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${whole.format(Math.floor(ms / DAY_MS))} days`;
}

/** Says how long ago something was. Never negative, whatever the clock did. */
export function formatAgo(milliseconds: number): string {
  return milliseconds < 2 * SECOND_MS ? 'just now' : `${formatSpan(milliseconds)} ago`;
}

/** `25 min left`, `19 h left`, `12 days left`: what is shown as left is there. */
export function formatLeft(milliseconds: number): string {
  return milliseconds < MINUTE_MS ? 'less than a minute left' : `${formatSpan(milliseconds)} left`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** What the calendar and the clock show, each as it is written. */
export interface DateParts {
  /** `2026-11-22`: equal for instants of one day, ordered like days. */
  key: string;
  year: string;
  month: string;
  day: string;
  weekday: string;
  /** `08:30` */
  time: string;
}

/**
 * Reads an instant (milliseconds since 1970, or ISO) in a zone. Words and their order are ours, and only numbers come from
 * `Intl`: a browser's locale data may be of another edition than the server's, and the first paint would differ.
 */
export function toDateParts(at: number | string, timeZone?: string): DateParts {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = format.formatToParts(new Date(at));
  const read = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  const key = `${read('year')}-${read('month')}-${read('day')}`;
  return {
    key,
    year: read('year'),
    month: MONTHS[Number(read('month')) - 1] ?? '',
    day: String(Number(read('day'))),
    weekday: WEEKDAYS[new Date(`${key}T00:00:00Z`).getUTCDay()] ?? '',
    time: `${read('hour')}:${read('minute')}`,
  };
}

/** `until Tue 14:20`, and from six days on `until 12 Dec`. More than a year is too far to name a day. */
export function formatUntil(untilMs: number, nowMs: number, timeZone?: string): string {
  const leftMs = untilMs - nowMs;
  if (leftMs > 365 * DAY_MS) return 'for more than a year';
  const { weekday, time, day, month } = toDateParts(untilMs, timeZone);
  return leftMs < 6 * DAY_MS ? `until ${weekday.slice(0, 3)} ${time}` : `until ${day} ${month.slice(0, 3)}`;
}
