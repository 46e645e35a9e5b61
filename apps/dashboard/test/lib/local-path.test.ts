import { expect, test } from 'vitest';
import { toLocalPath } from '@/lib/local-path';

test.each(['/', '/servers', '/servers?id=1#top', '/a/b%20c', '/docs/install'])('C7: %j stays what it is', (path) => {
  expect(toLocalPath(path)).toBe(path);
});

test.each([
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\t//evil.example',
  '//evil.example',
  '//evil.example/servers',
  '/\t/evil.example/servers',
  '/\\evil.example',
  '/\t\\evil.example',
  '\\\\evil.example',
  '///evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e%2e//evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  ' //evil.example',
  'evil.example',
  '',
  undefined,
  ['/servers', '/x'],
])('C7: %j leads to our own front page', (target) => {
  const path = toLocalPath(target);
  expect(path).toBe('/');
  expect(new URL(path, 'https://panel.example').origin).toBe('https://panel.example');
});
