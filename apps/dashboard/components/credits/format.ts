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

/** Says how long ago something was, in the unit that a person would use. Never negative, whatever the clock did. */
export function formatAgo(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
