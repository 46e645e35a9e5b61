/**
 * The locale that amounts and instants are written in: `data-locale` of the page's `<html>`, which the server writes from
 * the request, and renders with. Both sides therefore write the same. Without one it is British English on both.
 *
 * A server names the locale of the request that it renders for by a function at {@link LOCALE_OF_REQUEST} of `globalThis`.
 */
export const LOCALE_OF_REQUEST = Symbol.for('realtime-credits.locale');

const FALLBACK = 'en-GB';

export function readLocale(): string {
  if (typeof document !== 'undefined') return document.documentElement.dataset['locale'] ?? FALLBACK;
  const read = (globalThis as { [LOCALE_OF_REQUEST]?: () => string | undefined })[LOCALE_OF_REQUEST];
  return read?.() ?? FALLBACK;
}

/** Makes something once for each locale: formats take longer to make than to use. */
export function perLocale<Made>(make: (locale: string) => Made): () => Made {
  const made = new Map<string, Made>();
  return () => {
    const locale = readLocale();
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

/** Midnight is 00:00 where a day has 24 hours, and 9:05 PM has no 0 before it. */
export function withHours(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions {
  if (options.hour === undefined) return options;
  const { hour12 } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions();
  return hour12 === true ? { ...options, hour: 'numeric' } : { ...options, hourCycle: 'h23' };
}
