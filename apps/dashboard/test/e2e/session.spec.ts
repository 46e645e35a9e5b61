import type { Page } from '@playwright/test';
import { expectCredits, headerDisplay, samplePainted } from '../support/display.ts';
import { expect, openPage, test } from '../support/people.ts';

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
  const banned = await admin.post('/api/auth/admin/ban-user', { data: { userId: person.id, banReason: 'A test' } });
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

test('a page asked for while signed out leads to the sign-in, and back to it afterwards', async ({ people, page }) => {
  const person = await people.signUp({ credits: 5 });
  await page.goto('/activity');
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, person.email);
  await expectCredits(page, 5);
  await expect(page).toHaveURL(/\/activity$/);
});
