import { afterAll, beforeAll, expect, test } from 'vitest';
import { readChosenLanguage, toLocale } from '../../server/http/locale.ts';
import { openTestDashboard, ORIGIN, type TestDashboard } from './support/dashboard.ts';

let dashboard: TestDashboard;
beforeAll(async () => {
  dashboard = await openTestDashboard();
});
afterAll(() => dashboard.close());

const choose = (query: string, headers: Record<string, string> = { origin: ORIGIN }) =>
  dashboard.fetch(new Request(`${ORIGIN}/api/language?${query}`, { method: 'POST', headers }));

test('a chosen language is kept in a cookie, and the person comes back to the page', async () => {
  const response = await choose('language=ar&next=%2Fsettings%3Fsocial%3D1');
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/settings?social=1');
  const cookie = response.headers.get('set-cookie') ?? '';
  expect(cookie).toContain('SameSite=Lax');
  expect(readChosenLanguage(`a=b; ${cookie}`)).toBe('ar');
});

test('only a language of the pages can be chosen, only by a page of ours, and nobody is led elsewhere', async () => {
  expect((await choose('language=tlh')).status).toBe(400);
  expect((await choose('language=de', { origin: 'https://elsewhere.example' })).status).toBe(403);
  expect((await choose('language=de&next=%2F%2Felsewhere.example')).headers.get('location')).toBe('/');
});

test('the chosen language has the formats of the region of the browser', () => {
  expect(toLocale('en-US', 'de')).toBe('de-US');
  expect(toLocale(null, 'pt')).toBe('pt-BR');
  expect(toLocale('de-AT', 'en')).toBe('en-AT');
  expect(toLocale('en-GB', 'ar')).toBe('ar-GB-u-nu-latn');
  expect(readChosenLanguage('language=__proto__')).toBeNull();
  expect(readChosenLanguage(null)).toBeNull();
});
