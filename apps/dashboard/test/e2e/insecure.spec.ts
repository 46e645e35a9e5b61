import type { BrowserContext, Page } from '@playwright/test';
import { collectComplaints, expectCredits } from '../support/display.ts';
import { ADMIN_PAGES, PAGES, PUBLIC_PAGES } from '../support/pages.ts';
import { expect, test } from '../support/people.ts';
import { watchStreams } from '../support/tabs.ts';

// Plain http on an address that is not this machine's own: how many hosts begin. Browsers then leave out what they keep for
// secure contexts.

/** The dashboard, by a name that browsers do not trust. */
function insecure(baseURL: string | undefined, path = '/'): string {
  const url = new URL(path, baseURL);
  url.hostname = 'panel.test';
  return url.href;
}

/** Signs the context in at that name as well. */
async function takeSession(
  context: BrowserContext,
  baseURL: string | undefined,
  from = context.request,
): Promise<void> {
  const { cookies } = await from.storageState();
  await context.addCookies(cookies.map(({ name, value }) => ({ name, value, url: insecure(baseURL) })));
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

test('A17: without https every page works, and is silent in the console', async ({ people, browser, baseURL }) => {
  const person = await people.signUp();
  await takeSession(person.context, baseURL);
  const stranger = await browser.newContext();
  const admin = await browser.newContext();
  await takeSession(admin, baseURL, await people.admin());
  for (const [context, paths] of [
    [stranger, [...PUBLIC_PAGES, '/docs/install']],
    [person.context, PAGES],
    [admin, ADMIN_PAGES],
  ] as const) {
    const page = await context.newPage();
    // A header that only counts with https, which the server cannot know.
    const complaints = collectComplaints(page, [/Cross-Origin-Opener-Policy/]);
    for (const path of paths) {
      expect((await page.goto(insecure(baseURL, path)))?.status(), path).toBe(200);
      await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible();
      expect(complaints, path).toEqual([]);
    }
    expect(
      await page.evaluate(() => [
        window.isSecureContext,
        ...['locks', 'clipboard'].map((name) => name in navigator),
        'randomUUID' in crypto,
      ]),
    ).toEqual([false, false, false, false]);
  }
  await stranger.close();
  await admin.close();
});

test('A17: without https an administrator adjusts a balance, and two tabs show it by one stream', async ({
  people,
  browser,
  baseURL,
}) => {
  const person = await people.signUp({ credits: 100 });
  await takeSession(person.context, baseURL);
  const streams = watchStreams(person.context);
  const tabs = [await openPage(person.context, insecure(baseURL)), await openPage(person.context, insecure(baseURL))];
  for (const tab of tabs) await expectCredits(tab, 100);
  await expect.poll(() => streams.holders().length).toBe(1);

  const context = await browser.newContext();
  await takeSession(context, baseURL, await people.admin());
  const admin = await openPage(context, insecure(baseURL, `/admin/users/${person.id}`));
  await admin.getByRole('button', { name: 'Adjust' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('50');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Welcome');
  await dialog.getByRole('button', { name: 'Adjust' }).click();
  await dialog.waitFor({ state: 'detached' });
  // Polls are 30 s apart.
  for (const tab of tabs) await expectCredits(tab, 150, { timeout: 20_000 });
  expect(streams.holders()).toHaveLength(1);
  await context.close();
});

test('A17: without https what is there to be copied is copied', async ({ people, baseURL }) => {
  const person = await people.signUp();
  await takeSession(person.context, baseURL);
  const page = await openPage(person.context, insecure(baseURL, '/referrals'));
  await page.getByRole('button', { name: /copy/i }).first().click();
  await expect(page.getByText('Copied').first()).toBeVisible();
  await page.evaluate(() => {
    const field = document.body.appendChild(document.createElement('textarea'));
    field.setAttribute('aria-label', 'Pasted');
    field.focus();
  });
  await page.keyboard.press('ControlOrMeta+v');
  await expect(page.getByRole('textbox', { name: 'Pasted' })).toHaveValue(/\/sign-up\?ref=/);
});
