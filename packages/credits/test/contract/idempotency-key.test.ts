import { expect, test } from 'vitest';
import { parseIdempotencyKey } from '../../src/contract/idempotency-key.ts';

test.each([
  ['a'],
  ['0198c1de-7cde-7a11-8c1d-3f1a5a2b9c11'],
  ['bill:2026-11:server/7'],
  ['"quoted"'],
  ['~!'],
  ['x'.repeat(128)],
])('the key %j is taken as it is', (key) => {
  expect(parseIdempotencyKey(key)).toBe(key);
});

test.each([[''], ['x'.repeat(129)], ['a b'], ['a,b'], ['é'], ['a\n'], ['\u007f'], [undefined], [null], [7], [['a']]])(
  'the key %j is refused, and the field is named',
  (key) => {
    expect(() => parseIdempotencyKey(key, 'operation')).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { field: 'operation' } }),
    );
  },
);
