import { expectCredits, headerDisplay, letPass, samplePainted } from '../support/display.ts';
import { expect, openPage, readMe, test } from '../support/people.ts';

// One test per line of the design document's "Features", by what a person sees.

test('Real-time Display: the header shows the credits prominently and updates by itself', async ({ people }) => {
  const person = await people.signUp({ credits: 1_240 });
  const page = await openPage(person);
  await expect(headerDisplay(page)).toBeVisible();
  await expectCredits(page, 1_240);
  await people.adjust(person, 60);
  await expectCredits(page, 1_300);
});

test('Automatic Polling: without a stream the credits are refreshed every 30 seconds', async ({ people }) => {
  const person = await people.signUp({ credits: 100 });
  const page = await person.context.newPage();
  await page.route('**/api/credits/stream', (route) => route.abort());
  await page.clock.install();
  await page.goto('/');
  await expectCredits(page, 100);
  // Three tries for a stream, with growing pauses, and it has given up.
  await page.clock.fastForward(30_000);
  await people.adjust(person, 11);
  for (let round = 0; round < 2; round += 1) {
    const asked = page.waitForRequest((request) => /^\/api\/(credits|user\/me)$/.test(new URL(request.url()).pathname));
    await page.clock.fastForward(34_000);
    await asked;
  }
  await expectCredits(page, 111);
});

test('Optimistic Updates: the number moves before the server has answered', async ({ people }) => {
  const person = await people.signUp({ credits: 1_000 });
  const page = await openPage(person, '/examples/credits');
  const pending = page.locator('[data-term="pending"]');
  await expect(pending).toHaveText('0');
  // The command leaves the page when the test has looked, however long that takes.
  let letGo = () => {};
  const looked = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/api/examples/credits', async (route) => {
    await looked;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Run: A slow server' }).click();
  await expect(pending).not.toHaveText('0');
  const shown = Number((await page.locator('[data-term="shown"]').textContent())?.replaceAll(',', ''));
  expect(shown).toBeLessThan(1_000);
  expect((await readMe(person.request)).user.coins).toBe(1_000);
  await expectCredits(page, shown);
  letGo();
  await expect(page.locator('[data-scenario="slow"] [data-outcome]')).toContainText('Accepted');
  await expectCredits(page, shown);
});

test('Error Handling: a failure keeps the last known number, marked as such, and recovers by itself', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 555 });
  const page = await person.context.newPage();
  await page.clock.install();
  await page.goto('/');
  await expectCredits(page, 555);
  await page.route(/\/api\/(credits|user\/me)/, (route) => route.abort());
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.clock.fastForward(60_000);
  await page.clock.fastForward(60_000);
  await expect(headerDisplay(page).getByRole('button').first()).toHaveAccessibleName(/^Credits: 555, stale/);
  await expectCredits(page, 555);
  await page.unroute(/\/api\/(credits|user\/me)/);
  await people.adjust(person, 1);
  await letPass(page, 60, () => expectCredits(page, 556, { timeout: 200 }));
});

test('Mobile Support: on a phone the credits are in the user menu, compact and with their label', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 1_240 });
  const page = await person.context.newPage();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await expect(headerDisplay(page)).toBeHidden();
  await page.getByRole('button', { name: /^Account of/ }).click();
  const compact = page.getByRole('menu').locator('[data-slot="credits-display"]');
  await expect(compact).toBeVisible();
  await expect(compact).toHaveAttribute('data-variant', 'compact');
  await expect(compact.locator('[data-credits-number]')).toHaveText('1,240');
  await expect(compact).toContainText('Credits');
  await people.adjust(person, 9);
  await expect(compact.locator('[data-credits-number]')).toHaveText('1,249');
});

test('Animation: a change is answered by scale and colour', async ({ people }) => {
  const person = await people.signUp({ credits: 50 });
  const page = await openPage(person);
  await expectCredits(page, 50);
  const button = headerDisplay(page).getByRole('button');
  const before = await button.evaluate((element) => getComputedStyle(element).color);
  // Looked for on every frame, by the page itself: it is over in less than a second.
  const answered = button.evaluate(
    (element, colorBefore) =>
      new Promise<void>((resolve) => {
        const seen = { scale: false, color: false };
        const look = () => {
          const animations = element.closest('[data-variant="prominent"]')?.getAnimations({ subtree: true });
          const frames = animations?.flatMap(({ effect }) =>
            effect instanceof KeyframeEffect ? effect.getKeyframes() : [],
          );
          seen.scale ||= frames?.some(({ scale }) => scale !== undefined && scale !== '1') === true;
          const isUp = element.getAttribute('data-change') === 'up';
          seen.color ||= isUp && getComputedStyle(element).color !== colorBefore;
          if (seen.scale && seen.color) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    before,
  );
  await people.adjust(person, 1);
  await answered;
  await expect(button).toHaveCSS('color', before);
});

test('Sync Integration: what the user store knows of the credits follows by itself', async ({ people }) => {
  const person = await people.signUp({ credits: 80 });
  const page = await openPage(person, '/examples/credits');
  const readCoins = async (): Promise<unknown> => {
    const stored = await page.evaluate(() => localStorage.getItem('auth-store') ?? '{}');
    return (JSON.parse(stored) as { state?: { currentUser?: { coins?: number } } }).state?.currentUser?.coins;
  };
  await expectCredits(page, 80);
  await expect.poll(readCoins).toBe(80);
  const readPainted = await samplePainted(page);
  await people.adjust(person, 5);
  await expect.poll(readCoins).toBe(85);
  await expectCredits(page, 85);
  expect((await readPainted()).map(({ amount }) => amount)).toEqual([80, 85]);
});
