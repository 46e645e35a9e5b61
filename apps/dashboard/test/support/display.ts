import { expect, type Locator, type Page } from '@playwright/test';

/** The display in the header: the golden one. */
export function headerDisplay(page: Page): Locator {
  return page.locator('header [data-slot="credits-display"][data-variant="prominent"]');
}

/** Waits until the header paints this amount. */
export async function expectCredits(page: Page, amount: number, options: { timeout?: number } = {}): Promise<void> {
  const text = new Intl.NumberFormat('en-US').format(amount);
  await expect(headerDisplay(page).locator('[data-credits-number]')).toHaveText(text, options);
}

/**
 * Lets at most so many seconds of the page pass, one at a time, until something holds. A wait that follows an answer
 * begins when the answer is there, in real time: one jump of the clock could be over before that.
 */
export async function letPass(page: Page, seconds: number, holds: () => Promise<void>): Promise<void> {
  for (let second = 1; second < seconds; second += 1) {
    await page.clock.runFor(1_000);
    const isSeen = await holds().then(
      () => true,
      () => false,
    );
    if (isSeen) return;
  }
  await holds();
}

/** One number that was on the screen, and since when. */
export interface Painted {
  amount: number | null;
  /** Wall-clock milliseconds, of the same clock as the test's. */
  at: number;
}

/**
 * Writes down what the header paints, on every animation frame from now on, also across navigations.
 *
 * @returns A function that reads what was seen so far, without repetitions.
 */
export async function samplePainted(page: Page): Promise<() => Promise<Painted[]>> {
  await page.addInitScript(startSampling);
  await page.evaluate(startSampling);
  return () =>
    page.evaluate(async () => {
      // What is in the document already may be painted only with the next frame; the one after it has seen it.
      for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
      return (window as unknown as { painted: Painted[] }).painted;
    });
}

/** Runs in the page. */
function startSampling(): void {
  const host = window as unknown as { painted?: { amount: number | null; at: number }[] };
  if (host.painted !== undefined) return;
  const painted: { amount: number | null; at: number }[] = [];
  host.painted = painted;
  const sample = () => {
    const element = document.querySelector('header [data-variant="prominent"] [data-credits-number]');
    const text = element?.textContent?.replace(/[^\d-]/g, '') ?? '';
    const amount = text === '' ? null : Number(text);
    if (painted.length === 0 || painted.at(-1)?.amount !== amount) {
      painted.push({ amount, at: performance.timeOrigin + performance.now() });
    }
    requestAnimationFrame(sample);
  };
  requestAnimationFrame(sample);
}

/** Collects what a page must never say: uncaught errors, console errors, violations of its policy. */
export function collectComplaints(page: Page, ignore: RegExp[] = []): string[] {
  const complaints: string[] = [];
  const add = (text: string) => {
    if (!ignore.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on('pageerror', (error) => add(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') add(`${message.type()}: ${message.text()}`);
  });
  return complaints;
}
