import { expect, test } from '../support/people.ts';

test('Ctrl+K finds pages and actions; the keyboard is enough', async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await page.goto('/');
  const field = page.getByRole('combobox', { name: 'Search' });
  // The page listens once it is hydrated.
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(field).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByRole('option', { name: 'Users' })).toHaveCount(0);
  await field.fill('activ');
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await page.waitForURL('/activity');
  await expect(field).toBeHidden();

  await page.keyboard.press('Control+k');
  await field.fill('sign out');
  await page.keyboard.press('Enter');
  await page.waitForURL(/sign-in/);
});

test('an administrator finds users by a part of their name or address', async ({ people, context }) => {
  const person = await people.signUp({ credits: 12 });
  const admin = await people.admin();
  await context.addCookies((await admin.storageState()).cookies);
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('combobox', { name: 'Search' }).fill(person.email.slice(0, -3));
  await page.getByRole('option', { name: person.username }).click();
  await page.waitForURL(`/admin/users/${person.id}`);
});
