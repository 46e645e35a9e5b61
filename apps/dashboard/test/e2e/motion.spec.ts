import type { Page } from '@playwright/test';
import { expectCredits, headerDisplay } from '../support/display.ts';
import { expect, openPage, test } from '../support/people.ts';

/** Counts, from now on, the animations of the header's display that move or scale, and those that never end. */
async function watchMotion(page: Page): Promise<() => Promise<{ swells: number; endless: number }>> {
  await page.evaluate(() => {
    const host = window as unknown as { swells: number };
    host.swells = 0;
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (this: Element, ...args: Parameters<typeof animate>) {
      const frames = JSON.stringify(args[0] ?? null);
      if (this.closest('header [data-variant="prominent"]') !== null && frames.includes('scale')) host.swells += 1;
      return animate.apply(this, args);
    };
  });
  return () =>
    page.evaluate(() => ({
      swells: (window as unknown as { swells: number }).swells,
      endless:
        document
          .querySelector('header [data-variant="prominent"]')
          ?.getAnimations({ subtree: true })
          .filter((animation) => animation.effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY).length ??
        0,
    }));
}

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
