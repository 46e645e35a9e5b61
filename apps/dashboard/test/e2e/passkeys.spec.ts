import type { Page } from '@playwright/test';
import { expect, test } from '../support/people.ts';

const PASSWORD = 'a long enough password';

/** A device with a fingerprint reader, which always recognises its owner. Belongs to this page alone. */
async function plugInAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

test('a passkey is added and named, signs in alone, and is removed', async ({ people }) => {
  const person = await people.signUp();
  const page = await person.context.newPage();
  await plugInAuthenticator(page);
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Name')).toHaveValue(/ on /);
  await dialog.getByLabel('Name').fill('Office laptop');
  await dialog.getByLabel('Password').fill('wrong');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByText('The current password is incorrect.')).toBeVisible();
  // What was typed is still there.
  await expect(dialog.getByLabel('Name')).toHaveValue('Office laptop');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  const listed = (name: string) => page.locator('#passkeys').getByRole('paragraph').filter({ hasText: name });
  await expect(listed('Office laptop')).toBeVisible();

  // The device knows that it has one.
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByText('This device has a passkey for your account already.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: 'Rename Office laptop' }).click();
  await dialog.getByLabel('Name').fill('Desk');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(listed('Desk')).toBeVisible();

  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/sign-in?next=%2Fsettings');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page).toHaveURL(/\/settings$/);
  // Awake: the page was loaded again.
  await expect(page.locator('[data-animated]').first()).toBeAttached();
  await page.getByRole('button', { name: 'Remove Desk' }).click();
  await expect(listed('Desk')).toBeHidden();

  // The device has it still; it opens nothing any more.
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText('This passkey cannot be used here.')).toBeVisible();
});
