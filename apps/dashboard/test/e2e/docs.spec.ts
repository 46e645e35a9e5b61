import type { Page } from '@playwright/test';
import { collectComplaints } from '../support/display.ts';
import { expect, test } from '../support/people.ts';

const PHONE = { width: 390, height: 844 };

const search = (page: Page) => page.getByRole('combobox', { name: 'Search the documentation' });

/** Opens a page and waits until what the search goes through is there. */
async function openWithSearch(page: Page, path: string): Promise<void> {
  const loaded = page.waitForResponse('**/docs/search.json');
  await page.goto(path);
  await (await loaded).finished();
}

test('anybody may read the documentation, page by page, signed out', async ({ page }) => {
  const complaints = collectComplaints(page);
  await page.goto('/docs');
  await page.getByRole('navigation', { name: 'Documentation' }).getByRole('link', { name: 'Concepts' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Concepts' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Concepts' }).first()).toHaveAttribute('aria-current', 'page');
  const next = page.getByRole('navigation', { name: 'Next pages' }).getByRole('link').last();
  const address = await next.getAttribute('href');
  await next.click();
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  expect(complaints).toEqual([]);
});

test('a link to a heading shows it below the header', async ({ page }) => {
  await page.goto('/docs/concepts');
  await page
    .getByRole('navigation', { name: 'On this page' })
    .last()
    .getByRole('link', { name: 'A purchase that fails' })
    .click();
  await expect(page).toHaveURL(/#a-purchase-that-fails$/);
  const heading = page.getByRole('heading', { name: 'A purchase that fails' });
  await expect(heading).toBeInViewport();
  const header = await page.locator('header').first().boundingBox();
  await expect
    .poll(async () => (await heading.boundingBox())?.y ?? 0)
    .toBeGreaterThanOrEqual((header?.y ?? 0) + (header?.height ?? 0));
});

test('the search opens by its key, is used by keyboard alone, and goes to a section', async ({ page }) => {
  await openWithSearch(page, '/docs');
  await page.keyboard.press('/');
  await search(page).fill('idempotency_key_reused');
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  const chosen = page.getByRole('option', { selected: true });
  await expect(search(page)).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id')) ?? '');
  await page.keyboard.press('Enter');
  await expect(search(page)).toBeHidden();
  await expect(page).toHaveURL(/\/docs\/[a-z-]+/);

  await page.keyboard.press('Control+k');
  await search(page).fill('xylophone');
  await expect(page.getByRole('status').filter({ hasText: 'Nothing is said about “xylophone”' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(search(page)).toBeHidden();
});

test('the search answers without a network once the page is there', async ({ page, context }) => {
  await openWithSearch(page, '/docs/concepts');
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Search' }).click();
  await search(page).fill('refund');
  await expect(page.getByRole('option').first()).toBeVisible();
});

test('a search that could not be loaded says so, and is loaded when it is opened again', async ({ page }) => {
  await page.route('**/docs/search.json', (route) => route.abort());
  await page.goto('/docs');
  const open = page.getByRole('button', { name: 'Search' });
  await open.click();
  await expect(page.getByText('The search could not be loaded')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.unroute('**/docs/search.json');
  await open.click();
  await search(page).fill('hold');
  await expect(page.getByRole('option').first()).toBeVisible();
});

test('a block of code is copied by keyboard, to the letter, and says so', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/docs/errors');
  const block = page.locator('pre').first();
  const text = (await block.textContent()) ?? '';
  await page.getByRole('button', { name: 'Copy this code' }).first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text.replace(/\n$/, ''));
});

test('on a phone the pages are in a sheet that closes behind a choice, and nothing is wider than the screen', async ({
  page,
}) => {
  await page.setViewportSize(PHONE);
  await page.goto('/docs/wire-protocol');
  await page.getByRole('button', { name: 'Open menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Errors' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Errors' })).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();

  const table = page.getByRole('region', { name: 'Table: The codes' });
  const box = await table.evaluate((element) => ({ inner: element.scrollWidth, outer: element.clientWidth }));
  expect(box.inner).toBeGreaterThan(box.outer);
  for (const path of ['/docs/errors', '/docs/bench', '/docs/operating']) {
    await page.goto(path);
    expect(await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth))).toBe(0);
  }
});

test('a page that does not exist says so', async ({ page }) => {
  expect((await page.goto('/docs/nowhere'))?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('the dashboard leads to the documentation, and back', async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Documentation' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Documentation' })).toBeVisible();
  await page.getByRole('link', { name: 'Dashboard', exact: true }).click();
  await expect(page).toHaveURL(/\/$/);
});
