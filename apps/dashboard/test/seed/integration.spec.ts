import type { Page } from '@playwright/test';
import type { DailyCheckAnswer } from '../../lib/api.ts';
import { expectCredits, samplePainted } from '../support/display.ts';
import { expect, openPage, readMe, test, type Person } from '../support/people.ts';

// The design document's "Integration Examples" and hooks, by clicking.

function scenario(page: Page, id: string) {
  const item = page.locator(`[data-scenario="${id}"]`);
  return { run: () => item.getByRole('button', { name: /^Run/ }).click(), outcome: item.locator('[data-outcome]') };
}

async function openDocumented(person: Person): Promise<Page> {
  const page = await openPage(person, '/examples/credits');
  await page.getByRole('tab', { name: 'Documented hooks' }).click();
  return page;
}

async function amounts(read: Awaited<ReturnType<typeof samplePainted>>): Promise<(number | null)[]> {
  return (await read()).map(({ amount }) => amount);
}

test('Daily Login Bonus: claiming pays what was announced, once, in every tab', async ({ people }) => {
  const person = await people.signUp({ credits: 100 });
  const { data } = (await (
    await person.request.post('/api/user/daily-login', { data: { action: 'check' } })
  ).json()) as DailyCheckAnswer;
  const page = await openPage(person, '/earn');
  const late = await openPage(person, '/earn');
  await page.getByRole('button', { name: /^Claim/ }).click();
  await expectCredits(page, 100 + data.coinsAwarded);
  await expectCredits(late, 100 + data.coinsAwarded);
  await expect(page.getByText(/claimed/i).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Claim/ })).toHaveCount(0);
  const again = await person.request.post('/api/user/daily-login', { data: { action: 'claim' } });
  expect(again.status()).toBe(409);
  expect(await again.json()).toMatchObject({ success: false, code: 'already_claimed' });
  expect((await readMe(person.request)).user.coins).toBe(100 + data.coinsAwarded);
});

test('Daily Login Bonus: the documented fetch, without a content type, is answered and synchronised', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 100 });
  const page = await openPage(person);
  await expectCredits(page, 100);
  const result = await page.evaluate(async () => {
    const response = await fetch('/api/user/daily-login', {
      method: 'POST',
      body: JSON.stringify({ action: 'claim' }),
    });
    return (await response.json()) as { success: boolean; data: { coins_awarded: number; new_balance: number } };
  });
  expect(result).toMatchObject({ success: true, data: { new_balance: 100 + result.data.coins_awarded } });
  await expectCredits(page, result.data.new_balance);
});

for (const form of ['Mutation', 'Documented hooks'] as const) {
  test(`Server Purchase, accepted (${form}): the number drops at once and stays`, async ({ people }) => {
    const person = await people.signUp({ credits: 1_000 });
    const page = await openPage(person, '/examples/credits');
    await page.getByRole('tab', { name: form }).click();
    await expectCredits(page, 1_000);
    const read = await samplePainted(page);
    const { run, outcome } = scenario(page, 'purchase-accepted');
    await run();
    await expect(outcome).toContainText('Accepted');
    const { user } = await readMe(person.request);
    expect(user.coins).toBeLessThan(1_000);
    await expectCredits(page, user.coins);
    await expect(page.locator('[data-term="pending"]')).toHaveText('0');
    expect(await amounts(read)).toEqual([1_000, user.coins]);
  });

  test(`Server Purchase, refused (${form}): the number goes back by itself`, async ({ people }) => {
    const person = await people.signUp({ credits: 1_000 });
    const page = await openPage(person, '/examples/credits');
    await page.getByRole('tab', { name: form }).click();
    await expectCredits(page, 1_000);
    const read = await samplePainted(page);
    const { run, outcome } = scenario(page, 'purchase-refused');
    await run();
    await expect(outcome).not.toContainText(/Not run|Under way/);
    await expectCredits(page, 1_000);
    const seen = await amounts(read);
    expect(seen[0]).toBe(1_000);
    expect(seen).toHaveLength(3);
    expect(seen[2]).toBe(1_000);
    expect((await readMe(person.request)).user.coins).toBe(1_000);
  });
}

test('Server Purchase, refused with too few credits (D4): never shown below zero, nor as the price', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 50 });
  const page = await openDocumented(person);
  await expectCredits(page, 50);
  const read = await samplePainted(page);
  const { run, outcome } = scenario(page, 'purchase-accepted');
  await run();
  await expect(outcome).toContainText('Refused');
  await expectCredits(page, 50);
  expect(new Set(await amounts(read))).toEqual(new Set([50, 0]));
});

test('Referral Rewards: a friend joins by the link, and the claim is in the header at once', async ({ people }) => {
  const person = await people.signUp({ credits: 10 });
  const { user } = await readMe(person.request);
  const friend = await people.signUp({ credits: 0, referral: user.referral_code });
  await friend.request.post('/api/user/daily-login', { data: { action: 'claim' } });
  const page = await openPage(person, '/referrals');
  await expect(page.getByRole('cell', { name: friend.username })).toBeVisible();
  const button = page.getByRole('button', { name: /^Claim \d/ });
  const reward = Number(/\d+/.exec((await button.textContent()) ?? '')?.[0]);
  await button.click();
  await expectCredits(page, 10 + reward);
  await expect(page.getByRole('button', { name: 'Nothing to claim yet' })).toBeDisabled();
  expect((await readMe(person.request)).user.coins).toBe(10 + reward);
});

test('useCreditsUpdate addCredits: shown at once, then confirmed by the answer', async ({ people }) => {
  const person = await people.signUp({ credits: 10 });
  const page = await openDocumented(person);
  const read = await samplePainted(page);
  const { run, outcome } = scenario(page, 'add-credits');
  await run();
  await expect(outcome).toContainText('Accepted');
  const { user } = await readMe(person.request);
  await expectCredits(page, user.coins);
  expect(await amounts(read)).toEqual([10, user.coins]);
});

test('useCreditsUpdate setCredits: the exact amount is shown at once and is what the server says', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 1_700 });
  const page = await openDocumented(person);
  const { run, outcome } = scenario(page, 'set-credits');
  await run();
  await expect(outcome).toContainText('Exactly');
  const { user } = await readMe(person.request);
  await expectCredits(page, user.coins);
  await expect(outcome).toContainText(new Intl.NumberFormat('en-US').format(user.coins));
});

test('useCreditsUpdate setCredits: an amount that no server call backs goes back by itself', async ({ people }) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openDocumented(person);
  await expectCredits(page, 300);
  await scenario(page, 'wrong-prediction').run();
  await expect(page.locator('[data-term="pending"]')).not.toHaveText('0');
  await expectCredits(page, 300, { timeout: 20_000 });
  await expect(page.locator('[data-term="pending"]')).toHaveText('0');
});

test('useCreditsUpdate refreshCredits: asks the server, whatever was asked just before', async ({ people }) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openDocumented(person);
  const { run, outcome } = scenario(page, 'refresh');
  await run();
  await expect(outcome).toContainText('answered', { timeout: 15_000 });
});

test('useCreditsSync: after any call, what it answered is shown', async ({ people }) => {
  const person = await people.signUp({ credits: 300 });
  const page = await openDocumented(person);
  const read = await samplePainted(page);
  for (const id of ['daily-login', 'referral-claim']) {
    const { run, outcome } = scenario(page, id);
    await run();
    await expect(outcome).toContainText('earned');
  }
  const { user } = await readMe(person.request);
  await expectCredits(page, user.coins);
  const seen = await amounts(read);
  expect(seen).toEqual(seen.toSorted((a, b) => Number(a) - Number(b)));
});
