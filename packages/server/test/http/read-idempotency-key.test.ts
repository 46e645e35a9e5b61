import { expect, test } from 'vitest';
import { readIdempotencyKey } from '../../src/http/read-idempotency-key.ts';

const readWith = (headers: Record<string, string>) =>
  readIdempotencyKey(new Request('https://panel.example/', { headers }), 'ada');
const read = (key?: string) => readWith(key === undefined ? {} : { 'Idempotency-Key': key });

test('the operation id of a request is its Idempotency-Key', () => {
  expect(read('0198c5e2-7e1a-7000-8000-000000000001')).toBe('0198c5e2-7e1a-7000-8000-000000000001');
});

test('a plain fetch names none', () => {
  expect(read()).toBeNull();
});

test.each(['', 'a,b', 'a b', 'ü', 'x'.repeat(129)])('%j is not taken for a key', (key) => {
  expect(() => read(key)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test('what another user’s page sends is refused, whoever is signed in by now', () => {
  expect(readWith({ 'Idempotency-Key': 'a', 'Credits-Account': 'ada' })).toBe('a');
  expect(() => readWith({ 'Idempotency-Key': 'a', 'Credits-Account': 'bob' })).toThrow(
    expect.objectContaining({ code: 'unauthenticated' }),
  );
});
