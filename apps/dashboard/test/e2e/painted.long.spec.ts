import type { Page } from '@playwright/test';
import { PURCHASE } from '../../components/examples/scenario.ts';
import { expectCredits } from '../support/display.ts';
import {
  findUnexplainedFrames,
  FRAMES,
  readLedger,
  recordFrames,
  type Frame,
  type OwnOperation,
} from '../support/frames.ts';
import { expect, openPage, readMe, test, type People, type Person } from '../support/people.ts';
import { openWindow, type RealTab } from '../support/real-tabs.ts';

// Each waits for operations whose answers are lost and asked for again; machines that are busy take their time for it.
test.describe.configure({ timeout: 240_000 });

/** A command that the server refuses: pending for a while, and in no version. */
const REFUSED: OwnOperation = { delta: -PURCHASE, containedIn: Number.POSITIVE_INFINITY };

async function run(page: Page, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    await page.locator(`[data-scenario="${id}"]`).last().getByRole('button', { name: /^Run/ }).click();
  }
}

async function expectOutcomes(page: Page, word: RegExp, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    await expect(page.locator(`[data-scenario="${id}"] [data-outcome]`).last()).toContainText(word, {
      timeout: 45_000,
    });
  }
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('region', { name: 'Credits devtools' }).getByRole('button', { name, exact: true }).click();
}

/** Waits until nothing is pending and the header has the ledger's number; then holds every frame against the oracle. */
async function expectExplained(person: Person, page: Page, readFrames: () => Promise<Frame[]>, refused: number) {
  await expect(page.locator('[data-term="pending"]')).toHaveText('0', { timeout: 45_000 });
  const { user } = await readMe(person.request);
  await expectCredits(page, user.coins);
  await expect(page.locator('[data-term="shown"]')).toHaveText(user.coins.toLocaleString('en-US'));
  const frames = await readFrames();
  const { available, operations } = await readLedger(person.request);
  const own = [...operations, ...Array.from({ length: refused }, () => REFUSED)];
  expect(findUnexplainedFrames(frames, available, own)).toEqual([]);
  // The oracle has looked at what it is about, on machines of any speed: digits that stood, digits that rolled, and
  // operations on top.
  expect(frames.filter(({ standing }) => standing !== null).length).toBeGreaterThan(0);
  expect(frames.filter(isRolling).length).toBeGreaterThan(0);
  expect(frames.filter(({ equation }) => (equation?.pending ?? 0) !== 0).length).toBeGreaterThan(0);
}

async function open(people: People): Promise<{ person: Person; page: Page; readFrames: () => Promise<Frame[]> }> {
  const person = await people.signUp({ credits: 2_000 });
  const page = await openPage(person, '/examples/credits');
  await expectCredits(page, 2_000);
  await expect(page.locator('[data-term="confirmed"]')).toHaveText('2,000');
  // A stream whose first frame takes 5 s gives way to polling for minutes, as on a busy machine: these tests are about frames.
  const stream = page.getByRole('button', { name: 'Cut the stream', exact: true });
  await expect(async () => {
    if (!(await stream.isEnabled())) await page.reload();
    await expect(stream).toBeEnabled({ timeout: 20_000 });
  }).toPass({ timeout: 100_000 });
  return { person, page, readFrames: await recordFrames(page) };
}

test('every frame is explained while purchases overlap, some are refused or lost, and an admin gives and takes', async ({
  people,
}) => {
  const { person, page, readFrames } = await open(people);
  await run(page, 'purchase-accepted', 'two-at-once', 'slow', 'lost-answer', 'purchase-refused', 'lost-request');
  await people.adjust(person, 35, 'In between');
  await run(page, 'daily-login', 'purchase-accepted');
  await people.adjust(person, -20, 'In between');
  await expectOutcomes(page, /Accepted/, 'two-at-once', 'slow', 'lost-answer', 'lost-request', 'daily-login');
  await expectExplained(person, page, readFrames, 2);
});

test('every frame is explained while frames are lost, repeated, late and kept back, and the stream dies', async ({
  people,
}) => {
  const { person, page, readFrames } = await open(people);
  await press(page, 'Lose the next frame');
  await run(page, 'purchase-accepted');
  await expectOutcomes(page, /Accepted/, 'purchase-accepted');
  await press(page, 'A late frame');
  await people.adjust(person, 500, 'A push');
  await expectCredits(page, 2_400);
  await press(page, 'A late frame');
  await press(page, 'Repeat a frame');
  await press(page, 'Buffer it');
  await run(page, 'purchase-accepted', 'slow');
  await people.adjust(person, 7, 'Behind a buffer');
  await press(page, 'Buffer it');
  await press(page, 'Cut the stream');
  await run(page, 'purchase-refused', 'purchase-accepted');
  await people.adjust(person, -3, 'While the stream is gone');
  await expectOutcomes(page, /Accepted/, 'slow', 'purchase-accepted');
  await expectExplained(person, page, readFrames, 1);
});

test('every frame is explained while the server answers 503, a proxy 502, or nobody, and then all is well again', async ({
  people,
}) => {
  const { person, page, readFrames } = await open(people);
  for (const fault of ['503', '502 page', 'Lost answers', 'Offline']) {
    await press(page, fault);
    await run(page, 'purchase-accepted');
    // Until the fault is over no answer arrives, though the stream may show the effect before.
    await expectOutcomes(page, /Under way/, 'purchase-accepted');
    await people.adjust(person, 11, fault);
    await press(page, fault);
  }
  await expectOutcomes(page, /Accepted/, 'purchase-accepted');
  await expectExplained(person, page, readFrames, 0);
  // Nothing was charged twice, and nothing was forgotten: four purchases, four gifts.
  expect((await readMe(person.request)).user.coins).toBe(2_000 - 4 * PURCHASE + 4 * 11);
});

test('every frame is explained in tabs that are left and looked at again, while the other one spends', async ({
  people,
  browser,
  baseURL,
}) => {
  const person = await people.signUp({ credits: 2_000 });
  const window = await openWindow(browser, person.context);
  const tabs = [];
  for (let i = 0; i < 2; i += 1) {
    const tab = await window.openTab(`${baseURL}/examples/credits`, FRAMES.script);
    await expect.poll(() => readTerm(tab, 'shown')).toBe('2,000');
    tabs.push(tab);
  }
  const [first, second] = tabs;
  if (first === undefined || second === undefined) throw new Error('There are two tabs.');

  let purchases = 0;
  for (const [looked, left] of [
    [first, second],
    [second, first],
    [first, second],
  ] as const) {
    await looked.show();
    expect(await left.evaluate('document.visibilityState')).toBe('hidden');
    for (const id of ['purchase-accepted', 'purchase-refused', 'lost-answer']) {
      await looked.evaluate(`document.querySelector('[data-scenario="${id}"] button').click()`);
    }
    purchases += 2;
    await people.adjust(person, 40, 'While one is hidden');
    const expected = 2_000 - purchases * PURCHASE + (purchases / 2) * 40;
    await expect.poll(() => readTerm(looked, 'pending'), { timeout: 30_000 }).toBe('0');
    await expect.poll(() => readTerm(looked, 'shown')).toBe(expected.toLocaleString('en-US'));
  }

  const { available, operations } = await readLedger(person.request);
  for (const tab of tabs) {
    // Only a page that is looked at has frames.
    await tab.show();
    const frames = (await tab.evaluate(FRAMES.read)) as Frame[];
    expect(findUnexplainedFrames(frames, available, [...operations, REFUSED, REFUSED, REFUSED])).toEqual([]);
    expect(frames.filter(isRolling).length).toBeGreaterThan(0);
    expect(frames.at(-1)?.equation?.shown).toBe(available.at(-1));
  }
  await window.close();
});

function isRolling({ columns }: Frame): boolean {
  return columns.some(({ away }) => away !== 0);
}

function readTerm(tab: RealTab, name: string): Promise<unknown> {
  return tab.evaluate(`document.querySelector('[data-term="${name}"]')?.textContent ?? null`);
}
