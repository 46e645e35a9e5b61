import type { Page } from '@playwright/test';
import {
  buy,
  expect,
  expectCredits,
  expectIdle,
  expectName,
  expectSettled,
  headerDisplay,
  lookAway,
  lookBack,
  ME,
  openPage,
  readStoredCoins,
  test,
  watchPainted,
  watchPolls,
  type Person,
} from './host.ts';

// Whose number it is, in how many tabs, and who else says something about it.

/** Well below the 30 s of a poll: what these tests show came by itself. */
const AT_ONCE = { timeout: 8_000 };

async function signIn(page: Page, { player }: Person): Promise<void> {
  await page.getByLabel('Name or e-mail').fill(player.username);
  await page.getByLabel('Password').fill(player.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('D10: another user signs in while a poll is in flight: not one frame has the number of the user before', async ({
  host,
}) => {
  const before = await host.signUp({ coins: 777 });
  const after = await host.signUp({ coins: 31, visited: false });
  const page = await openPage(before);
  await choose(page, 'Switch account');
  await expect(page.getByLabel('Password')).toBeVisible();
  await expectCredits(page, 777);
  await expectIdle(page);
  await before.behave(ME, 'hold-answer');
  await lookAway(page);
  await lookBack(page);
  await before.waitForHeld(ME);

  await after.behave(ME, 'hold-answer');
  const painted = await watchPainted(page);
  await signIn(page, after);
  await after.waitForHeld(ME);
  // Of the one user nothing may be shown any more, of the other one nothing is known yet; and now the old poll answers.
  await expect(headerDisplay(page).locator('[data-credits-number]')).toHaveCount(0);
  await before.release(ME);
  await after.release(ME);
  await expectCredits(page, 31);
  expect(await painted.numbers()).toEqual([777, null, 31]);
});

test('D14: offline is said, and the number is refreshed at once when the network is back', async ({ host }) => {
  const person = await host.signUp({ coins: 300 });
  const page = await openPage(person);
  await person.context.setOffline(true);
  await expectName(page, 'Credits: 300, offline');
  await person.grant(45);
  await person.context.setOffline(false);
  await expectCredits(page, 345, AT_ONCE);
  await expectName(page, 'Credits: 345');
});

test('D14: a hidden tab asks nothing, and asks at once when it is looked at', async ({ host }) => {
  const person = await host.signUp({ coins: 300 });
  const page = await person.context.newPage();
  await page.clock.install();
  const polls = watchPolls(page);
  await page.goto('/');
  await expectCredits(page, 300);
  await expectIdle(page);
  await lookAway(page);
  const before = polls();
  for (let minute = 0; minute < 5; minute += 1) await page.clock.fastForward(60_000);
  expect(polls()).toBe(before);
  await person.grant(1);
  await lookBack(page);
  await expectCredits(page, 301, AT_ONCE);
});

test('D14: a page that comes out of the back/forward cache asks at once, and follows again', async ({
  host,
  playwright,
  baseURL,
}) => {
  const person = await host.signUp({ coins: 300 });
  // The test runner switches the back/forward cache off; real browsers have it on.
  const browser = await playwright.chromium.launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  const session = await person.context.newPage();
  await session.goto('/');
  const context = await browser.newContext({ storageState: await person.context.storageState() });
  const page = await context.newPage();
  await page.goto(baseURL ?? '');
  await expectCredits(page, 300);
  // The runner loses sight of a page that comes out of that cache; the browser's own protocol does not.
  const devtools = await context.newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> =>
    (await devtools.send('Runtime.evaluate', { expression, returnByValue: true })).result.value;
  // A reloaded page would have lost this.
  await evaluate(`addEventListener('pageshow', ({ persisted }) => (window.cameBack = persisted))`);
  await page.goto('about:blank');
  await person.grant(33);
  await evaluate('history.back()');
  await expect.poll(() => evaluate('window.cameBack')).toBe(true);
  const readNumber = () => evaluate(`document.querySelector('header [data-credits-number]')?.textContent`);
  await expect.poll(readNumber, AT_ONCE).toBe('333');
  await browser.close();
});

test('D19: a purchase in another tab is shown here without waiting for the poll', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const here = await openPage(person);
  const there = await openPage(person);
  const painted = await watchPainted(here);
  await buy(there, 'large');
  await expectCredits(there, 760);
  await expectCredits(here, 760, AT_ONCE);
  await expectSettled(there, person);
  expect(await painted.numbers()).toEqual([1_000, 760]);
});

test('D20: the host adds a code’s coins to its own copy: shown at once, since the host’s server says the same', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person, '/earn');
  const painted = await watchPainted(page);
  await page.getByRole('textbox', { name: 'Code' }).fill('welcome');
  await page.getByRole('button', { name: 'Redeem' }).click();
  await expectCredits(page, 1_040, AT_ONCE);
  expect(await painted.numbers()).toEqual([1_000, 1_040]);
  await expect.poll(() => readStoredCoins(page)).toBe(1_040);
});

test('D20: the host takes a transfer off its own copy: shown at once, on both sides by what the server says', async ({
  host,
}) => {
  const sender = await host.signUp({ coins: 500 });
  const recipient = await host.signUp({ coins: 5 });
  const page = await openPage(sender, '/transfers');
  const other = await openPage(recipient);
  await page.getByLabel('To').fill(recipient.player.username);
  await page.getByLabel('Coins', { exact: true }).fill('120');
  await page.getByRole('button', { name: 'Send' }).click();
  await expectCredits(page, 380, AT_ONCE);
  await lookAway(other);
  await lookBack(other);
  await expectCredits(other, 125, AT_ONCE);
});

test('D20: the host writes an old number over its own copy: never painted, verified, and the true one written back', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person, '/settings');
  const painted = await watchPainted(page);
  // The profile's answer has read the coins before they change, and arrives after the change is known.
  await person.behave('/api/user/update-profile', 'hold-answer');
  await page.getByRole('button', { name: 'Save' }).click();
  await person.waitForHeld('/api/user/update-profile');
  await person.grant(50);
  await lookAway(page);
  await lookBack(page);
  await expectCredits(page, 1_050);
  const polls = watchPolls(page);
  await person.release('/api/user/update-profile');
  await expect(page.locator('[data-toast="success"]')).toHaveText('Saved');
  await expect.poll(polls).toBe(1);
  await expect.poll(() => readStoredCoins(page)).toBe(1_050);
  expect(await painted.numbers()).toEqual([1_000, 1_050]);
});

test('D21: signing out clears the number at once, in every tab, though the host’s server takes its time', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const here = await openPage(person);
  const there = await openPage(person);
  await person.behave('/api/auth/logout', 'hang');
  await choose(here, 'Sign out');
  await expectName(here, 'Credits: signed out');
  await expectName(there, 'Credits: signed out');
  for (const page of [here, there]) {
    await expect(headerDisplay(page).locator('[data-credits-number]')).toHaveCount(0);
  }
});
