import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { collectComplaints } from '../support/display.ts';
import { expect, test } from '../support/people.ts';

const PHONE = { width: 390, height: 844 };

const search = (page: Page) => page.locator('#localsearch-input');
/** Its excerpt may contain links of its own. */
const topResult = (page: Page) => page.getByRole('option').first().locator('a.result');

async function ask(page: Page, question: string): Promise<void> {
  // A page that is not awake yet ignores the key.
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(search(page)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await search(page).fill(question);
  await expect(page.getByRole('option').first()).toBeVisible();
}

async function readOverflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}

async function findViolations(builder: AxeBuilder): Promise<string[]> {
  const { violations } = await builder.include('.VPDoc').analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

for (const path of ['/docs/', '/docs/install', '/docs/concepts', '/docs/errors']) {
  test(`${path}: accessible in both themes, under a strict policy, and silent in the console`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    const complaints = collectComplaints(page);
    const response = await page.goto(path);
    expect(response?.headers()['content-security-policy']).not.toMatch(/script-src [^;]*'unsafe-(inline|eval)'/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.locator('.mermaid-source')).toHaveCount(0);
    await page.addStyleTag({ content: '*, *::before, *::after { transition: none !important }' });
    expect(await findViolations(new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']))).toEqual([]);

    // The other theme changes colours and nothing else.
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect(page.locator('html')).toHaveClass(/\bdark\b/);
    expect(await findViolations(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
}

test('the API reference shows every route, loads nothing from elsewhere, and breaks no policy', async ({ page }) => {
  const complaints = collectComplaints(page);
  const origins = new Set<string>();
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) origins.add(new URL(request.url()).origin);
  });
  await page.goto('/docs/api');
  await expect(page.getByRole('button', { name: /^Make the outcome of operations final/ })).toBeVisible();
  expect(origins.size).toBe(1);
  expect(complaints).toEqual([]);
});

test('people find what they ask for in their own words', async ({ page }) => {
  await page.goto('/docs/');
  await ask(page, 'how do I add this to my dashboard');
  await expect(topResult(page)).toHaveAttribute('href', /^\/docs\/install/);
  await search(page).fill('webhook stripe');
  await expect(topResult(page)).toHaveAttribute('href', /recipes#payment-webhook/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Payment webhook/ })).toBeInViewport();
});

test('a copied command names the dashboard that the reader is on', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/docs/install');
  await page.getByRole('button', { name: 'Copy Code' }).first().focus();
  await page.keyboard.press('Enter');
  const { origin } = new URL(page.url());
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toContain(`add ${origin}/r/credits.json`);
});

test('on a phone and on a tablet no page is wider than the screen', async ({ page }) => {
  for (const width of [PHONE.width, 768]) {
    await page.setViewportSize({ ...PHONE, width });
    for (const path of ['/docs/', '/docs/install', '/docs/concepts', '/docs/operating', '/docs/bench', '/docs/api']) {
      await page.goto(path);
      expect(await readOverflow(page), `${path} at ${width}`).toBe(0);
    }
  }
});

test('earlier addresses lead to their pages, and one that does not exist says so', async ({ page }) => {
  for (const path of ['/docs', '/docs/credits', '/docs/ledger', '/docs/sync', '/docs/server', '/docs/architecture']) {
    expect((await page.goto(path))?.status(), path).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  expect((await page.goto('/docs/nowhere'))?.status()).toBe(404);
  await expect(page.getByText('404')).toBeVisible();
});

test('the dashboard leads to the documentation, and back', async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Documentation' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Real-Time Credits' })).toBeVisible();
  await page.getByRole('link', { name: 'Dashboard', exact: true }).first().click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Real-Time Credits');
});
