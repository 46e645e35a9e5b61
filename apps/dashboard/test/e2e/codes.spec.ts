import { expect, test } from '../support/people.ts';

test('an administrator creates a code, a player redeems it once, and it is stopped', async ({ people, context }) => {
  const code = `E2E${crypto.randomUUID().slice(0, 8)}`.toUpperCase();
  const admin = await people.admin();
  await context.addCookies((await admin.storageState()).cookies);
  const console = await context.newPage();
  await console.goto('/admin/codes');
  await console.getByRole('button', { name: 'New code' }).click();
  await console.getByLabel('Code', { exact: true }).fill(code);
  await console.getByLabel('Credits for each').fill('40');
  await console.getByRole('button', { name: 'Create code' }).click();
  await expect(console.getByRole('alert').filter({ hasText: 'Enter a whole number' })).toBeVisible();
  await expect(console.getByLabel('Code', { exact: true })).toHaveValue(code);
  await console.getByLabel('Uses in total').fill('5');
  await expect(console.getByText('At most 200 credits.')).toBeVisible();
  await console.getByRole('button', { name: 'Create code' }).click();
  await expect(console.getByRole('heading', { level: 1 })).toHaveText(code);

  const person = await people.signUp({ credits: 10 });
  const page = await person.context.newPage();
  await page.goto('/earn');
  const field = page.getByLabel('Code', { exact: true });
  await field.fill('NOSUCHCODE');
  await page.getByRole('button', { name: 'Redeem' }).click();
  await expect(page.getByText('This code is not valid.')).toBeVisible();
  await expect(field).toHaveValue('NOSUCHCODE');
  await field.fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Redeem' }).click();
  await expect(page.getByText('40 credits received')).toBeVisible();
  await expect(field).toHaveValue('');
  await field.fill(code);
  await page.getByRole('button', { name: 'Redeem' }).click();
  await expect(page.getByText('You have used this code already.')).toBeVisible();
  await page.goto('/activity');
  await expect(page.getByRole('main').getByRole('link', { name: `Code ${code}` })).toBeVisible();

  await console.reload();
  await expect(console.getByText('1 of 5')).toBeVisible();
  await expect(console.getByRole('main').getByRole('link', { name: person.username })).toBeVisible();
  await console.getByRole('button', { name: 'Stop' }).click();
  await expect(console.getByRole('button', { name: 'Resume' })).toBeVisible();
  await expect(console.getByRole('main').getByRole('listitem').filter({ hasText: 'Stopped' })).toBeVisible();
});
