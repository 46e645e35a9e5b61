import { AxeBuilder } from '@axe-core/playwright';
import { expectCredits, headerDisplay } from '../support/display.ts';
import { expect, openPage, readMe, test, type Person } from '../support/people.ts';
import { SPARK } from '../server/support/order.ts';

/** Buys the smallest server, for 60 credits. */
async function buy(person: Person, origin: string): Promise<void> {
  const answer = await person.request.post('/api/servers/create', {
    data: SPARK,
    headers: { origin, 'idempotency-key': crypto.randomUUID() },
  });
  expect(answer.status()).toBe(201);
}

test('a purchase is one line, "Out" adds up, and the explanation agrees with the header', async ({
  people,
  baseURL,
}) => {
  const person = await people.signUp({ credits: 500 });
  await buy(person, new URL(baseURL ?? '').origin);
  const page = await openPage(person, '/activity');
  await expectCredits(page, 440);
  const line = page.getByRole('listitem').filter({ hasText: 'Server “Harbour Town”' });
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('Charged');
  await expect(line).toContainText('−60');
  await expect(line).toContainText('Balance 440');
  await expect(page.getByRole('complementary', { name: 'Your balance' })).toContainText(
    'Adds up to the 440 shown above',
  );

  await page.getByRole('navigation', { name: 'In or out' }).getByRole('link', { name: 'Out' }).click();
  await expect(page).toHaveURL(/\/activity\?way=out$/);
  await expect(page.getByText('1 change')).toBeVisible();
  await expect(page.locator('main dl').filter({ hasText: 'Reserved' })).toHaveCount(0);
  await expect(page.getByText('Out−60')).toBeVisible();

  // What arrives while the page is open is explained at once.
  await people.adjust(person, 7, 'Thanks for testing');
  await expect(page.getByRole('complementary', { name: 'Your balance' })).toContainText(
    'Adds up to the 447 shown above',
  );
});

test('a line leads to its own page, which tells step by step what happened', async ({ people, baseURL }) => {
  const person = await people.signUp({ credits: 500 });
  await buy(person, new URL(baseURL ?? '').origin);
  const page = await openPage(person, '/activity');
  await page.getByRole('link', { name: 'Server “Harbour Town”' }).click();
  await expect(page).toHaveURL(/\/activity\/\d+$/);
  await expect(page.getByRole('heading', { name: 'Step by step' })).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Reserved 60' })).toContainText('→ 440');
  await expect(page.getByRole('listitem').filter({ hasText: 'Charged 60' })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('filters are in the address, show what is wrong at the field, and the file has what they show', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 0 });
  for (const amount of [5, 10, 20]) await people.adjust(person, amount, `Prize of ${amount}`);
  const page = await openPage(person, '/activity');
  await page.getByText('Type, amount and date').click();
  await page.getByLabel('From amount').fill('10');
  await page.getByLabel('To amount').fill('3');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Enter 10 or more.')).toBeVisible();
  await expect(page.getByLabel('From amount')).toHaveValue('10');
  await page.getByLabel('To amount').fill('');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/\/activity\?min=10$/);
  await expect(page.getByText('2 changes')).toBeVisible();
  await page.getByRole('searchbox').fill('prize of 20');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByText('1 change')).toBeVisible();

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download CSV' }).click();
  const file = await (await downloading).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  const records = Buffer.concat(chunks).toString('utf8').trim().split('\r\n');
  expect(records).toHaveLength(2);
  expect(records[1]).toContain('Prize of 20');
});

test('older activity comes as the reader gets there', async ({ people }) => {
  test.slow(); // 120 changes are made first, one after the other
  const person = await people.signUp({ credits: 0 });
  for (let index = 1; index <= 120; index += 1) await people.adjust(person, 1, `Change ${index}.`);
  const page = await openPage(person, '/activity');
  await expect(page.getByText('120 changes')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Change 120.' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Change 1.', exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show older' }).scrollIntoViewIfNeeded();
  await expect(page.getByText('This is where the account begins.')).toHaveCount(1, { timeout: 30_000 });
  expect(await page.locator('main section li').count()).toBe(120);
});

test('credits that arrive say what they are, beside the number and in its details', async ({ people }) => {
  const person = await people.signUp({ credits: 100 });
  const page = await openPage(person);
  await expectCredits(page, 100);
  await people.adjust(person, 25, 'Thanks for testing');
  const note = headerDisplay(page).locator('[data-slot="credits-change"]');
  await expect(note).toHaveText('+25Thanks for testing');
  await expect(headerDisplay(page).locator('[data-slot="credits-unread"]')).toBeVisible();
  await headerDisplay(page).getByRole('button').click();
  const changes = page.getByRole('region', { name: 'Last changes' });
  await expect(changes.getByRole('listitem').first()).toContainText('Thanks for testing');
  await expect(changes.getByRole('listitem').first()).toContainText('+25');
  await expect(headerDisplay(page).locator('[data-slot="credits-unread"]')).toHaveCount(0);
});

test('on a phone the balance is in the header, and follows', async ({ people }) => {
  const person = await people.signUp({ credits: 1_240 });
  const page = await person.context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  const number = page.locator('header [data-slot="credits-display"]:visible [data-credits-number]');
  await expect(number).toHaveText('1,240');
  await people.adjust(person, 9);
  await expect(number).toHaveText('1,249');
  const { user } = await readMe(person.request);
  expect(user.coins).toBe(1_249);
});
