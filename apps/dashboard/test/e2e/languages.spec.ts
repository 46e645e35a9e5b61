import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { collectComplaints } from '../support/display.ts';
import { ADMIN_PAGES } from '../support/pages.ts';
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
  /\b(the|your|you|and|with|what|settings|overview|earned|balance|claim|search|nothing|hour|days)\b/i;

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
  test.describe(`in ${language}`, () => {
    test.use({ locale: locale.slice(0, 5) });

    test(`the pages of a player are in ${language} as a whole, accessible, on a narrow screen`, async ({ people }) => {
      const person = await people.signUp({ credits: 1_240 });
      const page = await person.context.newPage();
      await page.setViewportSize({ width: 390, height: 844 });
      const complaints = collectComplaints(page, [/404/]);
      for (const path of PLAYER_PAGES) {
        await page.goto(path);
        const html = page.locator('html');
        await expect(html).toHaveAttribute('lang', tag);
        await expect(html).toHaveAttribute('dir', dir);
        await expect(html).toHaveAttribute('data-locale', locale);
        // Awake: the display shows what the browser knows.
        await expect(page.locator('[data-animated]').first()).toBeAttached();
        const english = (await readTexts(page)).filter(
          (text) => ENGLISH.test(text) && !text.includes('A gift for a test'),
        );
        expect.soft(english, path).toEqual([]);
        const beside = () => document.documentElement.scrollWidth - window.innerWidth;
        expect.soft(await page.evaluate(beside), path).toBeLessThanOrEqual(0);
        await page.addStyleTag({
          content: '*, *::before, *::after { transition: none !important; animation: none !important }',
        });
        const { violations } = await new AxeBuilder({ page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
          .analyze();
        expect
          .soft(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
            path,
          )
          .toEqual([]);
      }
      expect(complaints).toEqual([]);
    });
  });
}

const MESSAGES = new URL('../../messages/', import.meta.url);

/** The texts of the operator pages, as a language has them: what stands between what is filled in. */
function readOperatorTexts(language: string): Set<string> {
  const areas = readdirSync(new URL(`${language}/`, MESSAGES)).filter((name) => name.startsWith('admin'));
  const flatten = (tree: unknown): string[] =>
    typeof tree === 'string' ? [tree] : Object.values(tree as object).flatMap(flatten);
  const texts = areas.flatMap((area) =>
    flatten(JSON.parse(readFileSync(new URL(`${language}/${area}`, MESSAGES), 'utf8'))),
  );
  return new Set(
    texts
      .flatMap((text) => text.split(/<[^>]*>|\{\w+\}|\w+, (?:plural|select), |\w+ \{|[{}#]/))
      .map((part) => part.trim()),
  );
}

for (const { language, dir, locale } of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ locale: locale.slice(0, 5) });
    test(`the operator pages in ${language}: no text is English, none is wider than a phone`, async ({
      people,
      context,
    }) => {
      const admin = await people.admin();
      await context.addCookies((await admin.storageState()).cookies);
      const person = await people.signUp({ credits: 1_240 });
      const code = `LANG${crypto.randomUUID().slice(0, 8)}`.toUpperCase();
      await admin.post('/api/admin/codes', { data: { code, amount: 5, uses: 2 } });
      const translated = readOperatorTexts(language);
      const english = [...readOperatorTexts('en')].filter((text) => /[a-z]{2}/i.test(text) && !translated.has(text));
      expect(english.length).toBeGreaterThan(300);
      const isEnglish = (text: string) =>
        english.some((one) => text === one || (one.includes(' ') && text.includes(one)));
      const page = await context.newPage();
      await page.setViewportSize({ width: 390, height: 844 });
      for (const path of [...ADMIN_PAGES, '/admin/provisioning', `/admin/codes/${code}`, `/admin/users/${person.id}`]) {
        await page.goto(path);
        await expect(page.locator('html')).toHaveAttribute('dir', dir);
        await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toHaveCount(1);
        expect.soft((await readTexts(page)).filter(isEnglish), path).toEqual([]);
        const beside = () => document.documentElement.scrollWidth - window.innerWidth;
        expect.soft(await page.evaluate(beside), path).toBeLessThanOrEqual(0);
      }
    });
  });
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

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('a refusal of the server is in the language of the page', async ({ people }) => {
    const person = await people.signUp();
    const page = await person.context.newPage();
    await page.goto('/earn');
    await page.getByRole('textbox', { name: 'Code' }).fill('NO-SUCH-CODE');
    await page.getByRole('button', { name: 'Einlösen' }).click();
    await expect(page.getByText('Diesen Code gibt es nicht, oder er gilt nicht mehr.')).toBeVisible();
  });
});
