import { watchMotion } from '../../../../apps/dashboard/test/support/motion.ts';
import {
  buy,
  expect,
  expectCredits,
  expectOutcome,
  expectSettled,
  headerDisplay,
  lookAway,
  lookBack,
  openPage,
  test,
} from './host.ts';

test('D18: a purchase from 100 to 0 and a bonus from 0 are animated once each, and end', async ({ host }) => {
  const person = await host.signUp({ coins: 100 });
  const page = await openPage(person);
  const readMotion = await watchMotion(page);
  const button = headerDisplay(page).getByRole('button');
  await buy(page, 'medium');
  await expect(button).toHaveAttribute('data-change', 'down');
  await expectOutcome(page, 'medium', /^Created$/);
  await expectSettled(page, person);
  await expect(button).not.toHaveAttribute('data-change', /up|down/);
  expect(await readMotion()).toEqual({ swells: 1, endless: 0 });

  await person.grant(25);
  await lookAway(page);
  await lookBack(page);
  await expect(button).toHaveAttribute('data-change', 'up');
  await expectCredits(page, 25);
  await expect(button).not.toHaveAttribute('data-change', /up|down/);
  expect(await readMotion()).toEqual({ swells: 2, endless: 0 });
});

test('D18: someone who asked for less motion gets the number and the colour, and no motion', async ({ host }) => {
  const person = await host.signUp({ coins: 100 });
  const page = await person.context.newPage();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/');
  await expectCredits(page, 100);
  const readMotion = await watchMotion(page);
  await person.grant(7);
  await lookAway(page);
  await lookBack(page);
  await expect(headerDisplay(page).getByRole('button')).toHaveAttribute('data-change', 'up');
  await expectCredits(page, 107);
  expect(await readMotion()).toEqual({ swells: 0, endless: 0 });
});
