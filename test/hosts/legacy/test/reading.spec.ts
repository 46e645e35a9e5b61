import {
  expect,
  expectCredits,
  expectIdle,
  expectName,
  headerDisplay,
  letPass,
  ME,
  openPage,
  openPageWithClock,
  readStoredCoins,
  test,
  watchPainted,
  watchPolls,
  type Person,
} from './host.ts';
import type { Page } from '@playwright/test';

// Whether the number arrives, and what stands there while it cannot.

const POLL_MS = 30_000;

/** One poll: its time comes, and its response is read. */
async function poll(page: Page, polls: () => number): Promise<void> {
  const before = polls();
  const answered = page.waitForEvent('requestfinished', (request) => new URL(request.url()).pathname === ME);
  await page.clock.fastForward(POLL_MS);
  await answered;
  expect(polls()).toBe(before + 1);
  await expectIdle(page);
}

async function openMenu(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
}

test('a persisted session is enough: the number is asked for at import, and the remembered coins are never painted', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 640 });
  const page = await person.context.newPage();
  const painted = await watchPainted(page);
  await page.goto('/');
  await expectCredits(page, 640);
  expect((await painted.numbers()).filter((number) => number !== null)).toEqual([640]);
  // The host's own copy was 777,777, left by an earlier visit: by now it is the confirmed number.
  await expect.poll(() => readStoredCoins(page)).toBe(640);
  expect((await person.look()).received.map(({ path }) => path)).toEqual([ME]);
});

test('nobody is signed in: nothing is asked, and signing in shows the number at once', async ({ host }) => {
  const { player, context } = await host.signUp({ coins: 320, visited: false });
  const page = await context.newPage();
  const polls = watchPolls(page);
  await page.clock.install();
  await page.goto('/login');
  await expect(headerDisplay(page)).toBeVisible();
  await page.clock.fastForward(10 * POLL_MS);
  expect(polls()).toBe(0);
  await page.getByLabel('Name or e-mail').fill(player.username);
  await page.getByLabel('Password').fill(player.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expectCredits(page, 320);
});

test('the create-server page is not told of 0 coins while the balance is unknown: lastFetch says so', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 130 });
  await person.behave(ME, 'hold-answer');
  const page = await person.context.newPage();
  await page.goto('/create-server');
  for (let step = 1; step < 5; step += 1) await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.locator('[data-balance]')).toHaveText('Loading');
  await person.release(ME);
  await expect(page.locator('[data-balance]')).toHaveText('130.00');
});

test('on a phone the header gives its place to the account menu, which has the number', async ({ host }) => {
  const person = await host.signUp({ coins: 98 });
  const page = await person.context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await expectCredits(page, 98);
  await expect(headerDisplay(page)).toBeHidden();
  await openMenu(page);
  const display = page.getByRole('menu').locator('[data-slot="credits-display"]');
  await expect(display.locator('[data-credits-number]')).toHaveText('98');
  await expect(display).toContainText('Credits');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('D1: the account menu is opened and closed, and the header asks on, 20 times in 10 minutes', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const { page, polls } = await openPageWithClock(person);
  await openMenu(page);
  await expect(page.getByRole('menu').locator('[data-credits-number]')).toHaveText('1,000');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);

  const since = await page.evaluate(() => performance.now());
  for (let asked = 0; asked < 19; asked += 1) await poll(page, polls);
  await person.grant(250);
  await poll(page, polls);
  await expectCredits(page, 1_250);
  const minutes = ((await page.evaluate(() => performance.now())) - since) / 60_000;
  expect(minutes).toBeGreaterThan(9.9);
  expect(minutes).toBeLessThan(11);
});

test('D2: what is asked within 5 s of a poll is one request afterwards, never dropped', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const { page, polls } = await openPageWithClock(person, '/create-server');
  const next = page.getByRole('button', { name: 'Next' });
  for (let step = 1; step < 4; step += 1) await next.click();
  await poll(page, polls);
  const before = polls();
  await person.grant(-100);
  // The page asks whenever its last step is entered.
  for (let visit = 0; visit < 3; visit += 1) {
    await next.click();
    await page.getByRole('button', { name: 'Back' }).click();
  }
  expect(polls()).toBe(before);
  await page.clock.fastForward(5_000);
  await expectCredits(page, 900);
  await expectIdle(page);
  await page.clock.fastForward(10_000);
  expect(polls()).toBe(before + 1);
});

test('D8: one answer never comes: it is given up after 10 s, and polling goes on', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const { page, polls } = await openPageWithClock(person);
  await person.behave(ME, 'hang');
  await page.clock.fastForward(POLL_MS);
  await person.waitForHeld(ME);
  await person.behave(ME, 'pass');
  await person.grant(100);
  await page.clock.fastForward(10_000);
  await expectCredits(page, 1_100);
  await expectName(page, 'Credits: 1,100');
  await expectIdle(page);
  await poll(page, polls);
});

test('D9: the session ends: nobody is shown as signed in, and nothing is asked any more', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const { page, polls } = await openPageWithClock(person);
  await person.endSession();
  await page.clock.fastForward(POLL_MS);
  await expectName(page, 'Credits: signed out');
  await expect(headerDisplay(page).locator('[data-credits-number]')).toHaveCount(0);
  const before = polls();
  for (let minute = 0; minute < 10; minute += 1) await page.clock.fastForward(60_000);
  expect(polls()).toBe(before);
});

for (const how of ['fail', 'bad-gateway', 'lose-answer'] as const) {
  test(`D11: the API is down (${how}): the last known number stays, marked stale, and comes back by itself`, async ({
    host,
  }) => {
    const person = await host.signUp({ coins: 1_000 });
    const { page, polls } = await openPageWithClock(person);
    await person.behave(ME, how);
    await page.clock.fastForward(POLL_MS);
    await expectName(page, 'Credits: 1,000, stale');
    await expect(headerDisplay(page).locator('[data-slot="credits-note"]')).toHaveText('stale');
    await headerDisplay(page).getByRole('button').click();
    await expect(page.getByRole('button', { name: 'Refresh' })).toBeVisible();

    // Retried with back-off: a minute has room for 3 waits of 20 s, and for the short ones at the beginning.
    const before = polls();
    for (let second = 0; second < 60; second += 1) await page.clock.runFor(1_000);
    expect(polls() - before).toBeGreaterThan(2);
    expect(polls() - before).toBeLessThan(25);

    await person.behave(ME, 'pass');
    await person.grant(10);
    await letPass(page, 40, () => expectName(page, 'Credits: 1,010', { timeout: 200 }));
  });
}

test('D12: the API is down from the start: a red error with a refresh button, which recovers by itself', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  await person.behave(ME, 'fail');
  const { page, refresh } = await openUnavailable(person);
  await expect(headerDisplay(page).locator('[data-credits-number]')).toHaveCount(0);
  // The colour comes in a moment, by a transition.
  await expect.poll(() => readRedness(page)).toBeGreaterThan(60);
  await person.behave(ME, 'pass');
  await letPass(page, 40, () => expectCredits(page, 1_000, { timeout: 200 }));
  await expect(refresh).toHaveCount(0);
});

test('D12: its refresh button asks at once', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  await person.behave(ME, 'fail');
  const { page, refresh } = await openUnavailable(person);
  await page.clock.runFor(60_000);
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000);
  await expectIdle(page);
  await person.behave(ME, 'pass');
  // Time stands still: no retry of its own can come before.
  await refresh.click();
  await page.clock.resume();
  await expectCredits(page, 1_000, { timeout: 6_000 });
});

async function openUnavailable(person: Person) {
  const page = await person.context.newPage();
  await page.clock.install();
  await page.goto('/');
  await expectName(page, 'Credits: unavailable');
  return { page, refresh: headerDisplay(page).getByRole('button', { name: 'Refresh credits' }) };
}

/** How much more red than anything else the error's words are, of 255. */
async function readRedness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const element = document.querySelector('header [data-variant="prominent"] button');
    const context = document.createElement('canvas').getContext('2d');
    if (element === null || context === null) throw new Error('There is no display, or no canvas.');
    context.fillStyle = getComputedStyle(element).color;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return red - Math.max(green, blue);
  });
}

test('D13: a balance of 0 is shown as 0, without placeholder or error', async ({ host }) => {
  const person = await host.signUp({ coins: 0 });
  const page = await openPage(person);
  await expectCredits(page, 0);
  await expectName(page, 'Credits: 0');
  await expect(headerDisplay(page).locator('[data-slot="skeleton"]')).toHaveCount(0);
  await person.grant(40);
  await page.reload();
  await expectCredits(page, 40);
});

test('D15: the system clock is set back by an hour: polls and refreshes go on, and nothing looks old', async ({
  host,
}) => {
  const person = await host.signUp({ coins: 1_000 });
  const { page, polls } = await openPageWithClock(person, '/create-server');
  const now = await page.evaluate(() => Date.now());
  await page.clock.setSystemTime(now - 3_600_000);
  expect(await page.evaluate(() => Date.now())).toBeLessThan(now - 3_500_000);
  await person.grant(200);
  // The page asks when its last step is entered: 5 s after the poll before, and not when the clock has come so far again.
  for (let step = 1; step < 5; step += 1) await page.getByRole('button', { name: 'Next' }).click();
  await page.clock.fastForward(5_000);
  await expectName(page, 'Credits: 1,200');
  await expectIdle(page);
  await poll(page, polls);
});

for (const name of ['Write to us', 'Terms']) {
  test(`D16: the link "${name}" is clicked, which fires beforeunload where it leads out: updating goes on`, async ({
    host,
  }) => {
    const person = await host.signUp({ coins: 50 });
    const { page, polls } = await openPageWithClock(person);
    await page.getByRole('link', { name }).click();
    await page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true })));
    await person.grant(5);
    await poll(page, polls);
    await expectCredits(page, 55);
  });
}
