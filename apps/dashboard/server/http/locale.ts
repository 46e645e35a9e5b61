const FALLBACK = 'en-GB';
/** A language of the header, such as `de-CH` or `pt`. */
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i;

/**
 * The locale for a person whose browser sends this `Accept-Language`: English words, as the pages have, with the numbers,
 * dates and times of the region of their first language. `de-AT` is `en-AT`, and `pt` is `en-BR`.
 */
export function toLocale(acceptLanguage: string | null): string {
  const first = (acceptLanguage ?? '').split(',', 1)[0]?.split(';')[0]?.trim() ?? '';
  if (!LANGUAGE.test(first)) return FALLBACK;
  const { region } = new Intl.Locale(first).maximize();
  return region === undefined ? FALLBACK : `en-${region}`;
}
