import { expect, test } from 'vitest';
import { createHoldId, isHoldId, parseHoldId } from '../../../src/ledger/rules/hold-id.ts';

test('the id of a hold is a UUID of version 7 that carries its millisecond', () => {
  const id = createHoldId(0x0198c1de7cde);
  expect(id).toMatch(/^0198c1de-7cde-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseHoldId(id)).toBe(id);
});

test('ids of one millisecond differ', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => createHoldId(1))).size).toBe(1_000);
});

test.each([
  [''],
  ['7'],
  ["'; DROP TABLE credits.journal; --"],
  ['0198C1DE-7CDE-7A11-8C1D-3F1A5A2B9C11'],
  ['0198c1de7cde7a118c1d3f1a5a2b9c11'],
  [7],
  [null],
])('%j is not the id of a hold', (value) => {
  expect(isHoldId(value)).toBe(false);
  const code = typeof value === 'string' && value !== '' ? 'hold_not_found' : 'invalid_request';
  expect(() => parseHoldId(value)).toThrow(expect.objectContaining({ code }));
});
