import type { Page } from '@playwright/test';
import { expect, openPage, test, type People, type Person } from '../support/people.ts';

// How the badge looks in each of its states, in nine variants and sizes. They are in `pictures/`. After a change that is
// meant, delete those it changes and run this file: it fails once, and writes them again. Look at them.

/** Each leaves the page of the examples in one state, and returns what it shows then. */
const STATES: Record<string, (page: Page, person: Person, people: People) => Promise<string>> = {
  'at rest': async () => '1,240',
  large: async (_, person, people) => {
    await people.adjust(person, 987_654_321 - 1_240);
    return '987.6M';
  },
  pending: async (page) => {
    // Never answered: the command stays under way.
    await page.route('**/api/examples/credits', () => undefined);
    const scenario = page.locator('[data-scenario="purchase-accepted"]');
    await scenario.getByRole('button', { name: /^Run/ }).click();
    return '1,140';
  },
  offline: async (page, person) => {
    // The last part of the page that is loaded.
    await expect(page.locator('[data-term="pending"]')).toBeVisible();
    await person.context.setOffline(true);
    await expect(gallery(page).locator('[data-slot="credits-note"]', { hasText: 'offline' })).toHaveCount(9);
    return '1,240';
  },
};

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced colours': { colorScheme: 'dark', forcedColors: 'active' },
} as const;

function gallery(page: Page) {
  return page.locator('main [data-slot="card"]', { hasText: 'One display, nine looks' });
}

test.skip(
  process.env['CHROMIUM_PATH']?.includes('headless-shell') !== true,
  'The pictures are those of the headless shell of Debian; other browsers place letters differently.',
);

for (const [state, enter] of Object.entries(STATES)) {
  test(`the badge, ${state}, looks as it did`, async ({ people }) => {
    const person = await people.signUp({ credits: 1_240 });
    const page = await openPage(person, '/examples/credits');
    // High enough for notes at its lower edge to be elsewhere.
    await page.setViewportSize({ width: 1440, height: 1800 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const shown = await enter(page, person, people);
    const numbers = gallery(page).locator('[data-credits-number]');
    await expect(numbers).toHaveText(Array.from({ length: 9 }, () => shown));
    for (const [look, media] of Object.entries(LOOKS)) {
      await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'reduce', ...media });
      // Another version of the browser may smooth edges differently.
      const name = `${state}-${look}.png`.replaceAll(' ', '-');
      await expect.soft(gallery(page)).toHaveScreenshot(name, { maxDiffPixelRatio: 0.01 });
    }
  });
}
