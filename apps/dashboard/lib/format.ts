/**
 * How amounts and times are written. The locale is fixed, so that the server and the browser write the same digits.
 */
const LOCALE = 'en-US';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const signed = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0, signDisplay: 'exceptZero' });

/** `12,340`; a balance below zero, which only a prediction can be, is painted as 0. */
export function formatCredits(amount: number): string {
  return whole.format(Math.max(0, amount));
}

/** `+50`, `−300`, `0`. */
export function formatChange(delta: number): string {
  return signed.format(delta).replace('-', '−');
}

/** `1 credit`, `50 credits`. */
export function formatCreditsWithUnit(amount: number): string {
  return `${formatCredits(amount)} ${amount === 1 ? 'credit' : 'credits'}`;
}

/** A count of anything with its noun. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}

/** `4 GB`, `512 MB`: binary units, as hosts count them. */
export function formatMegabytes(megabytes: number): string {
  return megabytes >= 1_024 && megabytes % 256 === 0 ? `${megabytes / 1_024} GB` : `${megabytes} MB`;
}

const countries = new Intl.DisplayNames('en', { type: 'region' });

/** `DE` → `Germany`; what is no country code stays as it is. */
export function formatCountry(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code;
}

/** Ways to write an instant. `day` and `time` are what lists group by and show. */
export type InstantStyle = 'day' | 'time' | 'date' | 'instant';

const STYLES: Record<InstantStyle, Intl.DateTimeFormatOptions> = {
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  instant: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
};

/** Writes an ISO instant in a zone: the reader's, or `UTC` where the reader's is not known yet. */
export function formatInstant(iso: string, style: InstantStyle, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { ...STYLES[style], timeZone }).format(new Date(iso));
}

/** The day of an instant in a zone as `2026-11-22`: equal for instants of one day, ordered like days. */
export function toDayKey(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date(iso));
}

/** `05:12:09`, for clocks that tick. */
export function formatClock(durationMs: number): string {
  const seconds = Math.max(0, Math.ceil(durationMs / 1_000));
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** `5 hours and 12 minutes`, for people. */
export function formatDuration(durationMs: number): string {
  const minutes = Math.max(0, Math.ceil(durationMs / 60_000));
  if (minutes <= 1) return 'a minute';
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const words = [hours > 0 ? formatCount(hours, 'hour') : '', rest > 0 ? formatCount(rest, 'minute') : ''];
  return words.filter((word) => word !== '').join(' and ');
}
