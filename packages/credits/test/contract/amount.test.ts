import { expect, test } from 'vitest';
import { CREDITS_MAX, parseAmount, parseBalanceAmount, parseVersion } from '../../src/contract/amount.ts';
import { toBalance } from '../../src/contract/balance.ts';

test.each([[1], [2], [1_000_000], [CREDITS_MAX]])('the amount %s may move', (value) => {
  expect(parseAmount(value)).toBe(value);
});

test.each([
  [0],
  [-1],
  [-0],
  [0.1],
  [1.000_000_1],
  [CREDITS_MAX + 1],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  ['1'],
  [''],
  [true],
  [null],
  [undefined],
  [1n],
  [[1]],
  [{ valueOf: () => 1 }],
  [new Number(1)],
])('the amount %s may not move', (value) => {
  expect(() => parseAmount(value)).toThrow(
    expect.objectContaining({ code: 'invalid_request', details: { field: 'amount' } }),
  );
});

test('a balance may be nothing, and nothing has no sign', () => {
  expect(parseBalanceAmount(0)).toBe(0);
  expect(Object.is(parseBalanceAmount(-0), 0)).toBe(true);
  expect(() => parseBalanceAmount(-1)).toThrow('balance must be a whole number from 0');
});

test('a refusal names the field and quotes what was given, but never much of it', () => {
  expect(() => parseAmount('x'.repeat(5_000), 'price')).toThrow(/^price must be .{1,120}$/);
  expect(() => parseVersion({ secret: 'hidden' }, 'since')).toThrow(/^since must be .*: got object\.$/);
});

test('what is available is what was posted less what is held', () => {
  expect(toBalance(100, 30)).toEqual({ posted: 100, held: 30, available: 70 });
});
