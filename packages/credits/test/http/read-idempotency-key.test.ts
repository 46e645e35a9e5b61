import { expect, test } from 'vitest';
import { readIdempotencyKey } from '../../src/http/read-idempotency-key.ts';

const read = (key?: string) =>
  readIdempotencyKey(
    new Request('https://panel.example/', key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
  );

test('the operation id of a request is its Idempotency-Key', () => {
  expect(read('0198c5e2-7e1a-7000-8000-000000000001')).toBe('0198c5e2-7e1a-7000-8000-000000000001');
});

test('a plain fetch names none', () => {
  expect(read()).toBeNull();
});

test.each(['', 'a,b', 'a b', 'ü', 'x'.repeat(129)])('%j is not taken for a key', (key) => {
  expect(() => read(key)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});
