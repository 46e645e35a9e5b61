import type { Page } from '@playwright/test';
import { expectCredits, headerDisplay } from '../support/display.ts';
import { expect, openPage, test } from '../support/people.ts';

// The design document's "Components" and "Visual Features", on the page that shows every variant in every size.

/** The gallery's display of one variant and size; the third size of each variant also has the label. */
function galleryDisplay(page: Page, variant: string, size: 'sm' | 'md' | 'lg') {
  return page
    .locator('main [data-slot="card"]', { hasText: 'One display, nine looks' })
    .locator(`[data-slot="credits-display"][data-variant="${variant}"]`)
    .nth(['sm', 'md', 'lg'].indexOf(size));
}

for (const variant of ['default', 'prominent', 'compact'] as const) {
  test(`CreditsDisplay variant="${variant}": shows the credits in every size, each taller than the one before`, async ({
    people,
  }) => {
    const person = await people.signUp({ credits: 1_240 });
    const page = await openPage(person, '/examples/credits');
    const heights: number[] = [];
    for (const size of ['sm', 'md', 'lg'] as const) {
      const display = galleryDisplay(page, variant, size);
      await expect(display.locator('[data-credits-number]')).toHaveText('1,240');
      heights.push((await display.getByRole('button').boundingBox())?.height ?? 0);
    }
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect(new Set(heights).size).toBe(3);
  });
}

test('CreditsDisplay showLabel: the word stands beside the number, and only when asked for', async ({ people }) => {
  const page = await openPage(await people.signUp(), '/examples/credits');
  await expect(galleryDisplay(page, 'default', 'lg').getByText('Credits', { exact: true })).toBeVisible();
  await expect(galleryDisplay(page, 'default', 'md').getByText('Credits', { exact: true })).toHaveCount(0);
});

test('CreditsDisplay className: "hidden sm:flex" hides the header display on phones and shows it from there on', async ({
  people,
}) => {
  const page = await openPage(await people.signUp());
  await expect(headerDisplay(page)).toHaveCSS('display', 'flex');
  await page.setViewportSize({ width: 600, height: 800 });
  await expect(headerDisplay(page)).toBeHidden();
  await page.setViewportSize({ width: 640, height: 800 });
  await expect(headerDisplay(page)).toBeVisible();
});

test('Prominent Display: the background in the header is a golden gradient', async ({ people }) => {
  const page = await openPage(await people.signUp());
  const image = await headerDisplay(page)
    .getByRole('button')
    .evaluate((element) => getComputedStyle(element).backgroundImage);
  expect(image).toMatch(/^linear-gradient/);
  const [red = 0, green = 0, blue = 0] = await page.evaluate((gradient) => {
    const colour = /(?:oklch|oklab|lab|lch|rgba?|color)\([^)]*\)/.exec(gradient)?.[0] ?? '';
    const canvas = document.createElement('canvas').getContext('2d');
    if (canvas === null) return [];
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  }, image);
  expect(red).toBeGreaterThan(180);
  expect(red).toBeGreaterThan(green);
  expect(green).toBeGreaterThan(blue + 60);
});

test('Loading States: the coin pulses while the balance is asked for, and nothing moves', async ({ people }) => {
  const person = await people.signUp({ credits: 70 });
  const page = await openPage(person);
  await expectCredits(page, 70);
  const button = headerDisplay(page).getByRole('button');
  const box = await button.boundingBox();
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/api\/(credits|user\/me)(\?|$)/, async (route) => {
    await asked;
    await route.continue();
  });
  await button.click();
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await expect(button).toHaveAttribute('aria-busy', 'true');
  await expect(button.locator('svg').first()).toHaveCSS('animation-name', 'pulse');
  expect(await button.boundingBox()).toEqual(box);
  answer();
  await expect(button).toHaveAttribute('aria-busy', 'false');
  await expect(button.locator('svg').first()).toHaveCSS('animation-name', 'none');
});

test('Tooltips: details open on hover, and close when the pointer leaves', async ({ people }) => {
  const page = await openPage(await people.signUp({ credits: 12_345 }));
  await headerDisplay(page).getByRole('button').hover();
  const details = page.getByRole('dialog', { name: 'Credits' });
  await expect(details).toContainText('12,345');
  await expect(details).toContainText(/Updated/);
  await expect(details.getByRole('link', { name: /Activity/ })).toHaveAttribute('href', '/activity');
  await page.mouse.move(20, 700);
  await expect(details).toBeHidden();
});

test('Tooltips: details open by the keyboard, and Escape gives the focus back', async ({ people }) => {
  const page = await openPage(await people.signUp({ credits: 12_345 }));
  const button = headerDisplay(page).getByRole('button');
  await expectCredits(page, 12_345);
  await button.focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('dialog', { name: 'Credits' });
  await expect(details).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
  await expect(button).toBeFocused();
});

test('Tooltips: details open by a tap', async ({ people, browser, baseURL }) => {
  const person = await people.signUp({ credits: 12_345 });
  const phone = await browser.newContext({
    ...(baseURL === undefined ? {} : { baseURL }),
    storageState: await person.context.storageState(),
    hasTouch: true,
    viewport: { width: 820, height: 1_180 },
  });
  const page = await openPage({ context: phone });
  await expectCredits(page, 12_345);
  await headerDisplay(page).getByRole('button').tap();
  await expect(page.getByRole('dialog', { name: 'Credits' })).toContainText('12,345');
  await phone.close();
});

test('Mobile Responsive: large numbers fit a phone, and the whole value is one tap away', async ({ people }) => {
  const person = await people.signUp({ credits: 0 });
  await people.adjust(person, 999_999);
  const page = await person.context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await page.getByRole('button', { name: /^Account of/ }).click();
  const compact = page.getByRole('menu').locator('[data-slot="credits-display"]');
  await expect(compact.locator('[data-credits-number]')).toHaveText('999.9K');
  await expect(compact.getByRole('button')).toHaveAccessibleName(/999,999/);
});
