import { expectCredits, headerDisplay } from '../support/display.ts';
import { watchMotion } from '../support/motion.ts';
import { expect, openPage, test } from '../support/people.ts';

test('D18: a change swells and is coloured once, and ends', async ({ people }) => {
  const person = await people.signUp({ credits: 0 });
  const page = await openPage(person);
  await expectCredits(page, 0);
  const readMotion = await watchMotion(page);
  const button = headerDisplay(page).getByRole('button');

  await people.adjust(person, 10);
  await expect(button).toHaveAttribute('data-change', 'up');
  await expectCredits(page, 10);
  await expect(button).not.toHaveAttribute('data-change', /up|down/);
  expect(await readMotion()).toEqual({ swells: 1, endless: 0 });

  await people.adjust(person, -4);
  await expect(button).toHaveAttribute('data-change', 'down');
  await expect(button).not.toHaveAttribute('data-change', /up|down/);
  expect(await readMotion()).toEqual({ swells: 2, endless: 0 });
});

test('D18: someone who asked for less motion gets the number and the colour, and no motion', async ({ people }) => {
  const person = await people.signUp({ credits: 20 });
  const page = await person.context.newPage();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/');
  await expectCredits(page, 20);
  const readMotion = await watchMotion(page);
  await people.adjust(person, 7);
  await expect(headerDisplay(page).getByRole('button')).toHaveAttribute('data-change', 'up');
  await expectCredits(page, 27);
  const moving = await page.evaluate(
    () =>
      document
        .querySelector('header [data-variant="prominent"]')
        ?.getAnimations({ subtree: true })
        .filter((animation) => animation.playState === 'running').length,
  );
  expect(moving).toBe(0);
  expect((await readMotion()).swells).toBe(0);
});

test('the first paint of a page is still, and its number is the right one from the first frame', async ({ people }) => {
  const person = await people.signUp({ credits: 640 });
  const page = await person.context.newPage();
  const answer = await page.goto('/');
  // The server rendered it: the number is there before any script has run.
  expect(await answer?.text()).toMatch(/data-credits-number[^>]*>640</);
  await expectCredits(page, 640);
  await expect(headerDisplay(page).getByRole('button')).not.toHaveAttribute('data-change', /up|down/);
});
