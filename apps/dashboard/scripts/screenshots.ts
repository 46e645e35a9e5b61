/**
 * Photographs every page of a running demo dashboard, for people to look at: signed out, as a player and as an admin,
 * on a wide screen and on a phone, dark and light. Says when a page scrolls sideways or reports an error.
 *
 * @example
 * DEMO_PASSWORD=… npx tsx apps/dashboard/scripts/screenshots.ts /tmp/pictures [only]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';

const BASE_URL = process.env['BASE_URL'] ?? 'http://localhost:3000';
const PASSWORD = process.env['DEMO_PASSWORD'] ?? '';
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

const THEMES = ['dark', 'light'] as const;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

interface Shot {
  name: string;
  path: string;
  /** Done on the page before the picture is taken. */
  before?: (page: Page) => Promise<void>;
}

const SIGNED_OUT: Shot[] = [
  { name: 'sign-in', path: '/sign-in' },
  {
    name: 'sign-in-refused',
    path: '/sign-in',
    before: async (page) => {
      await page.getByLabel('E-mail').fill('nobody@demo.test');
      await page.getByLabel('Password').fill('not-the-password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').filter({ hasText: /\w/ }).first().waitFor();
    },
  },
  { name: 'sign-up', path: '/sign-up?ref=DEMO1234' },
  { name: 'docs', path: '/docs' },
  { name: 'docs-install', path: '/docs/install' },
  { name: 'docs-concepts', path: '/docs/concepts' },
  { name: 'docs-errors', path: '/docs/errors' },
  {
    name: 'docs-search',
    path: '/docs',
    before: async (page) => {
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('combobox').fill('hold');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'docs-navigation',
    path: '/docs/concepts',
    before: async (page) => {
      const menu = page.getByRole('button', { name: 'Open menu' });
      if (await menu.isVisible()) {
        await menu.click();
        await page.getByRole('dialog').waitFor();
      }
    },
  },
];

const PLAYER: Shot[] = [
  { name: 'overview', path: '/' },
  { name: 'earn', path: '/earn' },
  { name: 'servers', path: '/servers' },
  { name: 'new-server', path: '/servers/new' },
  {
    name: 'delete-server',
    path: '/servers',
    before: async (page) => {
      await page
        .getByRole('button', { name: /^(Delete|Remove) / })
        .first()
        .click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  { name: 'referrals', path: '/referrals' },
  { name: 'activity', path: '/activity' },
  { name: 'transfers', path: '/transfers' },
  { name: 'settings', path: '/settings' },
  { name: 'examples', path: '/examples/credits' },
  { name: 'not-found', path: '/no/such/page' },
  { name: 'admin-as-player', path: '/admin' },
  {
    name: 'menu',
    path: '/',
    before: async (page) => {
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'navigation',
    path: '/',
    before: async (page) => {
      const menu = page.getByRole('button', { name: 'Open menu' });
      if (await menu.isVisible()) {
        await menu.click();
        await page.getByRole('dialog').waitFor();
      }
    },
  },
];

const ADMIN: Shot[] = [
  { name: 'admin', path: '/admin' },
  {
    name: 'admin-verified',
    path: '/admin',
    before: async (page) => {
      await page.getByRole('button', { name: 'Verify', exact: true }).click();
      await page
        .getByText(/difference/i)
        .first()
        .waitFor();
    },
  },
  { name: 'admin-users', path: '/admin/users' },
  {
    name: 'admin-user',
    path: '/admin/users?query=player',
    before: async (page) => {
      await page.getByRole('table').getByRole('link').first().click();
      await page.getByRole('heading', { name: 'Entries' }).waitFor();
    },
  },
  {
    name: 'admin-adjust',
    path: '/admin/users?query=player',
    before: async (page) => {
      await page.getByRole('table').getByRole('link').first().click();
      await page.getByRole('button', { name: 'Adjust' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'admin-provisioning', path: '/admin/provisioning' },
];

async function signIn(browser: Browser, email: string) {
  const context = await browser.newContext();
  const answer = await context.request.post(`${BASE_URL}/api/auth/sign-in/email`, {
    data: { email, password: PASSWORD },
    headers: { origin: BASE_URL },
  });
  if (!answer.ok()) throw new Error(`Signing in as ${email} answered ${answer.status()}: ${await answer.text()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

async function shoot(context: BrowserContext, shot: Shot, file: string): Promise<void> {
  const page = await context.newPage();
  const said: string[] = [];
  page.on('pageerror', (error) => said.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') said.push(message.text());
  });
  try {
    await page.goto(BASE_URL + shot.path, { waitUntil: 'load' });
    await page.waitForFunction(() => document.fonts.status === 'loaded');
    await page.locator('h1').first().waitFor();
    // Streams stay open, so the network is never idle: the display is what arrives last.
    await page.waitForTimeout(700);
    await shot.before?.(page);
    await page.waitForTimeout(400);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (excess > 0) said.push(`scrolls sideways by ${excess} px`);
    await page.screenshot({ path: file, fullPage: shot.before === undefined, animations: 'disabled' });
  } catch (error) {
    said.push(String(error).split('\n')[0] ?? '');
  }
  for (const line of said) process.stdout.write(`  ${file}: ${line.slice(0, 300)}\n`);
  await page.close();
}

async function main(folder: string | undefined, only: string | undefined): Promise<void> {
  if (folder === undefined) throw new Error('Say which folder the pictures go to.');
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const groups = [
      { shots: SIGNED_OUT, state: undefined },
      { shots: PLAYER, state: await signIn(browser, 'player@demo.test') },
      { shots: ADMIN, state: await signIn(browser, 'admin@demo.test') },
    ];
    for (const theme of THEMES) {
      for (const viewport of SIZES) {
        for (const { shots, state } of groups) {
          const context = await browser.newContext({
            viewport,
            colorScheme: theme,
            isMobile: viewport.width < 600,
            hasTouch: viewport.width < 600,
            ...(state === undefined ? {} : { storageState: state }),
          });
          await context.addInitScript((chosen) => localStorage.setItem('theme', chosen), theme);
          for (const shot of shots.filter(({ name }) => only === undefined || new RegExp(`^(${only})$`).test(name))) {
            await shoot(context, shot, join(folder, `${shot.name}-${viewport.width}-${theme}.png`));
          }
          await context.close();
        }
      }
    }
  } finally {
    await browser.close();
  }
}

await main(process.argv[2], process.argv[3]);
