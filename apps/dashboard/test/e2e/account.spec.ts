import type { APIRequestContext, BrowserContext, Page } from '@playwright/test';
import type { AdminMessageLinkAnswer, AdminMessagesAnswer } from '../../lib/admin-api.ts';
import { expect, test, type People, type Person } from '../support/people.ts';
import { totp } from '../support/totp.ts';

const PASSWORD = 'a long enough password';
const ANOTHER = 'another long password';

/** The link of the newest message to somebody, as an administrator hands it on. */
async function readLink(admin: APIRequestContext, to: string, subject: string): Promise<string> {
  let id = 0;
  await expect(async () => {
    const answer = await admin.get('/api/admin/messages');
    const { data } = (await answer.json()) as AdminMessagesAnswer;
    id = data.messages.find((message) => message.to === to && message.subject === subject)?.id ?? 0;
    expect(id).toBeGreaterThan(0);
  }).toPass();
  const shown = await admin.post(`/api/admin/messages/${id}`, { data: {} });
  return ((await shown.json()) as AdminMessageLinkAnswer).data.link;
}

/** Another browser of the person, at an address of its own. */
async function openSignedOut(people: People, person: Person): Promise<BrowserContext> {
  const context = await people.secondBrowser(person);
  await context.clearCookies();
  return context;
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('a link confirms the address, and another one sets a new password', async ({ people }) => {
  const person = await people.signUp();
  const admin = await people.admin();
  const page = await person.context.newPage();

  await page.goto('/settings');
  await expect(page.getByText('Not confirmed')).toBeVisible();
  await page.goto(await readLink(admin, person.email, 'Confirm your e-mail address'));
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await page.getByRole('link', { name: 'Go to the overview' }).click();
  await page.goto('/settings');
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible();

  // Somewhere else, which ends the session here.
  const elsewhere = await openSignedOut(people, person);
  const other = await elsewhere.newPage();
  await other.goto('/sign-in');
  await other.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(other).toHaveURL(/\/forgot-password/);
  await other.getByLabel('E-mail').fill(person.email);
  await other.getByRole('button', { name: 'Send me a link' }).click();
  await expect(other.getByText('a link is on its way there')).toBeVisible();
  const reset = await readLink(admin, person.email, 'Set a new password');
  await other.goto(reset);
  await other.getByLabel('New password').fill(ANOTHER);
  await other.getByRole('button', { name: 'Set the password' }).click();
  await expect(other.getByText('Your password is set.')).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, person.email, ANOTHER);
  await expect(page).toHaveURL(/\/$/);
});

test('a second factor is set up and asked for, and one browser signs another one out', async ({ people }) => {
  const person = await people.signUp();
  const elsewhere = await openSignedOut(people, person);
  const page = await person.context.newPage();
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('img', { name: 'The key as a QR code' })).toBeVisible();
  const secret = ((await dialog.locator('code').textContent()) ?? '').replaceAll(' ', '');
  await dialog.getByRole('textbox', { name: 'Code' }).fill('000000');
  await dialog.getByRole('button', { name: 'Turn it on' }).click();
  await expect(dialog.getByText('Incorrect code.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Code' }).fill(totp(secret));
  await dialog.getByRole('button', { name: 'Turn it on' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  await dialog.getByRole('button', { name: 'I have them' }).click();
  await expect(page.getByRole('button', { name: 'New backup codes' })).toBeVisible();

  // Another browser is asked for it.
  const other = await elsewhere.newPage();
  await signIn(other, person.email, PASSWORD);
  await other.getByRole('button', { name: 'Use a backup code' }).click();
  await other.getByLabel('Backup code').fill('wrong-wrong');
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other.getByText('Incorrect code.')).toBeVisible();
  await other.getByRole('button', { name: 'Use the app' }).click();
  await other.getByLabel('Code', { exact: true }).fill(totp(secret));
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other).toHaveURL(/\/$/);

  // That browser is signed out from here, and this one is not.
  await page.goto('/settings');
  await page
    .getByRole('button', { name: /^Sign out .* on / })
    .first()
    .click();
  await expect(other).toHaveURL(/\/sign-in/, { timeout: 20_000 });
  await expect(page.getByText('This one')).toBeVisible();
});
