import { expect, test } from 'vitest';
import { assertSameAccount, readIdempotencyKey } from '../../src/http/command-headers.ts';

const request = (headers: Record<string, string> = {}) => new Request('https://panel.example/', { headers });

test('the operation id of a request is its Idempotency-Key', () => {
  const key = '0198c5e2-7e1a-7000-8000-000000000001';
  expect(readIdempotencyKey(request({ 'Idempotency-Key': key }))).toBe(key);
});

test('a plain fetch has no operation id', () => {
  expect(readIdempotencyKey(request())).toBeNull();
});

test.each(['', 'a,b', 'a b', 'ü', 'x'.repeat(129)])('%j is refused as a key', (key) => {
  expect(() => readIdempotencyKey(request({ 'Idempotency-Key': key }))).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
});

test('a command from the page of another account is refused', () => {
  expect(() => assertSameAccount(request(), 'ada')).not.toThrow();
  expect(() => assertSameAccount(request({ 'Credits-Account': 'ada' }), 'ada')).not.toThrow();
  expect(() => assertSameAccount(request({ 'Credits-Account': 'bob' }), 'ada')).toThrow(
    expect.objectContaining({ code: 'unauthenticated' }),
  );
});
