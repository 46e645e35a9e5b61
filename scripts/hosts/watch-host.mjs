// Looks at a host that was made by docs/install.md, in a browser: the badge is live, the activity list names a change the
// moment it is made, an administrator changes a balance, and the examples settle. `HOSTS_SCREENSHOTS` names a directory
// for pictures of what was seen, on a wide screen and on a phone, in light and in dark.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { findFreePort } from '../setup/dashboard.mjs';
import { StepFailure } from '../setup/step.mjs';

const PLAYER = '7';
const SCREENS = /** @type {const} */ ([
  ['wide', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
]);

/** @typedef {import('@playwright/test').Page} Page */

/** @param {boolean} condition @param {string} otherwise */
function must(condition, otherwise) {
  if (!condition) throw new StepFailure(otherwise);
}

/**
 * @param {string} host The project, built.
 * @param {string} name What its pictures are called.
 * @param {string} executablePath
 */
export async function watchHost(host, name, executablePath) {
  const port = await findFreePort();
  const url = `http://localhost:${port}`;
  const server = spawn(process.execPath, [join(host, 'node_modules/next/dist/bin/next'), 'start', '-p', String(port)], {
    cwd: host,
    env: { ...process.env, CREDITS_EXAMPLES: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const errors = /** @type {string[]} */ ([]);

  /** @param {Record<string, string>} cookies */
  async function signIn(cookies) {
    const context = await browser.newContext({ viewport: SCREENS[0][1] });
    await context.addCookies(Object.entries(cookies).map(([cookie, value]) => ({ name: cookie, value, url })));
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    return page;
  }

  try {
    await untilReady(url, () => output);
    const player = await signIn({ user: PLAYER });
    await seeBadge(player, url);
    await seeActivity(player, await signIn({ user: '1', role: 'admin' }), url, name);
    await seeExamples(player, url, name);
    must(errors.length === 0, `The page failed: ${errors.join('; ')}`);
  } catch (error) {
    throw error instanceof StepFailure ? error : new StepFailure(`${String(error)}\n${output}`);
  } finally {
    await browser.close();
    server.kill('SIGTERM');
  }
}

/** @param {string} url @param {() => string} output */
async function untilReady(url, output) {
  for (let left = 60; ; left -= 1) {
    const headers = { cookie: `user=${PLAYER}` };
    const answer = await fetch(`${url}/api/credits`, { headers, signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (answer?.ok) return;
    must(left > 0, `The host did not answer.\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The number follows a change that the page did not make, and not by its next question: those are 30 s apart. @param {Page} page @param {string} url */
async function seeBadge(page, url) {
  await page.goto(url);
  const badge = page.locator('[data-credits-number]');
  await badge.filter({ hasText: /^0$/ }).waitFor();
  await fetch(`${url}/api/bonus`, { method: 'POST', headers: { cookie: `user=${PLAYER}` } });
  await badge.filter({ hasText: /^25$/ }).waitFor({ timeout: 10_000 });
}

/** @param {Page} player @param {Page} admin @param {string} url @param {string} name */
async function seeActivity(player, admin, url, name) {
  await player.goto(`${url}/activity`);
  await player.getByText('Daily bonus').waitFor();

  await admin.goto(`${url}/admin/users/${PLAYER}`);
  await admin.getByText('25 credits', { exact: true }).waitFor();
  await admin.getByRole('button', { name: 'Adjust' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('475');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Welcome back');
  await takePictures(admin, `${name}-adjust`);
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.waitFor({ state: 'detached' });
  await admin.getByText('500 credits', { exact: true }).waitFor();
  await player.getByText('Welcome back').waitFor({ timeout: 10_000 });

  // Decided on a balance that has moved meanwhile: nothing is changed, and both numbers are said.
  await admin.getByRole('button', { name: 'Adjust' }).click();
  await dialog.getByRole('tab', { name: 'To an exact balance' }).click();
  await fetch(`${url}/api/examples/credits`, {
    method: 'POST',
    headers: { cookie: `user=${PLAYER}`, 'content-type': 'application/json' },
    body: JSON.stringify({ effect: 'spend', amount: 100, reason: 'Server “Skyblock”' }),
  });
  await player.getByText('Server “Skyblock”').waitFor({ timeout: 10_000 });
  await dialog.getByRole('textbox', { name: 'New balance' }).fill('1000');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Make it a thousand');
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.getByText('The balance has moved meanwhile').waitFor();
  await dialog.getByText('400 → 1,000').waitFor();
  await takePictures(admin, `${name}-conflict`);
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.waitFor({ state: 'detached' });
  await player.getByText('Make it a thousand').waitFor({ timeout: 10_000 });
  await takePictures(player, `${name}-activity`);

  // A user who is no administrator finds no page, and is refused by the route.
  const refused = await fetch(`${url}/api/admin/users/${PLAYER}/coins`, {
    method: 'POST',
    headers: { cookie: `user=${PLAYER}`, 'content-type': 'application/json' },
    body: JSON.stringify({ amount: 1_000_000, reason: 'For me' }),
  });
  must(refused.status === 403, `A player's adjustment was answered by ${refused.status}.`);
}

/** @param {Page} page @param {string} url @param {string} name */
async function seeExamples(page, url, name) {
  await page.goto(`${url}/examples`);
  for (const [scenario, outcome] of [
    ['purchase-accepted', 'Accepted: 900 credits now.'],
    ['purchase-refused', 'The server refused, as you asked it to.'],
    ['lost-answer', 'Accepted: 800 credits now.'],
  ]) {
    const item = page.locator(`[data-scenario="${scenario}"]`);
    await item.getByRole('button').click();
    await item.getByText(String(outcome)).waitFor({ timeout: 20_000 });
  }
  await page.getByRole('tab', { name: 'Documented hooks' }).click();
  const documented = page.locator('[data-scenario="purchase-refused"]');
  await documented.getByRole('button').click();
  await documented.getByText('Refused: The server refused, as you asked it to.').waitFor({ timeout: 20_000 });
  await takePictures(page, `${name}-examples`);
}

/** Also sees that nothing is wider than the screen. @param {Page} page @param {string} name */
async function takePictures(page, name) {
  const directory = process.env['HOSTS_SCREENSHOTS'];
  for (const [screen, size] of SCREENS) {
    await page.setViewportSize(size);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    must(excess <= 0, `${name} is ${excess} pixels wider than a screen of ${size.width}.`);
    if (directory === undefined) continue;
    mkdirSync(directory, { recursive: true });
    for (const theme of ['light', 'dark']) {
      await page.evaluate((dark) => document.documentElement.classList.toggle('dark', dark), theme === 'dark');
      await page.screenshot({ path: join(directory, `${name}-${screen}-${theme}.png`), animations: 'disabled' });
    }
    await page.evaluate(() => document.documentElement.classList.remove('dark'));
  }
  await page.setViewportSize(SCREENS[0][1]);
}
