import { expect, expectName, lookAway, lookBack, ME, openPage, test, watchPainted } from './host.ts';

// What is no amount of credits, whatever its origin.

for (const [typed, asText] of [
  ['50', true],
  ['fifty', false],
  ['Infinity', false],
  ['-5', false],
  ['0.1', false],
] as const) {
  test(`D17: a host that adds ${asText ? `the text "${typed}"` : typed} is told so, and the number is unchanged`, async ({
    host,
  }) => {
    const person = await host.signUp({ coins: 1_000, role: 0 });
    const page = await person.context.newPage();
    await page.goto('/admin');
    const number = page.locator('header [data-credits-number]');
    await expect(number).toHaveText('1,000');
    await page.getByLabel('Amount').fill(typed);
    await page.getByLabel('As text').setChecked(asText);
    for (const change of ['Add', 'Subtract', 'Set']) {
      await page.getByRole('button', { name: change, exact: true }).click();
    }
    await expect(page.locator('[data-toast="error"]').filter({ hasText: 'whole number' })).toHaveCount(3);
    await expect(number).toHaveText('1,000');
    await expect(page.locator('[data-note="pending"]')).toHaveCount(0);
  });
}

test('D17: an answer whose balance is no number is refused in words, and the number is unchanged', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person, '/earn');
  const painted = await watchPainted(page);
  await person.behave('/api/user/daily-login', {
    how: 'say',
    status: 200,
    body: { success: true, data: { coins_awarded: 25 }, user: { coins: null } },
    times: 1,
  });
  await page.getByRole('button', { name: 'Claim' }).click();
  await expect(page.locator('[data-toast="error"]')).toContainText('user.coins');
  await expectName(page, 'Credits: 1,000');
  expect(await painted.numbers()).toEqual([1_000]);
});

test('D17: a poll whose balance is no number changes nothing and says so, until the next one', async ({ host }) => {
  const person = await host.signUp({ coins: 1_000 });
  const page = await openPage(person);
  const painted = await watchPainted(page);
  const { id, username, email, role } = person.player;
  const body = { success: true, user: { id, username, email, role, coins: null } };
  await person.behave(ME, { how: 'say', status: 200, body, times: 1 });
  await lookAway(page);
  await lookBack(page);
  await expectName(page, 'Credits: 1,000, stale');
  await lookAway(page);
  await lookBack(page);
  await expectName(page, 'Credits: 1,000');
  expect(await painted.numbers()).toEqual([1_000]);
});
