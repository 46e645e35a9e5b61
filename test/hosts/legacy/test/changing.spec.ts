import type { Page } from '@playwright/test';
import {
  buy,
  CREATE,
  expect,
  expectCredits,
  expectIdle,
  expectOutcome,
  expectSettled,
  lookAway,
  lookBack,
  ME,
  openPage,
  test,
  watchPainted,
  type Person,
} from './host.ts';

// What a purchase, a bonus or a mistake does to the number. The host names no versions: every number that is painted has
// to be one of its own, or one of them with what is under way taken off.

/** A poll is under way and has read the coins as they are; its answer is on the way for as long as a test wants. */
async function beginPoll(page: Page, person: Person): Promise<void> {
  await person.behave(ME, 'hold-answer');
  await lookAway(page);
  await lookBack(page);
  await person.waitForHeld(ME);
}

test('D3: a documented purchase of 100 at 1,000 shows 900 at once and for good, and waits for no poll', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await beginPoll(page, person);
  await person.behave(CREATE, 'hold-request');
  await buy(page, 'medium');
  // The order has reached the host while the poll is still out, and the host has not dealt with it yet.
  await person.waitForHeld(CREATE);
  await expectCredits(page, 900);
  expect((await person.look()).coins).toBe(1_000);

  await person.release(ME);
  await person.release(CREATE);
  await expectOutcome(page, 'medium', /^Created$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([1_000, 900]);
  expect(await painted.unexplained([1_000, 900])).toEqual([]);
});

test('D3: the same, where every answer takes two seconds', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await person.behave(ME, { how: 'delay', ms: 2_000 });
  await person.behave(CREATE, { how: 'delay', ms: 2_000 });
  await lookAway(page);
  await lookBack(page);
  await buy(page, 'medium');
  await expectOutcome(page, 'medium', /^Created$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([1_000, 900]);
});

test('D4: a documented purchase of 100 at 50 is refused: back to 50, and it was never 100 nor below 0', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 50 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await buy(page, 'medium');
  await expectOutcome(page, 'medium', /You need 100 coins but only have 50/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([50, 0, 50]);
  expect(await painted.unexplained([50, 0, 50])).toEqual([]);
});

test('D5: the answer of an accepted purchase is lost: verified, and never refunded on the screen', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await person.behave(CREATE, 'lose-answer');
  await buy(page, 'medium');
  await expectOutcome(page, 'medium', /^No answer came$/);
  await expectSettled(page, person);
  expect((await person.look()).coins).toBe(900);
  expect(await painted.numbers()).toEqual([1_000, 900]);
});

test('D5: the browser itself repeats a purchase whose connection died: what the host took for it is shown', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  // Chromium sends a request again, orders too, on every connection that it had kept open. This host knows no keys and
  // charges each time; the package's server would charge once.
  await person.behave(CREATE, 'lose-connection');
  await buy(page, 'medium');
  await expectOutcome(page, 'medium', /^No answer came$/);
  await expectSettled(page, person);
  const { coins, received } = await person.look();
  expect(coins).toBe(1_000 - 100 * received.filter(({ path }) => path === CREATE).length);
  const numbers = await painted.numbers();
  expect(numbers.slice(0, 2)).toEqual([1_000, 900]);
  expect(numbers).toEqual(numbers.toSorted((a, b) => Number(b) - Number(a)));
});

test('D5: a purchase that never reached the host: verified, and not kept', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await person.behave(CREATE, 'lose-request');
  await buy(page, 'medium');
  await expectOutcome(page, 'medium', /^No answer came$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([1_000, 900, 1_000]);
});

test('D5: the proxy answers in the place of the host, with a page: verified, and not kept', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await person.behave(CREATE, 'bad-gateway');
  await buy(page, 'medium');
  await expectOutcome(page, 'medium', /^No answer came$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([1_000, 900, 1_000]);
});

test('D6: of two purchases 0.12 s apart the first is refused: the second stays deducted', async ({ host }) => {
  const person = await host.signUp({ coins: 200 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await person.behave(CREATE, 'hold-request');
  await clickApart(page, ['Buy for 240', 'Buy for 60'], 120);
  await expect.poll(async () => (await person.look()).held[CREATE]).toBe(2);
  await person.release(CREATE);
  await expectOutcome(page, 'large', /only have 200/);
  await expectOutcome(page, 'small', /^Created$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([200, 0, 140]);
});

/** Clicks the second button so long after the first one, as the page's own clock counts. */
async function clickApart(page: Page, names: [string, string], ms: number): Promise<void> {
  await page.evaluate(
    async ([first, second, wait]) => {
      const press = (name: string) =>
        [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click();
      press(first);
      await new Promise((resolve) => setTimeout(resolve, wait));
      press(second);
    },
    [...names, ms] as const,
  );
}

test('D7: a poll that was asked before a purchase and is answered after it never brings the old number back', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await beginPoll(page, person);
  await buy(page, 'medium');
  await expectCredits(page, 900);
  await expect.poll(async () => (await person.look()).coins).toBe(900);
  // By now it says what was so before the purchase.
  await person.release(ME);
  await expectOutcome(page, 'medium', /^Created$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([1_000, 900]);
  expect(await painted.unexplained([1_000, 900])).toEqual([]);
});

test('D7: a poll that is asked and answered during a purchase, and has it in its number, takes it off once', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  await person.behave(CREATE, 'hold-answer');
  await buy(page, 'medium');
  await person.waitForHeld(CREATE);
  // The host has charged, and only its answer is missing.
  expect((await person.look()).coins).toBe(900);
  const polled = page.waitForResponse((response) => response.url().endsWith(ME));
  await lookAway(page);
  await lookBack(page);
  await (await polled).finished();
  await expectIdle(page);
  await person.release(CREATE);
  await expectOutcome(page, 'medium', /^Created$/);
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([1_000, 900]);
});

test('the documented daily login: the bonus is shown once, and a second claim pays nothing', async ({ host }) => {
  const person = await host.signUp({ coins: 100 });
  const page = await openPage(person, '/earn');
  const painted = await watchPainted(page);
  await page.getByRole('button', { name: 'Claim' }).click();
  await expect(page.locator('[data-toast="success"]')).toHaveText('+25 credits earned!');
  await expectSettled(page, person);
  await page.getByRole('button', { name: 'Claim' }).click();
  await expect(page.locator('[data-toast="error"]')).toHaveText('Nothing to claim today.');
  await expectSettled(page, person);
  expect(await painted.numbers()).toEqual([100, 125]);
});

test('the documented referral claim: its new balance is shown without waiting for the poll', async ({ host }) => {
  const person = await host.signUp({ coins: 100 });
  const page = await openPage(person, '/referral');
  const painted = await watchPainted(page);
  await page.getByRole('button', { name: 'Claim all' }).click();
  await expectCredits(page, 175);
  await expect(page.getByText('75 coins were claimed.')).toBeVisible();
  expect(await painted.numbers()).toEqual([100, 175]);
});
