/** `compact` cuts amounts from 100,000 on down to `123.4K`, in the words of the locale. */
export type NumberStyle = 'full' | 'compact';

/** Below this every digit is written: "1.2K" for 1,240 hides what a purchase costs. */
const COMPACT_FROM = 100_000;

/**
 * Makes a writer of whole amounts. A locale that nobody knows, as PHP's `de_DE` with a mistake in it, is the browser's:
 * a number in other punctuation is worth more than none.
 *
 * @param locale - As in `lang`; `de_DE` counts as `de-DE`. Empty for the browser's.
 */
export function createNumberText(locale: string, style: NumberStyle): (amount: number) => string {
  const locales = knownLocale(locale.replaceAll('_', '-'));
  const whole = new Intl.NumberFormat(locales, { maximumFractionDigits: 0 });
  if (style === 'full') return (amount) => whole.format(amount);
  // Rounded, 199,990 would read "200K": ten credits that nobody has.
  const short = new Intl.NumberFormat(locales, {
    notation: 'compact',
    maximumFractionDigits: 1,
    roundingMode: 'trunc',
  });
  return (amount) => (amount < COMPACT_FROM ? whole : short).format(amount);
}

function knownLocale(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
