import { expect, test } from 'vitest';
import { findTermsIn } from '../../../../scripts/terms.mjs';

test.each([
  ['the house sends news', ['news', 'the house']],
  ['whoever asks is heard', ['heard', 'whoever']],
  ['say("built")', ['say(']],
  ['A page is an address, so that it can be kept.', [', so that']],
  [' * It is kept beside the data, so\n * that each start can print it.', [', so that']],
  ["test('4a.2: taking back ends it')", ["'4a.2"]],
  ["test('4.5: a balance is accepted')", ["'4.5"]],
  ['an explainable number (S8)', ['S8']],
  ['- **W12.** The newest wins', ['**W12.**']],
  ['`DATABASE_URL`, else a server of our own', [', else a']],
])('a private term is found: %s', (text, words) => {
  expect(findTermsIn(text).map(({ word }) => word)).toEqual(words);
});

test.each([
  'Close the stream, open another one, and send the entry.',
  'They say so that nobody has to guess.',
  'if (isOpen) close();\nelse open();',
  'takes 4.5 ms (3.2 to 4.7), of 10.9 kB',
  'an S3 bucket, or another S3-compatible one',
])('ordinary words are none: %s', (text) => {
  expect(findTermsIn(text)).toEqual([]);
});

test('a term is reported with its line and what to write', () => {
  expect(findTermsIn('one\ntwo anew\n')).toEqual([{ line: 2, word: 'anew', replacement: 'again' }]);
});
