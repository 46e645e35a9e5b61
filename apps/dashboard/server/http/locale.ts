import { isLanguage, LANGUAGE_COOKIE, type Language } from '../../lib/languages.ts';

/** Of whom nothing is known. */
export const FALLBACK = 'en-GB';
/** A language of the header, such as `de-CH` or `pt`. */
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i;
/** Languages of the header that are read; browsers send a handful. */
const LANGUAGES_MAX = 20;

/**
 * The locale for a person whose browser sends this `Accept-Language`: the words of the language that they chose, otherwise
 * of the first of the header that the pages have, with the numbers, dates and times of the region of their first language.
 * `de-AT` is `de-AT`, `pl` is `en-PL`, and `pl,de` is `de-PL`.
 */
export function toLocale(acceptLanguage: string | null, chosen: Language | null = null): string {
  const wanted = (acceptLanguage ?? '').split(',', LANGUAGES_MAX).map((part) => toLanguageTag(part));
  const region = wanted[0]?.maximize().region;
  const language = chosen ?? wanted.map((tag) => tag?.language).find(isLanguage) ?? 'en';
  if (region === undefined && language === 'en') return FALLBACK;
  // Amounts have Latin digits, which the animated ones need; days and times beside them have the same.
  const locale = `${language}-${region ?? new Intl.Locale(language).maximize().region}`;
  return language === 'ar' ? `${locale}-u-nu-latn` : locale;
}

/** One language of the header: `de-CH;q=0.9`. */
function toLanguageTag(part: string): Intl.Locale | undefined {
  const tag = part.split(';')[0]?.trim() ?? '';
  return LANGUAGE.test(tag) ? new Intl.Locale(tag) : undefined;
}

/** The language that the cookies of a request say was chosen. */
export function readChosenLanguage(cookie: string | null): Language | null {
  const pairs = (cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  const value = pairs.find(([name]) => name === LANGUAGE_COOKIE)?.[1];
  return isLanguage(value) ? value : null;
}
