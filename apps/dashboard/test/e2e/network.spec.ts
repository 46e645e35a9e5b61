import type { Page } from '@playwright/test';
import { PURCHASE } from '../../components/examples/scenario.ts';
import { expectCredits, headerDisplay, letPass } from '../support/display.ts';
import { findUnexplainedFrames, readLedger, recordFrames } from '../support/frames.ts';
import { expect, openPage, test } from '../support/people.ts';
import { watchStreams } from '../support/tabs.ts';

/** Waits until the page asks for nothing more: a script that is cut off by the missing network ends the page. */
async function waitUntilLoaded(page: Page): Promise<void> {
  let asked = 0;
  let before = -1;
  page.on('request', () => (asked += 1));
  await expect
    .poll(
      () => {
        const isQuiet = asked === before;
        before = asked;
        return isQuiet;
      },
      { intervals: [1_500], timeout: 30_000 },
    )
    .toBe(true);
}

test('pages and scripts arrive compressed, an event stream does not', async ({ people }) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openPage(person);
  const script = await page.locator('script[src*="/_next/static/"]').first().getAttribute('src');
  const encodings = await page.evaluate(
    async (paths) => {
      const answers = await Promise.all(paths.map((path) => fetch(path)));
      await Promise.all(answers.map(async (answer) => answer.body?.cancel()));
      return answers.map(({ headers }) => headers.get('content-encoding'));
    },
    ['/', script ?? '', '/api/credits/stream'],
  );
  expect(encodings).toEqual(['gzip', 'br', null]);
});

/** Well below the 30 s of a poll: what these tests show came by itself. */
const AT_ONCE = { timeout: 20_000 };

/** Runs in the page: what a browser does when its tab is left or looked at, which the test runner cannot make it do. */
function setVisibility(state: string): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
  document.dispatchEvent(new Event('visibilitychange'));
}

test('D14: offline is said, and the number is refreshed at once when the network is back', async ({ people }) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openPage(person);
  await expectCredits(page, 300);
  await person.context.setOffline(true);
  await expect(headerDisplay(page).getByRole('button')).toHaveAccessibleName(/300, offline/);
  await people.adjust(person, 45);
  await expectCredits(page, 300);
  await person.context.setOffline(false);
  await expectCredits(page, 345, AT_ONCE);
  await expect(headerDisplay(page).getByRole('button')).toHaveAccessibleName('Credits: 345');
});

test('D14: a tab that becomes visible again asks at once', async ({ people }) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openPage(person);
  await expectCredits(page, 300);
  await page.evaluate(setVisibility, 'hidden');
  const asked = page.waitForRequest(
    (request) => /^\/api\/(credits|user\/me)$/.test(new URL(request.url()).pathname),
    AT_ONCE,
  );
  await page.evaluate(setVisibility, 'visible');
  await asked;
});

test('D16: a mail link is clicked, and updating goes on', async ({ people }) => {
  const person = await people.signUp({ credits: 50 });
  const page = await openPage(person);
  const streams = watchStreams(person.context);
  await page.reload();
  await expectCredits(page, 50);
  await expect.poll(streams.holders).toEqual([page]);
  const unloading = page.evaluate(
    () => new Promise((resolve) => addEventListener('beforeunload', () => resolve(true), { once: true })),
  );
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { href: 'mailto:nobody@example.test' });
    document.body.append(link);
    link.click();
  });
  // Whether a mail program exists or not, the page was asked whether it may be left, and stayed.
  await Promise.race([unloading, page.evaluate(() => dispatchEvent(new Event('beforeunload')))]);
  await people.adjust(person, 5);
  await expectCredits(page, 55, AT_ONCE);
});

test('D19: what another tab spends is shown here without waiting for a poll', async ({ people }) => {
  const person = await people.signUp({ credits: 500 });
  const here = await openPage(person);
  const there = await openPage(person);
  await expectCredits(here, 500);
  await expectCredits(there, 500);
  const status = await there.evaluate(async () => {
    const body = JSON.stringify({ effect: 'spend', amount: 120, reason: 'In another tab' });
    return (await fetch('/api/examples/credits', { method: 'POST', body })).status;
  });
  expect(status).toBe(200);
  await expectCredits(here, 380, AT_ONCE);
  await expectCredits(there, 380, AT_ONCE);
});

test('a stream that cannot be had is replaced by polling, and the number still arrives', async ({ people }) => {
  const person = await people.signUp({ credits: 500 });
  await person.context.route('**/api/credits/stream', (route) => route.abort());
  const page = await person.context.newPage();
  await page.clock.install();
  const refused = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/api/credits/stream'));
  await page.goto('/');
  await expectCredits(page, 500);
  await refused;
  await people.adjust(person, 60);
  await letPass(page, 40, () => expectCredits(page, 560, { timeout: 200 }));
});

test('a purchase that is begun offline is sent when the network is back, and charged once', async ({ people }) => {
  const person = await people.signUp({ credits: 500 });
  const page = await openPage(person, '/examples/credits');
  await expectCredits(page, 500);
  const readFrames = await recordFrames(page);
  await waitUntilLoaded(page);
  await person.context.setOffline(true);
  await page.locator('[data-scenario="purchase-accepted"]').getByRole('button', { name: /^Run/ }).click();
  await expectCredits(page, 500 - PURCHASE);
  await people.adjust(person, 45);
  await person.context.setOffline(false);
  await expect(page.locator('[data-scenario="purchase-accepted"] [data-outcome]')).toContainText('Accepted', {
    timeout: 30_000,
  });
  await expectCredits(page, 545 - PURCHASE);
  const { available, operations } = await readLedger(person.request);
  expect(operations.map(({ delta }) => delta)).toEqual([-PURCHASE]);
  expect(findUnexplainedFrames(await readFrames(), available, operations)).toEqual([]);
});

test('a page whose scripts are cut off by a missing network says so, and is read again when the network is back', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openPage(person);
  await expectCredits(page, 300);
  // Scripts that the document names itself are there; one that is asked for later never arrives.
  const html = await (await person.request.get('/activity')).text();
  const scripts = html.matchAll(/<script(?! noModule)[^>]*? src="([^"]+\.js)"(?! noModule)/gi);
  const missing = new Set(Array.from(scripts, ([, path = '']) => path));
  page.on('requestfinished', (request) => missing.delete(new URL(request.url()).pathname));
  let cut: Promise<void> | undefined;
  await page.route('**/_next/static/chunks/*.js', async (route) => {
    if (html.includes(new URL(route.request().url()).pathname)) return route.continue();
    await expect.poll(() => missing.size).toBe(0);
    await (cut ??= person.context.setOffline(true));
    await route.abort();
  });
  await page.goto('/activity');
  await expect(page.getByText('You are offline')).toBeVisible({ timeout: 30_000 });
  await page.unrouteAll({ behavior: 'wait' });
  await person.context.setOffline(false);
  await expectCredits(page, 300);
  await expect(page.getByText('You are offline')).toBeHidden();
});
