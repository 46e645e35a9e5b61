import { expectCredits } from '../support/display.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { expect, test } from '../support/people.ts';

// Not among the quick ones: Chromium's headless shell, which runs those, has no back/forward cache.

/** Well below the 30 s of a poll: what this shows came by itself. */
const AT_ONCE = { timeout: 20_000 };

test('D14: a page that comes out of the back/forward cache shows the number of now, and follows again', async ({
  people,
  playwright,
  baseURL,
}) => {
  const person = await people.signUp({ credits: 300 });
  // The dashboard forbids browsers to keep its pages (`no-store`), and Chromium then keeps none; other hosts allow it.
  const proxy = await startFaultyProxy(() => baseURL ?? '');
  proxy.behave('cacheable');
  // The test runner switches the back/forward cache off; real browsers have it on.
  const browser = await playwright.chromium.launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  const context = await browser.newContext({ storageState: await person.context.storageState() });
  const page = await context.newPage();
  // The stream is open: this shows that it does not keep the page out of the cache.
  const streaming = page.waitForResponse((response) => response.url().endsWith('/api/credits/stream'));
  // The session belongs to the name under which the dashboard is tested.
  await page.goto(proxy.url.replace('127.0.0.1', new URL(baseURL ?? '').hostname));
  await expectCredits(page, 300);
  await streaming;
  // The runner loses sight of a page that comes out of that cache; the browser's own protocol does not.
  const devtools = await context.newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> =>
    (await devtools.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  const readNumber = () => evaluate(`document.querySelector('header [data-credits-number]')?.textContent`);
  // A reloaded page would have lost this.
  await evaluate(`addEventListener('pageshow', ({ persisted }) => (window.cameBack = persisted))`);

  await page.goto('about:blank');
  await people.adjust(person, 33);
  await evaluate('history.back()');
  await expect.poll(() => evaluate('window.cameBack')).toBe(true);
  await expect.poll(readNumber, AT_ONCE).toBe('333');
  await people.adjust(person, 1);
  await expect.poll(readNumber, AT_ONCE).toBe('334');
  await browser.close();
  await proxy.close();
});
