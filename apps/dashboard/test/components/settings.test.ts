import { expect, test } from 'vitest';
import { describeBrowser } from '@/components/settings/describe-browser';
import { translator } from '../support/texts.tsx';

const t = translator('settings.browser');

test('a browser is named by what it is, not by what it claims to be compatible with', () => {
  const edge =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0';
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1';
  expect(describeBrowser(edge, t)).toBe('Edge on Windows');
  expect(describeBrowser(phone, t)).toBe('Safari on iOS');
});

test('what says nothing of itself is called unknown, and a tool by its own name', () => {
  expect(describeBrowser(null, t)).toBe('An unknown browser');
  expect(describeBrowser('curl/8.5.0', t)).toBe('curl');
});
