import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { collectComplaints } from '../support/display.ts';
import { ADMIN_PAGES, PAGES, PUBLIC_PAGES } from '../support/pages.ts';
import { expect, test } from '../support/people.ts';

/** How many pixels of the page are beside the screen. The gutter that is kept for a scroll bar is none of them. */
async function readOverflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function findViolations(builder: AxeBuilder): Promise<string[]> {
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/** Opens a page and looks at everything that must never be wrong with it, in both themes. */
async function inspect(page: Page, path: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  const complaints = collectComplaints(page);
  const answer = await page.goto(path);
  expect(answer?.status()).toBe(200);
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await page.waitForLoadState('load');

  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toMatch(/script-src [^;]*'nonce-[A-Za-z0-9+/=]{22,}'/);
  expect(policy).not.toMatch(/script-src [^;]*'unsafe-(inline|eval)'/);

  // Colours are measured as they are when nothing fades.
  await page.addStyleTag({
    content: '*, *::before, *::after { transition: none !important; animation: none !important }',
  });
  expect(await findViolations(new AxeBuilder({ page }).withTags(WCAG))).toEqual([]);
  expect(await readOverflow(page)).toBe(0);

  // The other theme changes colours and nothing else.
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(page.locator('html')).toHaveClass(/\blight\b/);
  expect(await findViolations(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
  expect(complaints).toEqual([]);
}

for (const path of PAGES) {
  test(`${path}: accessible in both themes, under its policy, and silent in the console`, async ({ people }) => {
    const person = await people.signUp({ credits: 1_240 });
    await inspect(await person.context.newPage(), path);
  });
}
for (const path of PUBLIC_PAGES) {
  test(`${path}: accessible in both themes, under its policy, and silent in the console`, async ({ page }) => {
    await inspect(page, path);
  });
}
for (const path of ADMIN_PAGES) {
  test(`${path}, for an admin: accessible in both themes, under its policy, and silent in the console`, async ({
    people,
    context,
  }) => {
    const admin = await people.admin();
    await context.addCookies((await admin.storageState()).cookies);
    await inspect(await context.newPage(), path);
  });
}

test('on a phone no page is wider than the screen', async ({ people }) => {
  const person = await people.signUp({ credits: 987_654 });
  const page = await person.context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of PAGES) {
    await page.goto(path);
    expect(await readOverflow(page), path).toBe(0);
  }
});

test("the admin's pages do not exist for others", async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await page.goto('/nowhere');
  const nowhere = await page.getByRole('heading', { level: 1 }).textContent();
  for (const path of ADMIN_PAGES) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }), path).toHaveText(nowhere ?? '');
    expect(await page.content(), path).not.toMatch(/circulat/i);
  }
});

test('an address that leads nowhere says so in the design of the rest', async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  expect((await page.goto('/nowhere'))?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link').first()).toBeVisible();
});
