// Looks at a host that was made by docs/install.md, in a browser: the badge is live, the activity list names a change the
// moment it is made, an administrator changes a balance, and the examples settle.
import { join } from 'node:path';
import { findFreePort } from '../setup/dashboard.mjs';
import { takePictures, withBrowser, withServer } from './browser.mjs';
import { must } from './project.mjs';

/** Whose cookie the pages have. */
export const PLAYER = '7';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * @param {string} host The project, built.
 * @param {string} name What its pictures are called.
 * @param {string} executablePath
 */
export async function watchHost(host, name, executablePath) {
  const port = await findFreePort();
  const url = `http://localhost:${port}`;
  const start = [join(host, 'node_modules/next/dist/bin/next'), 'start', '-p', String(port)];
  const options = {
    cwd: host,
    env: { CREDITS_EXAMPLES: '1' },
    url: `${url}/api/credits`,
    isReady: (/** @type {Response} */ { status }) => status === 401,
  };
  await withServer(start, options, () =>
    withBrowser(executablePath, async (openPage) => {
      const player = await openPage([{ name: 'user', value: PLAYER, url }]);
      const admin = await openPage([
        { name: 'user', value: '1', url },
        { name: 'role', value: 'admin', url },
      ]);
      await seeBadge(player, url);
      await seeActivity(player, admin, url, name);
      await seeExamples(player, url, name);
    }),
  );
}

/** The number follows a change that the page did not make, and not by its next question: those are 30 s apart. @param {Page} page @param {string} url */
export async function seeBadge(page, url) {
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
export async function seeExamples(page, url, name) {
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
