import { expect, test } from 'vitest';
import { acceptCommand } from '../../src/http/accept-command.ts';

const accept = (headers: Record<string, string> = {}, trustedOrigins?: string[]) =>
  acceptCommand(new Request('https://panel.example/', { method: 'POST', headers }), 'ada', {
    createKey: () => 'made',
    ...(trustedOrigins === undefined ? {} : { trustedOrigins }),
  });

test('the idempotency key of a command is the operation id of its request', () => {
  const key = '0198c5e2-7e1a-7000-8000-000000000001';
  expect(accept({ 'Idempotency-Key': key })).toBe(key);
});

test('a plain fetch gets a new key each time', () => {
  expect(accept()).toBe('made');
  const request = new Request('https://panel.example/', { method: 'POST' });
  expect(acceptCommand(request, 'ada')).not.toBe(acceptCommand(request, 'ada'));
});

test.each(['', 'a,b', 'a b', 'ü', 'x'.repeat(129)])('%j is refused as a key', (key) => {
  expect(() => accept({ 'Idempotency-Key': key })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

test('a command from the page of another account is refused', () => {
  expect(accept({ 'Credits-Account': 'ada' })).toBe('made');
  expect(() => accept({ 'Credits-Account': 'bob' })).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});

test('a command from a page of another site is refused, unless its origin is trusted', () => {
  const shop = { origin: 'https://shop.example', 'sec-fetch-site': 'cross-site' };
  expect(() => accept(shop)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  expect(accept(shop, ['https://shop.example'])).toBe('made');
});
