import { expect, test } from 'vitest';
import { createNumberText } from '../../src/element/number-text.ts';

test('a number is written in the punctuation of its locale, with all its digits', () => {
  expect(createNumberText('en', 'full')(1_234_567)).toBe('1,234,567');
  expect(createNumberText('de', 'full')(1_234_567)).toBe('1.234.567');
});

test('a locale in the spelling of PHP is understood, and one that nobody knows is the browser’s', () => {
  expect(createNumberText('de_DE', 'full')(1_234)).toBe('1.234');
  const browsers = new Intl.NumberFormat().format(1_234);
  for (const locale of ['', 'not a locale', 'C.UTF-8', '💰']) {
    expect(createNumberText(locale, 'full')(1_234)).toBe(browsers);
  }
});

test('the compact form writes small amounts in full, and never a credit that nobody has', () => {
  const write = createNumberText('en', 'compact');
  expect([0, 1_240, 99_999, 100_000, 199_990, 999_999, 1_999_999].map(write)).toEqual([
    '0',
    '1,240',
    '99,999',
    '100K',
    '199.9K',
    '999.9K',
    '1.9M',
  ]);
});
