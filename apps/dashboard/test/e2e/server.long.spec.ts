import type { Page } from '@playwright/test';
import { PURCHASE } from '../../components/examples/scenario.ts';
import { expectCredits, headerDisplay, letPass } from '../support/display.ts';
import { findUnexplainedFrames, readLedger, recordFrames } from '../support/frames.ts';
import { expect, test } from '../support/own-dashboard.ts';
import { openPage, readMe } from '../support/people.ts';

// One dashboard for all of these, killed and started again: they run one after the other.
test.describe.configure({ mode: 'default', timeout: 120_000 });

/** Restarts take seconds, and what was asked meanwhile waits up to 20 s until it is asked again. */
const AFTER_A_RESTART = { timeout: 45_000 };
const isApi = (path: string): boolean => path.startsWith('/api/');
const isPurchase = (path: string): boolean => path.startsWith('/api/examples/');

async function run(page: Page, id: string): Promise<void> {
  await page.locator(`[data-scenario="${id}"]`).last().getByRole('button', { name: /^Run/ }).click();
}

test.beforeEach(({ own }) => own.proxy.behave('pass'));

test('a server is killed in the middle of a purchase, a proxy answers 502 and 503, and after the restart it is charged once', async ({
  people,
  own,
}) => {
  const person = await people.signUp({ credits: 2_000 });
  const page = await openPage(person, '/examples/credits');
  const other = await openPage(person);
  for (const each of [page, other]) await expectCredits(each, 2_000);
  const readers = [await recordFrames(page), await recordFrames(other)];

  await run(page, 'slow');
  await expectCredits(page, 2_000 - PURCHASE);
  await own.kill();
  // Nobody listens: the proxy says 502 with a page of HTML. The number stays, and is not called fresh once a question
  // was answered like that; looking at the page again asks at once.
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect(headerDisplay(page).getByRole('button').first()).toHaveAccessibleName(/stale/, AFTER_A_RESTART);
  await expectCredits(page, 2_000 - PURCHASE);
  own.proxy.behave('unavailable', isApi);
  await run(page, 'purchase-accepted');
  await expectCredits(page, 2_000 - 2 * PURCHASE);
  await expect.poll(() => own.proxy.count('unavailable')).toBeGreaterThan(1);
  await own.start();
  own.proxy.behave('pass');

  for (const id of ['slow', 'purchase-accepted']) {
    await expect(page.locator(`[data-scenario="${id}"] [data-outcome]`).last()).toContainText(
      'Accepted',
      AFTER_A_RESTART,
    );
  }
  for (const each of [page, other]) await expectCredits(each, 2_000 - 2 * PURCHASE, AFTER_A_RESTART);
  await people.adjust(person, 5);
  for (const each of [page, other]) await expectCredits(each, 2_005 - 2 * PURCHASE, AFTER_A_RESTART);

  const { available, operations } = await readLedger(person.request);
  expect(operations.map(({ delta }) => delta)).toEqual([-PURCHASE, -PURCHASE]);
  for (const read of readers) expect(findUnexplainedFrames(await read(), available, operations)).toEqual([]);
});

test('a purchase that was committed, whose answer was lost and whose server was killed, is charged once', async ({
  people,
  own,
}) => {
  const person = await people.signUp({ credits: 1_000 });
  const page = await openPage(person, '/examples/credits');
  await expectCredits(page, 1_000);
  const readFrames = await recordFrames(page);
  own.proxy.behave('lose-answers', isPurchase);
  await run(page, 'purchase-accepted');
  await expect.poll(async () => (await readMe(person.request)).user.coins).toBe(1_000 - PURCHASE);
  await own.kill();
  own.proxy.behave('pass');
  await own.start();
  await expect(page.locator('[data-scenario="purchase-accepted"] [data-outcome]').first()).toContainText(
    'Accepted',
    AFTER_A_RESTART,
  );
  await expectCredits(page, 1_000 - PURCHASE);
  const { available, operations } = await readLedger(person.request);
  expect(operations.map(({ delta }) => delta)).toEqual([-PURCHASE]);
  expect(findUnexplainedFrames(await readFrames(), available, operations)).toEqual([]);
});

test('a server that never answers leaves the purchase pending, and charges it once when it answers again', async ({
  people,
  own,
}) => {
  const person = await people.signUp({ credits: 1_000 });
  const page = await openPage(person, '/examples/credits');
  await expectCredits(page, 1_000);
  const readFrames = await recordFrames(page);
  own.proxy.behave('hang', isPurchase);
  await run(page, 'purchase-accepted');
  // The second one is sent when the first has been given up.
  await expect.poll(() => own.proxy.count('hang'), { timeout: 20_000 }).toBeGreaterThan(1);
  await expectCredits(page, 1_000 - PURCHASE);
  own.proxy.behave('pass');
  await expect(page.locator('[data-scenario="purchase-accepted"] [data-outcome]').first()).toContainText(
    'Accepted',
    AFTER_A_RESTART,
  );
  const { available, operations } = await readLedger(person.request);
  expect(operations.map(({ delta }) => delta)).toEqual([-PURCHASE]);
  expect(findUnexplainedFrames(await readFrames(), available, operations)).toEqual([]);
});

test('behind a proxy that keeps streams to itself, polling takes over', async ({ people, own }) => {
  const person = await people.signUp({ credits: 300 });
  own.proxy.behave('buffer');
  const page = await person.context.newPage();
  await page.clock.install();
  await page.goto('/');
  await expectCredits(page, 300);
  await expect.poll(() => own.proxy.count('buffer')).toBeGreaterThan(0);
  // No first frame in 5 s: the stream is given up, and the next poll is at most 33 s away.
  await page.clock.fastForward(6_000);
  await people.adjust(person, 45);
  await letPass(page, 40, () => expectCredits(page, 345, { timeout: 200 }));
});
