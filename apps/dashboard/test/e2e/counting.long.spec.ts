import { expect, test, type Page, type Request } from '@playwright/test';
import {
  availableAt,
  compareSeconds,
  reachedAtMs,
  signUpForCounting,
  startCountingDashboard,
  waitForQuiet,
  type Definition,
} from '../support/counting.ts';
import { expectCredits } from '../support/display.ts';
import { findUnexplainedFrames, recordFrames } from '../support/frames.ts';

test.describe.configure({ timeout: 240_000 });

const CREDITS = 10_000;
/** A credit every 0.9 s: seconds and credits meet in every phase. */
const PER_HOUR = 4_000;
const SECONDS = 60;
/** What is painted in a second was right within this time, where the page had a frame within it. */
const BEHIND_MS_MAX = 500;
/** What the clocks of two processes of one machine may differ by. */
const CLOCKS_MS = 20;

test('for a minute, what is painted in each second is what the ledger has, and the page asks nobody', async ({
  browser,
}) => {
  const dashboard = await startCountingDashboard();
  try {
    const context = await browser.newContext();
    const account = await signUpForCounting(context, dashboard.url);
    const { balance } = await dashboard.grant(account, CREDITS);
    const page = await context.newPage();
    const requests: Request[] = [];
    page.on('request', (request) => requests.push(request));
    await page.goto(dashboard.url);
    await expectCredits(page, balance.available);
    await waitForQuiet(page);
    const { rate, balance: atStart } = await dashboard.startRate(account, PER_HOUR);
    const startedAtMs = Date.parse(rate.startedAt);
    const definition: Definition = { startedAtMs, available: atStart.available, perHour: PER_HOUR };
    await expectPainted(page, definition);
    // The rate is a new version, for which the page looks whether its lists have changed.
    await waitForQuiet(page);

    requests.length = 0;
    const readFrames = await recordFrames(page);
    await page.evaluate(measureStalls);
    const fromMs = Date.now() + 1_000;
    await page.waitForTimeout((SECONDS + 1) * 1_000);
    const frames = await readFrames();
    expect(requests.map((request) => request.url())).toEqual([]);

    const shown = frames.flatMap(({ targets, standing, at }) => {
      const amount = standing === null ? targets.at(-1) : Number(standing);
      return amount == null ? [] : { amount, atMs: at };
    });
    const seconds = compareSeconds(shown, definition, { fromMs, seconds: SECONDS });
    const stallMs = await page.evaluate(() => (window as unknown as { stallMs: number }).stallMs);
    expect(seconds.filter(({ behindMs }) => behindMs > BEHIND_MS_MAX + stallMs)).toEqual([]);
    // Most are painted within a frame or two; a step of a quarter of a second is the coarsest that the client takes.
    const changes = shown.filter(({ amount }, index) => index > 0 && amount !== shown[index - 1]?.amount);
    const lateness = changes.map(({ amount, atMs }) => atMs - reachedAtMs(definition, amount));
    expect(lateness.toSorted((a, b) => a - b)[Math.floor(lateness.length / 2)]).toBeLessThan(250 + stallMs);
    expect(Math.min(...lateness)).toBeGreaterThan(-CLOCKS_MS);

    // Each digit of each frame: numbers come in order, and none is painted that was not due.
    const first = shown[0]?.amount ?? 0;
    const numbers = Array.from({ length: 2 * SECONDS }, (_, index) => first - index);
    expect(findUnexplainedFrames(frames, numbers, [])).toEqual([]);
    expect(frames.filter(({ standing }) => standing !== null).length).toBeGreaterThan(SECONDS / 2);

    // The definition is the ledger's own, and so is what the page shows once it was told.
    const { available, fromMs: askedMs, untilMs } = await dashboard.readAvailable(account);
    expect(available).toBeLessThanOrEqual(availableAt(definition, askedMs - CLOCKS_MS));
    expect(available).toBeGreaterThanOrEqual(availableAt(definition, untilMs + CLOCKS_MS));
    await expectPainted(page, definition);
    // Reading charged what was due, which is a new version. For that alone the page reads nothing again.
    await page.waitForTimeout(3_000);
    expect(requests.map((request) => request.url())).toEqual([]);
    await context.close();
  } finally {
    await dashboard.stop();
  }
});

/** Runs in the page: the longest time between two frames, on machines that have none to give. */
function measureStalls(): void {
  const host = window as unknown as { stallMs: number };
  host.stallMs = 0;
  let last = performance.now();
  const measure = (): void => {
    const now = performance.now();
    host.stallMs = Math.max(host.stallMs, now - last);
    last = now;
    requestAnimationFrame(measure);
  };
  requestAnimationFrame(measure);
}

/** Waits until the page counts: it paints what the ledger has while it is read. */
async function expectPainted(page: Page, definition: Definition): Promise<void> {
  await expect(async () => {
    const from = availableAt(definition, Date.now());
    const text = await page.locator('header [data-variant="prominent"] [data-credits-number]').textContent();
    const painted = Number(text?.replaceAll(',', ''));
    expect(painted).toBeLessThan(definition.available);
    expect(painted).toBeLessThanOrEqual(from + 1);
    expect(painted).toBeGreaterThanOrEqual(availableAt(definition, Date.now()));
  }).toPass({ timeout: 60_000 });
}
