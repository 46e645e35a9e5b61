// `npm run screenshots` renders every page in each theme and size into `screenshots/`; with words, the pages whose name
// contains one of them. With `--documents`, what README and documentation show is made again: whole pages, and two tabs of
// one person.
import { chromium } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { ensureDashboardBuilt, ensureDocsBuilt, ensurePackagesBuilt, ensureRegistryBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { startDashboard } from './setup/dashboard.mjs';
import { ensureInstalled, ROOT } from './setup/install.mjs';
import { runMain, step, StepFailure } from './setup/step.mjs';
import { recordTwoTabs } from './setup/two-tabs.mjs';

/**
 * @typedef {import('@playwright/test').Browser} Browser
 * @typedef {import('@playwright/test').Page} Page
 * @typedef {'light' | 'dark'} Theme
 * @typedef {{ name: string, path: string, as?: string, over?: true, prepare?: (page: Page) => Promise<unknown> }} Screen
 */

const PASSWORD = 'pictures of every page';
const PLAYER = 'player@demo.test';
const FRIEND = 'friend@demo.test';
const ADMIN = 'admin@demo.test';
/** Has a passkey and a second factor, which demo users may not have. */
const CAREFUL = 'kim@example.test';
const PROVIDERS = ['DISCORD', 'GOOGLE', 'GITHUB'].flatMap((name) => [
  [`${name}_CLIENT_ID`, 'id'],
  [`${name}_CLIENT_SECRET`, 'secret'],
]);
const THEMES = /** @type {const} */ (['light', 'dark']);
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 900 },
  { width: 390, height: 844 },
];
const DOCUMENT_SIZE = { width: 1200, height: 720 };
const DOCUMENT_SCREENS = new Set(['overview', 'examples']);

/** @param {Page} page */
const openPopover = (page) =>
  page
    .getByRole('banner')
    .getByRole('button', { name: /credits/i })
    .first()
    .click();

/** @param {Page} page */
async function searchUser(page) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search' }).fill('ma');
  await page.getByRole('option', { name: 'mara' }).waitFor();
}

/** @param {Page} page */
async function openServer(page) {
  await page.getByRole('main').getByRole('link', { name: 'Survival world' }).first().click();
  await page.waitForURL(/servers\/\d/);
}

/** @param {Page} page */
async function openUser(page) {
  await page.getByRole('main').getByRole('link', { name: 'mara', exact: true }).click();
  await page.waitForURL(/admin\/users\/./);
}

/** @param {Page} page */
async function createCode(page) {
  // The second theme and size find it there: it is refused then.
  const data = { code: 'SUMMER26', amount: 50, uses: 500, ends_at: '2099-09-01T00:00:00Z', note: 'Summer newsletter' };
  await page.request.post('/api/admin/codes', { data, headers: { origin: new URL(page.url()).origin } });
  await page.reload();
}

/** @type {Screen[]} */
const SCREENS = [
  { name: 'sign-in', path: '/sign-in' },
  {
    name: 'sign-in-code',
    path: '/sign-in',
    prepare: async (page) => {
      await page.getByLabel('E-mail').fill(CAREFUL);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByLabel('Code', { exact: true }).waitFor();
    },
  },
  { name: 'sign-in-refused', path: '/sign-in?social=refused' },
  { name: 'forgot-password', path: '/forgot-password' },
  { name: 'reset-password', path: '/reset-password' },
  { name: 'verify-email', path: '/verify-email' },
  { name: 'sign-up', path: '/sign-up' },
  { name: 'overview', path: '/', as: PLAYER },
  { name: 'popover', path: '/', as: PLAYER, over: true, prepare: openPopover },
  { name: 'palette', path: '/', as: ADMIN, over: true, prepare: searchUser },
  { name: 'activity', path: '/activity', as: PLAYER },
  { name: 'servers', path: '/servers', as: PLAYER },
  { name: 'create-server', path: '/create-server', as: PLAYER },
  { name: 'server', path: '/servers', as: PLAYER, prepare: openServer },
  {
    name: 'server-delete',
    path: '/servers',
    as: PLAYER,
    over: true,
    prepare: async (page) => {
      await openServer(page);
      await page
        .getByRole('button', { name: /Delete/ })
        .first()
        .click();
    },
  },
  { name: 'earn', path: '/earn', as: PLAYER },
  {
    name: 'earn-code',
    path: '/earn',
    as: PLAYER,
    prepare: async (page) => {
      await page.getByLabel('Code').fill('WINTER25');
      await page.getByRole('button', { name: 'Redeem' }).click();
      await page.getByRole('alert').filter({ hasText: 'not valid' }).waitFor();
    },
  },
  { name: 'referrals', path: '/referrals', as: PLAYER },
  { name: 'transfers', path: '/transfers', as: PLAYER },
  { name: 'settings', path: '/settings', as: PLAYER },
  { name: 'settings-refused', path: '/settings?social=refused', as: PLAYER },
  {
    name: 'settings-link',
    path: '/settings',
    as: PLAYER,
    over: true,
    prepare: (page) => page.getByRole('button', { name: 'Link GitHub' }).click(),
  },
  { name: 'settings-careful', path: '/settings', as: CAREFUL },
  {
    name: 'settings-passkey',
    path: '/settings',
    as: CAREFUL,
    over: true,
    prepare: (page) => page.getByRole('button', { name: 'Add a passkey' }).click(),
  },
  {
    name: 'settings-codes',
    path: '/settings',
    as: CAREFUL,
    over: true,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'New backup codes' }).click();
      await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Make new codes' }).click();
      await page.getByRole('button', { name: 'I have them' }).waitFor();
    },
  },
  { name: 'examples', path: '/examples/credits', as: PLAYER },
  { name: 'not-found', path: '/nowhere', as: PLAYER },
  { name: 'admin', path: '/admin', as: ADMIN },
  { name: 'admin-activity', path: '/admin/activity', as: ADMIN },
  { name: 'admin-activity-none', path: '/admin/activity?user=nobody&min=5&type=sent', as: ADMIN },
  {
    name: 'admin-transfer',
    path: '/admin/activity',
    as: ADMIN,
    prepare: async (page) => {
      await page.getByRole('table').getByRole('link', { name: 'Welcome to the demo' }).first().click();
      await page.waitForURL(/activity\/tr_/);
    },
  },
  { name: 'admin-health', path: '/admin/health', as: ADMIN },
  { name: 'admin-users', path: '/admin/users', as: ADMIN },
  { name: 'admin-user', path: '/admin/users', as: ADMIN, prepare: openUser },
  {
    name: 'admin-undo',
    path: '/admin/users',
    as: ADMIN,
    over: true,
    prepare: async (page) => {
      await openUser(page);
      await page
        .getByRole('button', { name: /^Reverse/ })
        .first()
        .click();
    },
  },
  { name: 'admin-codes', path: '/admin/codes', as: ADMIN, prepare: createCode },
  {
    name: 'admin-code',
    path: '/admin/codes',
    as: ADMIN,
    prepare: async (page) => {
      await createCode(page);
      await page.getByRole('link', { name: 'SUMMER26' }).click();
      await page.waitForURL(/codes\/SUMMER26/);
    },
  },
  {
    name: 'admin-code-new',
    path: '/admin/codes',
    as: ADMIN,
    over: true,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'New code' }).click();
      await page.getByLabel('Credits for each').fill('50');
      await page.getByLabel('Uses in total').fill('0');
      await page.getByRole('button', { name: 'Create code' }).click();
    },
  },
  { name: 'admin-rewards', path: '/admin/rewards', as: ADMIN },
  {
    name: 'admin-rewards-wrong',
    path: '/admin/rewards',
    as: ADMIN,
    prepare: async (page) => {
      await page.getByLabel('Day 2').fill('-5');
      await page.getByRole('button', { name: 'Save' }).click();
    },
  },
  { name: 'admin-messages', path: '/admin/messages', as: ADMIN },
  { name: 'admin-provisioning', path: '/admin/provisioning', as: ADMIN },
];

/** Signs in once: tries are limited. @param {Browser} browser @param {string} url @param {string} email */
async function signIn(browser, url, email) {
  const context = await browser.newContext({ baseURL: url });
  const answer = await context.request.post('/api/auth/sign-in/email', {
    data: { email, password: PASSWORD },
    headers: { origin: url },
  });
  if (!answer.ok()) throw new StepFailure(`${email} could not sign in: ${answer.status()}`);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Signs up, adds a passkey in the settings, then turns a second factor on. @param {Browser} browser @param {string} url */
async function signUpCareful(browser, url) {
  const { totp } = await tsImport('../apps/dashboard/test/support/totp.ts', import.meta.url);
  const context = await browser.newContext({ baseURL: url });
  /** @param {string} path @param {object} data */
  const post = async (path, data) => {
    const answer = await context.request.post(`/api/auth/${path}`, { data, headers: { origin: url } });
    if (!answer.ok()) throw new StepFailure(`${path} answered ${answer.status()}: ${await answer.text()}`);
    return /** @type {{ totpURI?: string }} */ (await answer.json());
  };
  await post('sign-up/email', { email: CAREFUL, password: PASSWORD, name: 'Kim' });
  await post('sign-in/email', { email: CAREFUL, password: PASSWORD });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD);
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: /^Remove/ }).waitFor();
  const { totpURI } = await post('two-factor/enable', { password: PASSWORD });
  const secret = new URL(totpURI ?? '').searchParams.get('secret') ?? '';
  await post('two-factor/verify-totp', { code: totp(secret) });
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A page has its stream open for good, so the network never becomes idle: its own requests are what is waited for. @param {Page} page */
async function settle(page) {
  await page.waitForFunction(() => document.querySelector('[data-slot="skeleton"], [aria-busy="true"]') === null);
  await page.evaluate(() => document.fonts.ready);
  // The number's first animation, and the lines that slide in.
  await page.waitForTimeout(700);
}

/** @param {Browser} browser @param {string} url @param {{ screens: Screen[], documents: boolean }} wanted */
async function renderAll(browser, url, { screens, documents }) {
  const directory = join(ROOT, documents ? 'docs/images' : 'screenshots');
  mkdirSync(directory, { recursive: true });
  let count = 0;
  let addresses = 0;
  const sessions = new Map();
  for (const email of [PLAYER, ADMIN]) sessions.set(email, await signIn(browser, url, email));
  if (screens.some(({ name, as }) => as === CAREFUL || name === 'sign-in-code')) {
    sessions.set(CAREFUL, await signUpCareful(browser, url));
  }
  for (const theme of THEMES) {
    for (const viewport of documents ? [DOCUMENT_SIZE] : SIZES) {
      for (const email of [undefined, PLAYER, CAREFUL, ADMIN]) {
        const context = await browser.newContext({
          baseURL: url,
          colorScheme: theme,
          viewport,
          locale: 'en-GB',
          timezoneId: 'UTC',
          // Tries to sign in are limited for each address.
          extraHTTPHeaders: { 'x-forwarded-for': `10.0.0.${(addresses += 1)}` },
          ...(email === undefined ? {} : { storageState: sessions.get(email) }),
        });
        for (const { name, path, over, prepare } of screens.filter(({ as }) => as === email)) {
          const page = await context.newPage();
          await page.goto(path);
          await settle(page);
          await prepare?.(page);
          await settle(page);
          await page.screenshot({
            path: join(directory, documents ? `${name}-${theme}.png` : `${name}-${viewport.width}-${theme}.png`),
            // What lies over a page belongs to the screen.
            fullPage: !documents && over !== true,
          });
          await page.close();
          count += 1;
        }
        await context.close();
      }
    }
  }
  if (documents) {
    // A bonus can be claimed once a day: each theme has its own person.
    for (const [theme, email] of /** @type {const} */ ([
      ['light', PLAYER],
      ['dark', FRIEND],
    ])) {
      const session = sessions.get(email) ?? (await signIn(browser, url, email));
      await recordTwoTabs(browser, { url, session, theme, path: join(directory, `two-tabs-${theme}.webp`) });
      count += 1;
    }
  }
  return `${count} pictures in ${relative(ROOT, directory)}/`;
}

await runMain(async () => {
  const documents = process.argv.includes('--documents');
  const words = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
  const screens = SCREENS.filter(({ name }) =>
    documents ? DOCUMENT_SCREENS.has(name) : words.length === 0 || words.some((word) => name.includes(word)),
  );
  console.log('\nReal-Time Credits: screenshots\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  await ensureDocsBuilt();
  await ensureDashboardBuilt();
  const executablePath = await ensureChromium({ shell: true });
  const dataDirectory = mkdtempSync(join(tmpdir(), 'realtime-credits-screenshots-'));
  try {
    const dashboard = await step('start the dashboard', () =>
      startDashboard({
        dataDirectory,
        env: { DEMO: '1', DEMO_PASSWORD: PASSWORD, TRUST_PROXY: '1', ...Object.fromEntries(PROVIDERS) },
        name: 'localhost',
      }),
    );
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      await step('screenshots', () => renderAll(browser, dashboard.url, { screens, documents }));
    } finally {
      await browser.close();
      await dashboard.stop();
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
  return 0;
});
