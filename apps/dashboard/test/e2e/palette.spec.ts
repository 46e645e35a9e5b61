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

test('an administrator opens a user by their id and a transaction by its reference, and bans from the page of the user', async ({
  people,
  context,
}) => {
  const person = await people.signUp({ credits: 12 });
  const admin = await people.admin();
  await context.addCookies((await admin.storageState()).cookies);
  const page = await context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await page.getByRole('button', { name: 'Search' }).click();
  const field = page.getByRole('combobox', { name: 'Search' });
  await field.fill(person.id);
  await page.getByRole('option', { name: person.username }).click();
  await page.waitForURL(`/admin/users/${person.id}`);

  await page.getByRole('main').getByRole('listitem').first().getByRole('link').click();
  await page.waitForURL(/\/admin\/activity\/tr_/);
  const [reference = ''] = /tr_\w+$/.exec(page.url()) ?? [];
  await page.goto(`/admin/users/${person.id}`);
  await page.getByRole('banner').getByRole('button', { name: 'Search' }).click();
  await field.fill(` ${reference} `);
  await page.getByRole('option', { name: reference }).click();
  await page.waitForURL(`/admin/activity/${reference}`);

  await page.goto(`/admin/users/${person.id}`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Give a reason of at least 3 characters.');
  await dialog.getByLabel('Reason').fill('Sells accounts');
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(page.getByText(`${person.username} is banned`)).toBeVisible();
  expect((await person.context.request.get('/api/user/me')).status()).toBe(401);
  await page.getByRole('button', { name: 'End the ban' }).click();
  await dialog.getByLabel('Reason').fill('It was somebody else');
  await dialog.getByRole('button', { name: 'End the ban' }).click();
  await expect(page.getByRole('button', { name: 'Ban', exact: true })).toBeVisible();
});
