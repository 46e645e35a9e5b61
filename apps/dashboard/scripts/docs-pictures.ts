/**
 * Takes the pictures of the documentation from a running demo dashboard: what readers get when they install the badge.
 *
 * @example
 * BASE_URL=http://localhost:3000 npx tsx apps/dashboard/scripts/docs-pictures.ts
 */
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from '@playwright/test';

const BASE_URL = process.env['BASE_URL'] ?? 'http://localhost:3000';
const PASSWORD = process.env['DEMO_PASSWORD'] ?? 'demo-credits';
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
/** Around an element, in pixels. */
const MARGIN = 24;

type Take = (page: Page, file: string) => Promise<void>;

/** The part of the page that contains all of these elements. */
async function takeAround(page: Page, selectors: readonly string[], file: string): Promise<void> {
  const boxes = await Promise.all(selectors.map((selector) => page.locator(selector).first().boundingBox()));
  const known = boxes.filter((box) => box !== null);
  const x = Math.max(0, Math.min(...known.map((box) => box.x)) - MARGIN);
  const y = Math.max(0, Math.min(...known.map((box) => box.y)) - MARGIN);
  const right = Math.max(...known.map((box) => box.x + box.width)) + MARGIN;
  const bottom = Math.max(...known.map((box) => box.y + box.height)) + MARGIN;
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  const clip = { x, y, width: Math.min(right, width) - x, height: Math.min(bottom, height) - y };
  await page.screenshot({ path: file, clip, animations: 'disabled' });
}

const PICTURES: { name: string; path: string; take: Take }[] = [
  {
    name: 'overview',
    path: '/',
    take: async (page, file) => {
      await page.screenshot({ path: file, animations: 'disabled' });
    },
  },
  {
    name: 'badge',
    path: '/examples/credits',
    take: async (page, file) => {
      const card = page.locator('[data-slot="card"]', { has: page.locator('[data-variant="compact"]') }).last();
      await card.scrollIntoViewIfNeeded();
      await card.screenshot({ path: file, animations: 'disabled' });
    },
  },
  {
    name: 'popover',
    path: '/',
    take: async (page, file) => {
      await page.locator('header [data-slot="credits-display"] button').first().click();
      await page.getByRole('dialog', { name: 'Credits' }).waitFor();
      await page.waitForTimeout(500);
      await takeAround(page, ['header [data-slot="credits-display"]', '[role="dialog"]'], file);
    },
  },
  {
    name: 'examples',
    path: '/examples/credits',
    take: async (page, file) => {
      await page.screenshot({ path: file, animations: 'disabled' });
    },
  },
];

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const theme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 720 }, colorScheme: theme });
    await context.addInitScript((chosen) => localStorage.setItem('theme', chosen), theme);
    await context.request.post(`${BASE_URL}/api/auth/sign-in/email`, {
      data: { email: 'player@demo.test', password: PASSWORD },
      headers: { origin: BASE_URL },
    });
    for (const { name, path, take } of PICTURES) {
      const page = await context.newPage();
      await page.goto(BASE_URL + path, { waitUntil: 'load' });
      await page.locator('[data-slot="credits-display"][data-state="known"]').first().waitFor();
      // The number counts up to its value.
      await page.waitForTimeout(1_500);
      await take(page, `${IMAGES}${name}-${theme}.png`);
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
}
