import { expect, test } from '../support/people.ts';

test('a link that was sent keeps its token while a language is chosen, and is refused in that language', async ({
  page,
}) => {
  await page.goto('/verify-email#not-a-token');
  await page.getByRole('button', { name: 'العربية' }).click();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page).toHaveURL(/\/verify-email#not-a-token$/);
  await page.getByRole('button', { name: 'تأكيد العنوان' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'هذا الرابط' })).toBeVisible();
});

test('signing in comes back to the page that was wanted, in the language that was chosen for it', async ({
  people,
}) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await person.context.clearCookies();
  await page.goto('/sign-in?next=%2Fsettings');
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsettings$/);
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await expect(page.getByText('Gib E-Mail und Passwort ein.')).toBeVisible();
  await page.getByLabel('E-Mail').fill(person.email);
  await page.getByLabel('Passwort', { exact: true }).fill('a long enough password');
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  await expect(page).toHaveURL(/\/settings$/);

  // What the server says of a field, and what it refuses.
  await page.getByLabel('Benutzername').fill('ab');
  await page.getByRole('button', { name: 'Benutzernamen ändern' }).click();
  await expect(page.getByText('Ein Benutzername muss mindestens 3 Zeichen haben.')).toBeVisible();
  await page.getByRole('button', { name: 'Schließen' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Passwort').fill('wrong');
  await dialog.getByRole('button', { name: 'Konto schließen' }).click();
  await expect(dialog.getByText('Das Passwort stimmt nicht.')).toBeVisible();
});

test('in Arabic an address is written from left to right, at the side of its label', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.context().addCookies([{ name: 'language', value: 'ar', url: test.info().project.use.baseURL ?? '' }]);
  await page.goto('/sign-up');
  const email = page.getByLabel('البريد الإلكتروني');
  await expect(email).toHaveCSS('direction', 'ltr');
  await expect(email).toHaveCSS('text-align', 'right');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});
