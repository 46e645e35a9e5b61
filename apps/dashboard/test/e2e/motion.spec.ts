import type { Page } from '@playwright/test';
import { expectCredits, headerDisplay } from '../support/display.ts';
import { watchMotion } from '../support/motion.ts';
import { expect, openPage, test } from '../support/people.ts';

/** Resolves once the display has this colour, which it has for less than a second: looked for on every frame from now on. */
async function watchChange(page: Page, change: 'up' | 'down'): Promise<void> {
  const selector = `header [data-variant="prominent"] [data-change="${change}"]`;
  await page.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector);
}

test('D18: a change swells and is coloured once, and ends', async ({ people }) => {
  const person = await people.signUp({ credits: 0 });
  const page = await openPage(person);
  await expectCredits(page, 0);
  const readMotion = await watchMotion(page);
  const button = headerDisplay(page).getByRole('button');

  const up = watchChange(page, 'up');
  await people.adjust(person, 10);
  await up;
  await expectCredits(page, 10);
  await expect(button).not.toHaveAttribute('data-change', /up|down/);
  expect(await readMotion()).toEqual({ swells: 1, endless: 0 });

  const down = watchChange(page, 'down');
  await people.adjust(person, -4);
  await down;
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
  const up = watchChange(page, 'up');
  await people.adjust(person, 7);
  await up;
  await expectCredits(page, 27);
  // What is over at once may be seen running for one frame.
  const countMoving = () =>
    page.evaluate(
      () =>
        document
          .querySelector('header [data-variant="prominent"]')
          ?.getAnimations({ subtree: true })
          .filter((animation) => animation.playState === 'running').length,
    );
  await expect.poll(countMoving, { timeout: 2_000 }).toBe(0);
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
