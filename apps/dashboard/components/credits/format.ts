import { perLocale, readLocale, withHours } from './locale';
import { translate } from './messages';

/** How amounts of credits are written: in the locale of the page, with the Latin digits that the animated ones need. */

/** Format of a whole amount: `1,240`. */
export const WHOLE: Intl.NumberFormatOptions = { numberingSystem: 'latn', maximumFractionDigits: 0 } as const;

/** Format of an amount that was shortened by {@link shorten}: the `12.3` of `12.3M`. */
export const SHORT: Intl.NumberFormatOptions = {
  numberingSystem: 'latn',
  maximumFractionDigits: 1,
  useGrouping: false,
} as const;

const whole = perLocale((locale) => new Intl.NumberFormat(locale, WHOLE));
const signed = perLocale((locale) => new Intl.NumberFormat(locale, { ...WHOLE, signDisplay: 'always' }));
const short = perLocale((locale) => new Intl.NumberFormat(locale, SHORT));

/** Writes an amount with all its digits. */
export function formatCredits(amount: number): string {
  return whole().format(amount);
}

/** Writes a change with its sign: `+50`, `−100`. A true minus is as wide as the plus. */
export function formatDelta(delta: number): string {
  // Where text runs from right to left, a mark keeps the sign before its number.
  return signed().format(delta).replace('-', '−');
}

/** Writes a change that may be none: `+50`, `−100`, `0`. */
export function formatChange(delta: number): string {
  return delta === 0 ? '0' : formatDelta(delta);
}

/** What a display paints: a number, the format that keeps it short, what follows it, and all of it as text. */
export interface Digits {
  value: number;
  format: Intl.NumberFormatOptions;
  suffix: string;
  text: string;
}

/** Of thousands, millions, …: what a locale writes itself depends on the version of its data. */
const SUFFIXES = ['', 'K', 'M', 'B', 'T'];

/**
 * Cuts an amount down to what fits: all digits below `limit`, otherwise thousands, millions, … with one decimal.
 *
 * Truncates before formatting, which rounds, and 1,999 that reads "2K" is a credit that nobody has.
 */
export function shorten(amount: number, limit: number): Digits {
  if (amount < limit) return { value: amount, format: WHOLE, suffix: '', text: whole().format(amount) };
  // There is no word beyond trillions: 9,007,199,254,740,991 is 9007.1T.
  const thousands = Math.min(Math.floor(Math.log10(amount) / 3), 4);
  const value = Math.floor(amount / 10 ** (thousands * 3 - 1)) / 10;
  const suffix = SUFFIXES[thousands] ?? '';
  return { value, format: SHORT, suffix, text: short().format(value) + suffix };
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `40 s`, `25 min`, `19 h`, `12 days`: in the unit that a person would use, and no more than it is. */
export function formatSpan(milliseconds: number, form: 'days' | 'daysIn' = 'days'): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE_MS) return translate('seconds', { count: Math.floor(ms / SECOND_MS) });
  if (ms < HOUR_MS) return translate('minutes', { count: Math.floor(ms / MINUTE_MS) });
  if (ms < 2 * DAY_MS) return translate('hours', { count: Math.floor(ms / HOUR_MS) });
  const days = Math.floor(ms / DAY_MS);
  return translate(form, { count: days, days: whole().format(days) });
}

/** Says how long ago something was. Never negative, whatever the clock did. */
export function formatAgo(milliseconds: number): string {
  return milliseconds < 2 * SECOND_MS
    ? translate('justNow')
    : translate('ago', { span: formatSpan(milliseconds, 'daysIn') });
}

/** `25 min left`, `19 h left`, `12 days left`: what is shown as left is there. */
export function formatLeft(milliseconds: number): string {
  return milliseconds < MINUTE_MS ? translate('leftShortly') : translate('left', { span: formatSpan(milliseconds) });
}

/** `until Tue 14:20`, and from six days on `until 12 Dec`. More than a year is too far to name a day. */
export function formatUntil(untilMs: number, nowMs: number, timeZone?: string): string {
  const leftMs = untilMs - nowMs;
  if (leftMs > 365 * DAY_MS) return translate('untilFar');
  const options: Intl.DateTimeFormatOptions =
    leftMs < 6 * DAY_MS ? { weekday: 'short', hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' };
  const locale = readLocale();
  const format = new Intl.DateTimeFormat(locale, { ...withHours(locale, options), timeZone });
  return translate('until', { at: format.format(untilMs).replace(',', '') });
}
