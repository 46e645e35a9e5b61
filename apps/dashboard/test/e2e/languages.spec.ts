import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { collectComplaints } from '../support/display.ts';
import { expect, test } from '../support/people.ts';

/** Pages of a player that are translated as a whole. */
const PLAYER_PAGES = [
  '/',
  '/earn',
  '/servers',
  '/servers/new',
  '/referrals',
  '/activity',
  '/activity/1',
  '/transfers',
  '/no-page',
];

const LANGUAGES = [
  { language: 'de', tag: 'de', dir: 'ltr', locale: 'de-AT' },
  { language: 'ar', tag: 'ar', dir: 'rtl', locale: 'ar-EG-u-nu-latn' },
] as const;

/** English words that no other language here has. */
const ENGLISH =
  /\b(the|your|you|and|with|what|settings|overview|earned|balance|servers|claim|search|nothing|hour|days)\b/i;

/** What is to be read on a page, also by those who do not see it. What people wrote themselves is left out. */
async function readTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Element) {
        for (const name of ['aria-label', 'title', 'placeholder']) found.push(node.getAttribute(name) ?? '');
      } else if (node.parentElement?.closest('script, style, bdi, code, [lang]:not(html)') === null) {
        found.push(node.textContent ?? '');
      }
    }
    return found.map((text) => text.trim()).filter((text) => text !== '');
  });
}

for (const { language, tag, dir, locale } of LANGUAGES) {
  for (const path of PLAYER_PAGES) {
    test(`${path} in ${language}: in that language as a whole, accessible, on a narrow screen`, async ({ people }) => {
      const person = await people.signUp({ credits: 1_240 });
      const page = await person.context.newPage();
      await page.setExtraHTTPHeaders({ 'accept-language': `${locale.slice(0, 5)},en;q=0.5` });
      await page.setViewportSize({ width: 390, height: 844 });
      const complaints = collectComplaints(page, path === '/no-page' ? [/404/] : []);
      await page.goto(path);
      await page.waitForLoadState('load');

      const html = page.locator('html');
      await expect(html).toHaveAttribute('lang', tag);
      await expect(html).toHaveAttribute('dir', dir);
      await expect(html).toHaveAttribute('data-locale', locale);
      // Awake: the display shows what the browser knows.
      await expect(page.locator('[data-animated]').first()).toBeAttached();
      const english = (await readTexts(page)).filter(
        (text) => ENGLISH.test(text) && !text.includes('A gift for a test'),
      );
      expect(english).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
      await page.addStyleTag({
        content: '*, *::before, *::after { transition: none !important; animation: none !important }',
      });
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
        .analyze();
      expect(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
      ).toEqual([]);
      expect(complaints).toEqual([]);
    });
  }
}

test('a language is chosen without a script, and stays', async ({ people, browser, baseURL }) => {
  const person = await people.signUp();
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await person.context.storageState(),
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  const page = await context.newPage();
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.goto('/earn');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Verdienen');
  await context.close();
});

test('a refusal of the server is in the language of the page', async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await page.setExtraHTTPHeaders({ 'accept-language': 'de-DE' });
  await page.goto('/earn');
  await page.getByRole('textbox', { name: 'Code' }).fill('NO-SUCH-CODE');
  await page.getByRole('button', { name: 'Einlösen' }).click();
  await expect(page.getByText('Diesen Code gibt es nicht, oder er gilt nicht mehr.')).toBeVisible();
});
