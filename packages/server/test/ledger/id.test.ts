import { expect, test } from 'vitest';
import { createId, isId } from '../../src/ledger/id.ts';

test('an id is a UUID of version 7 that carries its millisecond', () => {
  const id = createId(0x0198c1de7cde);
  expect(id).toMatch(/^0198c1de-7cde-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(isId(id)).toBe(true);
});

test('ids of one millisecond differ', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => createId(1))).size).toBe(1_000);
});

test.each([
  [''],
  ['7'],
  ["'; DROP TABLE credits_entries; --"],
  ['0198C1DE-7CDE-7A11-8C1D-3F1A5A2B9C11'],
  ['0198c1de7cde7a118c1d3f1a5a2b9c11'],
])('the text %j is not an id of ours', (text) => {
  expect(isId(text)).toBe(false);
});
