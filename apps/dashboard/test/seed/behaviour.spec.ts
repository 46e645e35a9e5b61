import type { Page } from '@playwright/test';
import { expectCredits, headerDisplay } from '../support/display.ts';
import { expect, openPage, test } from '../support/people.ts';
import { watchStreams } from '../support/tabs.ts';

// The design document's "Automatic Synchronization", "Performance Considerations" and "Error Handling".

const BALANCE = /\/api\/(credits|user\/me)(\?|$)/;

/** Counts the questions about the balance from now on. */
function countQuestions(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.method() === 'GET' && BALANCE.test(request.url())) count += 1;
  });
  return () => count;
}

test('Debounced Fetching: many refreshes within 5 seconds are one question and one more, none dropped', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 40 });
  const page = await person.context.newPage();
  await page.clock.install();
  await page.goto('/examples/credits');
  await page.getByRole('tab', { name: 'Documented hooks' }).click();
  await expectCredits(page, 40);
  await page.clock.fastForward(10_000);
  const questions = countQuestions(page);
  const refresh = page.locator('[data-scenario="refresh"]');
  for (let i = 0; i < 6; i += 1) await refresh.getByRole('button', { name: /^Run/ }).click();
  await page.clock.fastForward(6_000);
  await expect(refresh.locator('[data-outcome]')).toContainText('answered');
  expect(questions()).toBeGreaterThan(0);
  expect(questions()).toBeLessThanOrEqual(2);
});

test('Conditional Polling: nobody is asked about credits while nobody is signed in', async ({ page }) => {
  await page.clock.install();
  const questions = countQuestions(page);
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  const before = questions();
  for (let i = 0; i < 5; i += 1) await page.clock.fastForward(60_000);
  expect(questions()).toBe(before);
});

test('Error Recovery: after an outage everything goes on by itself, stream included', async ({ people }) => {
  const person = await people.signUp({ credits: 40 });
  const page = await openPage(person);
  const streams = watchStreams(person.context);
  await page.reload();
  await expect.poll(streams.holders).toEqual([page]);
  await person.context.setOffline(true);
  await expect(headerDisplay(page).getByRole('button')).toHaveAccessibleName(/offline/);
  await person.context.setOffline(false);
  await expectCredits(page, 40);
  await expect(headerDisplay(page).getByRole('button')).toHaveAccessibleName('Credits: 40');
  await people.adjust(person, 2);
  await expectCredits(page, 42);
});

test('Memory Cleanup: leaving the page ends its stream', async ({ people }) => {
  const person = await people.signUp({ credits: 40 });
  const page = await openPage(person);
  const streams = watchStreams(person.context);
  await page.reload();
  await expect.poll(streams.holders).toEqual([page]);
  await page.goto('about:blank');
  await expect.poll(streams.holders).toEqual([]);
});

test('Automatic Synchronization, polling: a user who is signed in is followed on every page', async ({ people }) => {
  const person = await people.signUp({ credits: 40 });
  const page = await openPage(person);
  let credits = 40;
  for (const name of ['Earn', 'Servers', 'Activity', 'Settings']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    credits += 1;
    await people.adjust(person, 1);
    await expectCredits(page, credits);
  }
});

test('Network errors are caught and displayed, with the number that was known last', async ({ people }) => {
  const person = await people.signUp({ credits: 321 });
  const page = await openPage(person);
  await expectCredits(page, 321);
  await headerDisplay(page).getByRole('button').click();
  const details = page.getByRole('dialog', { name: 'Credits' });
  // The first frame of a stream would end the error.
  await expect(details).toContainText('Live');
  await page.route(BALANCE, (route) => route.abort());
  await details.getByRole('button', { name: 'Refresh' }).click();
  await expect(details).toContainText(/could not be reached/i);
  await expectCredits(page, 321);
});

test('Manual refresh option available on errors, and it works', async ({ people }) => {
  const person = await people.signUp({ credits: 321 });
  const page = await openPage(person);
  await expectCredits(page, 321);
  await headerDisplay(page).getByRole('button').click();
  const details = page.getByRole('dialog', { name: 'Credits' });
  // The first frame of a stream would end the error.
  await expect(details).toContainText('Live');
  await page.route(BALANCE, (route) => route.abort());
  await details.getByRole('button', { name: 'Refresh' }).click();
  await expect(details).toContainText(/could not be reached/i);
  await page.unroute(BALANCE);
  await details.getByRole('button', { name: 'Refresh' }).click();
  await expect(details).not.toContainText(/could not be reached/i);
});

test('Failed updates are reverted automatically when the request never gets out', async ({ people }) => {
  const person = await people.signUp({ credits: 1_000 });
  const page = await openPage(person, '/examples/credits');
  await page.getByRole('tab', { name: 'Documented hooks' }).click();
  await page.route('**/api/examples/credits', (route) => route.abort());
  const scenario = page.locator('[data-scenario="purchase-accepted"]');
  await scenario.getByRole('button', { name: /^Run/ }).click();
  await expect(scenario.locator('[data-outcome]')).toContainText('No answer');
  await expectCredits(page, 1_000, { timeout: 20_000 });
  await expect(page.locator('[data-term="pending"]')).toHaveText('0', { timeout: 20_000 });
});

test('Graceful degradation: with the credits API down, pages still open and say what they know', async ({ people }) => {
  const person = await people.signUp({ credits: 1_000 });
  await person.context.route(/\/api\/credits/, (route) => route.fulfill({ status: 503, body: 'down' }));
  await person.context.route(/\/api\/user\/me/, (route) => route.fulfill({ status: 503, body: 'down' }));
  const page = await openPage(person, '/servers');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectCredits(page, 1_000);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Earn' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Earn' })).toBeVisible();
  await expectCredits(page, 1_000);
});
