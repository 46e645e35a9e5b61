import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { CreditsBalanceElement } from 'realtime-credits/element';
import { expect, test } from '../support/people.ts';
import { renderPanel, startPlainPanel } from '../support/plain-panel.ts';

const values = (page: Page) => page.locator('credits-balance [part="value"]');
const elements = (page: Page) => page.locator('credits-balance');

/** What the page complained of: errors, and what its policy refused. */
function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[14]/.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

test('one script tag from another origin shows the number of a panel that only has /api/user/me, under a strict policy', async ({
  page,
  baseURL,
}) => {
  const panel = await startPlainPanel(`${baseURL}/r/credits-balance.js`, 1_234_567);
  try {
    const complaints = collectComplaints(page);
    await page.clock.install();
    await page.goto(panel.url);
    await expect(values(page)).toHaveText(['1,234,567', /^1,2\sMio\.$/]);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    }

    panel.coins = 1_000;
    await page.clock.runFor(31_000);
    await expect(values(page)).toHaveText(['1,000', '1.000']);

    // A purchase of the page's own: shown at once in both, and sent by the page.
    const refuse = await page.evaluateHandle(() => {
      let resolve: (response: Response) => void = () => undefined;
      const promise = new Promise<Response>((settle) => (resolve = settle));
      const client = document.querySelector<CreditsBalanceElement>('credits-balance')?.client;
      client?.mutate({ amount: -400, reason: 'Server', request: () => promise }).catch(() => undefined);
      return () => resolve(Response.json({ success: false }, { status: 402 }));
    });
    await expect(values(page)).toHaveText(['600', '600']);
    await expect(elements(page).first()).toHaveAttribute('state', 'pending');
    await refuse.evaluate((run) => run());
    await expect(values(page)).toHaveText(['1,000', '1.000']);

    panel.signedIn = false;
    await page.clock.runFor(40_000);
    await expect(elements(page).first()).toHaveAttribute('state', 'signed-out');
    await expect(elements(page).first().getByText('signed out', { exact: true })).toBeVisible();
    await expect(page.getByText('abgemeldet')).toBeVisible();
    await expect(elements(page).first().locator('[part="placeholder"]')).toBeHidden();

    panel.signedIn = true;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(values(page)).toHaveText(['1,000', '1.000']);
    expect(complaints).toEqual([]);
  } finally {
    await panel.close();
  }
});

test('A19: the document’s script buys: shown at once, settled by the answer, and taken back in words when it is refused', async ({
  page,
  baseURL,
}) => {
  const panel = await startPlainPanel(`${baseURL}/r/credits-balance.js`, 150);
  const uncaught: string[] = [];
  page.on('pageerror', (error) => uncaught.push(error.message));
  try {
    await page.goto(panel.url);
    await expect(page).toHaveTitle('150 credits');
    const seen = await page.evaluateHandle(() => {
      const numbers: (number | null)[] = [];
      document.addEventListener('creditschange', ({ detail }) => {
        if (numbers.at(-1) !== detail.shown) numbers.push(detail.shown);
      });
      return numbers;
    });
    const buy = page.getByRole('button', { name: 'Buy' });
    await buy.click();
    await expect(elements(page).first()).toHaveAttribute('state', 'known');
    await expect(page).toHaveTitle('50 credits');
    expect(await seen.jsonValue()).toEqual([50]);

    await buy.click(); // painted as 0 while nobody knows; then refused
    await expect.poll(() => seen.jsonValue()).toEqual([50, 0, 50]);
    await expect(page).toHaveTitle('50 credits');
    expect(panel.coins).toBe(50);
    await expect(page.getByRole('status').filter({ hasText: 'Not enough' })).toBeVisible();
    expect(uncaught).toEqual([]);
  } finally {
    await panel.close();
  }
});

test('on a phone no state makes the page scroll sideways', async ({ page, baseURL }) => {
  const panel = await startPlainPanel(`${baseURL}/r/credits-balance.js`, 1_234_567);
  const first = elements(page).first();
  const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  try {
    await page.setViewportSize({ width: 360, height: 700 });
    await page.clock.install();
    await page.goto(panel.url);
    await expect(first).toHaveAttribute('state', 'known');
    expect(await excess()).toBe(0);
    await page.route('**/api/user/me', (route) => route.fulfill({ status: 503 }));
    await page.clock.runFor(90_000);
    await expect(first).toHaveAttribute('state', 'stale');
    expect(await excess()).toBe(0);
    await page.reload();
    await expect(first).toHaveAttribute('state', 'error');
    await expect(first.getByRole('button', { name: 'Try again' })).toBeVisible();
    expect(await excess()).toBe(0);
  } finally {
    await panel.close();
  }
});

test('on the package’s handler the number arrives by itself, and elements share one stream', async ({ people }) => {
  const person = await people.signUp({ credits: 500 });
  const page = await person.context.newPage();
  const complaints = collectComplaints(page);
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/credits/stream')) streams.push(request.url());
  });
  await page.route('**/plain-page', (route) =>
    route.fulfill({ contentType: 'text/html', body: renderPanel('/r/credits-balance.js', 500, '', '') }),
  );
  await page.goto('/plain-page');
  await expect(values(page)).toHaveText(['500', '500']);
  await expect
    .poll(() =>
      page.evaluate(
        () => document.querySelector<CreditsBalanceElement>('credits-balance')?.client?.getState().connection.state,
      ),
    )
    .toBe('streaming');
  await people.adjust(person, 25);
  // Polls are 30 s apart.
  await expect(values(page)).toHaveText(['525', '525'], { timeout: 20_000 });
  expect(streams).toHaveLength(1);
  expect(complaints).toEqual([]);
});
