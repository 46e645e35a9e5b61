import type { Page } from '@playwright/test';
import { expectCredits, headerDisplay, samplePainted } from '../support/display.ts';
import { expect, openPage, readMe, test } from '../support/people.ts';

const PASSWORD = 'a long enough password';

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('a form works without a script: a refusal keeps the address, and the right password leads on', async ({
  people,
  browser,
  baseURL,
}) => {
  const person = await people.signUp();
  const context = await browser.newContext({
    javaScriptEnabled: false,
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  const page = await context.newPage();
  await page.goto('/sign-in?next=/earn');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('a wrong password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByText('Incorrect e-mail or password.')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(person.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/earn$/);
  await context.close();
});

test('D21: signing out clears the number at once, in every tab', async ({ people }) => {
  const person = await people.signUp({ credits: 4_321 });
  const tabs = [await openPage(person), await openPage(person, '/activity'), await openPage(person, '/earn')];
  for (const page of tabs) await expectCredits(page, 4_321);

  const [first] = tabs;
  if (first === undefined) throw new Error('There are three tabs.');
  await signOut(first);

  for (const page of tabs) {
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(headerDisplay(page)).toHaveCount(0);
    expect(await page.content()).not.toContain('4,321');
  }
});

test('D21: a session that an administrator ends is over in the open tab, without a reload', async ({ people }) => {
  const person = await people.signUp({ credits: 4_321 });
  const page = await openPage(person);
  await expectCredits(page, 4_321);
  const admin = await people.admin();
  const banned = await admin.post(`/api/admin/users/${person.id}/ban`, { data: { banned: true, reason: 'A test' } });
  expect(banned.ok(), await banned.text()).toBe(true);
  await expect(page).toHaveURL(/\/sign-in/, { timeout: 20_000 });
});

test('another account in the same browser is never shown the number of the one before', async ({ people }) => {
  const before = await people.signUp({ credits: 4_321 });
  const after = await people.signUp({ credits: 77 });
  const watching = await openPage(before);
  const acting = await openPage(before);
  await expectCredits(watching, 4_321);
  await expectCredits(acting, 4_321);

  await signOut(acting);
  await expect(acting).toHaveURL(/\/sign-in/);
  await expect(watching).toHaveURL(/\/sign-in/);
  const readWatching = await samplePainted(watching);
  const readActing = await samplePainted(acting);
  await signIn(acting, after.email);
  await expectCredits(acting, 77);
  await watching.goto('/');
  await expectCredits(watching, 77);

  for (const read of [readWatching, readActing]) {
    const amounts = (await read()).map(({ amount }) => amount).filter((amount) => amount !== null);
    expect([...new Set(amounts)]).toEqual([77]);
  }
});

test('two users in two tabs never mix: a second sign-in takes over both tabs, each number with its own name', async ({
  people,
}) => {
  const before = await people.signUp({ credits: 4_321 });
  const after = await people.signUp({ credits: 77 });
  const [nameBefore, nameAfter] = await Promise.all(
    [before, after].map(async ({ request }) => (await readMe(request)).user.display_name),
  );
  if (nameBefore === undefined || nameAfter === undefined) throw new Error('Everyone has a name.');
  const watching = await openPage(before);
  const acting = await openPage(before);
  const readers = [await samplePairs(watching), await samplePairs(acting)];
  for (const page of [watching, acting]) await expectCredits(page, 4_321);

  // Nobody signs out: the one tab simply belongs to somebody else from now on, and the other finds out.
  const status = await acting.evaluate(
    async (body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/api/auth/sign-in/email', { method: 'POST', headers, body })).status;
    },
    JSON.stringify({ email: after.email, password: PASSWORD }),
  );
  expect(status).toBe(200);
  await people.adjust(before, 9, 'To the one before');
  await acting.goto('/');
  await expectCredits(acting, 77);
  await expectCredits(watching, 77, { timeout: 20_000 });
  await people.adjust(before, 9, 'To the one before');
  await people.adjust(after, 1, 'To the one after');
  for (const page of [watching, acting]) await expectCredits(page, 78);

  const truths = {
    [nameBefore]: [4_321, 4_330, 4_339],
    [nameAfter]: [77, 78],
  };
  for (const read of readers) {
    await expect.poll(() => read().at(-1)).toEqual({ name: nameAfter, amount: 78 });
    const pairs = read();
    expect(pairs.filter(({ name, amount }) => truths[name]?.includes(amount) !== true)).toEqual([]);
    const names = pairs.map(({ name }) => name);
    // Once the new name is there, the old one never comes back.
    expect(names.lastIndexOf(nameBefore)).toBeLessThan(names.indexOf(nameAfter));
  }
});

interface Pair {
  name: string;
  amount: number;
}

/** Writes down, on every animation frame and across navigations, whose name stood beside which number. */
async function samplePairs(page: Page): Promise<() => Pair[]> {
  const pairs: Pair[] = [];
  await page.exposeFunction('notePair', (pair: Pair) => void pairs.push(pair));
  const start = (): void => {
    const note = (window as unknown as { notePair: (pair: Pair) => void }).notePair;
    let last = '';
    // A page that is being left is covered before it forgets: what is under the cover is not painted.
    const read = (element: Element | null, text: string | null | undefined): string => {
      const { left, top, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
      const topmost = document.elementFromPoint(left + width / 2, top + height / 2);
      return topmost !== null && element?.closest('header')?.contains(topmost) === true ? (text ?? '') : '';
    };
    const sample = (): void => {
      const account = document.querySelector('[aria-label^="Account of "]');
      const number = document.querySelector('header [data-credits-number]');
      const label = read(account, account?.getAttribute('aria-label'));
      const digits = read(number, number?.textContent);
      const pair = { name: label.replace('Account of ', ''), amount: Number(digits.replaceAll(',', '')) };
      const text = JSON.stringify(pair);
      if (label !== '' && digits !== '' && text !== last) note(pair);
      last = text;
      requestAnimationFrame(sample);
    };
    requestAnimationFrame(sample);
  };
  await page.addInitScript(start);
  await page.evaluate(start);
  return () => pairs;
}

test('a page asked for while signed out leads to the sign-in, and back to it afterwards', async ({ people, page }) => {
  const person = await people.signUp({ credits: 5 });
  await page.goto('/activity');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, person.email);
  await expectCredits(page, 5);
  await expect(page).toHaveURL(/\/activity$/);
});
