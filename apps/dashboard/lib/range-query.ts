/** What lists can be narrowed to, as the addresses of their pages say it. */

/** Amounts and days, both included. Days are of the reader's time zone. */
export interface RangeQuery {
  min?: string;
  max?: string;
  from?: string;
  to?: string;
  tz?: string;
}

export const RANGE_NAMES = ['min', 'max', 'from', 'to', 'tz'] as const;

export type AddressParams = Readonly<Record<string, string | readonly string[] | undefined>>;

const SEARCH_LENGTH_MAX = 100;

export function textOf(params: AddressParams, name: string): string {
  const value = params[name];
  return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
}

/** A text that somebody looks for, on one line. */
export function searchTextOf(params: AddressParams, name: string): string {
  return textOf(params, name)
    .slice(0, SEARCH_LENGTH_MAX)
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ')
    .trim();
}

/** The conditions of an address. What cannot be meant is left out. */
export function readRange(params: AddressParams): RangeQuery {
  const amount = (name: 'min' | 'max') =>
    /^\d{1,15}$/.test(textOf(params, name)) ? { [name]: textOf(params, name) } : {};
  const day = (name: 'from' | 'to') => (isDay(textOf(params, name)) ? { [name]: textOf(params, name) } : {});
  const query: RangeQuery = { ...amount('min'), ...amount('max'), ...day('from'), ...day('to') };
  // A time zone alone narrows nothing.
  const hasDay = query.from !== undefined || query.to !== undefined;
  return hasDay && isTimeZone(textOf(params, 'tz')) ? { ...query, tz: textOf(params, 'tz') } : query;
}

/** Writes these of a query's conditions as an address does, without the question mark. */
export function writeQuery<Name extends string>(
  names: readonly Name[],
  query: Readonly<Partial<Record<Name, string>>>,
): string {
  return new URLSearchParams(
    names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])),
  ).toString();
}

/** Whether a text is a day of the calendar, such as `2026-11-22`. */
export function isDay(text: string): boolean {
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Whether a text names a time zone. */
export function isTimeZone(text: string): boolean {
  if (text === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
