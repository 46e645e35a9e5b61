import { expect, test } from 'vitest';
import { formatInstant } from '../../components/credits/activity/instant.ts';
import { formatUntil, shorten } from '../../components/credits/format.ts';
import { formatChange, formatCredits } from '../../lib/format.ts';
import { toLocale } from '../../server/http/locale.ts';
import { runRequest } from '../../server/http/request-scope.ts';

test.each([
  [null, 'en-GB'],
  ['', 'en-GB'],
  ['*', 'en-GB'],
  ['en-US,en;q=0.9', 'en-US'],
  ['en', 'en-US'],
  ['de', 'de-DE'],
  ['de-AT;q=1, en;q=0.5', 'de-AT'],
  ['DE-ch', 'de-CH'],
  ['pt', 'pt-BR'],
  ['pt-PT', 'pt-PT'],
  ['ar', 'ar-EG-u-nu-latn'],
  ['pl', 'en-PL'],
  ['pl, es;q=0.8, de;q=0.7', 'es-PL'],
  ['en-US,de;q=0.9', 'en-US'],
  ['zh-Hant-TW', 'en-TW'],
  ['es-419', 'es-419'],
  ['x-klingon', 'en-GB'],
  ['../../etc', 'en-GB'],
  ['a-'.repeat(5_000), 'en-GB'],
])('Accept-Language %j is %s', (header, locale) => {
  expect(toLocale(header)).toBe(locale);
});

const AT = '2026-11-26T21:05:00Z';

/** As a page that is rendered for somebody with this language. Spaces that do not break are written plainly. */
const as = (language: string | null, write: () => string) =>
  runRequest({ requestId: 'r', acceptLanguage: language }, write).replaceAll(/[\u00A0\u202F]/g, ' ');

test('amounts have the separators of the reader, and Latin digits', () => {
  expect(as('de-DE', () => formatCredits(1_234_567))).toBe('1.234.567');
  expect(as('en-IN', () => formatCredits(1_234_567))).toBe('12,34,567');
  expect(as('sv', () => formatChange(-1_500))).toBe('−1 500');
  expect(as('ar-EG', () => formatCredits(1_234))).toBe('1,234');
  expect(as(null, () => formatCredits(1_234_567))).toBe('1,234,567');
});

test('a shortened amount has the decimal separator of the reader, and is never more than there is', () => {
  const short = (amount: number) => shorten(amount, 100_000).text;
  expect(as('de', () => short(12_399_999))).toBe('12,3M');
  expect(as('en-IN', () => short(19_999_999))).toBe('19.9M');
  expect(as('en-GB', () => short(999_999))).toBe('999.9K');
});

test('days and times have the order and the clock of the reader', () => {
  const write = () => `${formatInstant(AT, 'full', 'UTC')} | ${formatInstant(AT, 'time', 'UTC')}`;
  expect(as('en-GB', write)).toBe('26 Nov 2026, 21:05 | 21:05');
  expect(as('en-US', write)).toBe('Nov 26, 2026, 9:05 PM | 9:05 PM');
  expect(as('de', write)).toBe('26. Nov. 2026, 21:05 | 21:05');
  const until = () => formatUntil(Date.parse(AT), Date.parse(AT) - 86_400_000, 'UTC');
  expect(as('en-US', until)).toBe('until Thu 9:05 PM');
  expect(as('fr', until)).toBe('until Thu 21:05');
});

test('people who are answered at once each have their own', async () => {
  const read = (language: string) =>
    runRequest({ requestId: 'r', acceptLanguage: language }, async () => {
      await Promise.resolve();
      return formatCredits(1_000);
    });
  expect(await Promise.all(['de', 'en-US', 'de'].map(read))).toEqual(['1.000', '1,000', '1.000']);
});
