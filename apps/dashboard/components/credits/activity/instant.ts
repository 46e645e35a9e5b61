import { perLocale, withHours } from '../locale';

/** Ways to write an instant. `day` and `time` are what lists group by and show. */
export type InstantStyle = 'day' | 'time' | 'short' | 'date' | 'instant' | 'full';

const STYLES: Record<InstantStyle, Intl.DateTimeFormatOptions> = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  time: { hour: '2-digit', minute: '2-digit' },
  short: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  instant: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  full: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
};

const formats = perLocale((locale) => ({ locale, made: new Map<string, Intl.DateTimeFormat>() }));

/**
 * Writes an ISO instant in a zone: the reader's, or `UTC` where the reader's is not known yet.
 *
 * Browsers differ from the server in commas and spaces. An element with such a text has `suppressHydrationWarning`.
 */
export function formatInstant(iso: string, style: InstantStyle, timeZone: string): string {
  const { locale, made } = formats();
  const key = `${style} ${timeZone}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(locale, { ...withHours(locale, STYLES[style]), timeZone });
  made.set(key, format);
  return format.format(new Date(iso));
}

/** The day of an instant in a zone as `2026-11-22`: equal for instants of one day, ordered like days. */
export function toDayKey(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date(iso));
}
