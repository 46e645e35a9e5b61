import { expect, test } from 'vitest';
import { readLines } from '../../src/cli/lines.ts';
import { collect } from './program.ts';
import { refusal } from '../support/ledger.ts';

test('lines are counted, wherever the text is cut, and the last one needs no end', async () => {
  expect(await collect(readLines(['a\r', '\nb', 'c\n', '\nd']))).toEqual([
    { line: 1, text: 'a' },
    { line: 2, text: 'bc' },
    { line: 3, text: '' },
    { line: 4, text: 'd' },
  ]);
});

test('a line of more than a million characters is refused and not collected', async () => {
  const endless = function* (): Generator<string> {
    for (;;) yield 'x'.repeat(100_000);
  };
  const error = await refusal(collect(readLines(endless())), 'invalid_request');
  expect(error.message).toContain('Line 1 has more than 1000000 characters');
});
