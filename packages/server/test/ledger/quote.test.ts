import { expect, test } from 'vitest';
import { quote } from '../../src/ledger/quote.ts';

test('every character is written as JSON writes it, alone and among others, and nothing is null', () => {
  const different: number[] = [];
  for (let code = 0; code <= 0xffff; code += 1) {
    const text = String.fromCharCode(code);
    if (quote(text) !== JSON.stringify(text) || quote(`a${text}b`) !== JSON.stringify(`a${text}b`))
      different.push(code);
  }
  expect(different).toEqual([]);
  expect(quote('🍜')).toBe('"🍜"');
  expect(quote('')).toBe('""');
  expect(quote(null)).toBe('null');
});
