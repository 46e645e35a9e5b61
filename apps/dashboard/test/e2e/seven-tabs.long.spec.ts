import type { Page } from '@playwright/test';
import { expectCredits } from '../support/display.ts';
import { expect, openPage, test, type People, type Person } from '../support/people.ts';
import { openWindow } from '../support/real-tabs.ts';
import { crash, watchStreams } from '../support/tabs.ts';

// Seven pages, or a poll of 30 s: more than most tests wait for.
test.describe.configure({ timeout: 120_000 });

/** Well below the 30 s of a poll: what arrives within this time was pushed. */
const PUSHED = { timeout: 20_000 };
/** A poll and its 10 %, and then some for a machine that is busy. */
const POLLED = { timeout: 45_000 };
/** A tab that died says nothing: another takes over when nothing has come for 40 s. */
const TAKEN_OVER = { timeout: 70_000 };

/** So many tabs of one browser, the first of which holds the stream. */
async function openTabs(people: People, count: number, credits: number) {
  const person: Person = await people.signUp({ credits });
  const streams = watchStreams(person.context);
  const tabs: Page[] = [];
  for (let i = 0; i < count; i += 1) {
    tabs.push(await openPage(person));
    await expect.poll(streams.holders).toEqual([tabs[0]]);
  }
  for (const page of tabs) await expectCredits(page, credits);
  const [leader, ...followers] = tabs;
  if (leader === undefined) throw new Error('There are tabs.');
  return { person, streams, leader, followers, tabs };
}

test('seven tabs on HTTP/1.1 all load, all navigate, all update, and share one stream', async ({ people }) => {
  const { person, streams, tabs } = await openTabs(people, 7, 700);
  // With a stream in each, the browser's six connections would all be taken and these navigations would hang.
  for (const page of tabs) {
    await page.goto('/activity', { timeout: 15_000 });
    await expectCredits(page, 700);
  }
  await expect.poll(() => streams.holders().length).toBe(1);
  await people.adjust(person, 77);
  for (const page of tabs) await expectCredits(page, 777, PUSHED);
});

test('when the tab that holds the stream is closed, another takes over', async ({ people }) => {
  const { person, streams, leader, followers } = await openTabs(people, 3, 100);
  await leader.close();
  await expect.poll(() => followers.some((page) => streams.holders().includes(page))).toBe(true);
  await people.adjust(person, 1);
  for (const page of followers) await expectCredits(page, 101, PUSHED);
  await expect.poll(() => streams.holders().length).toBe(1);
});

test('when the tab that holds the stream crashes, the others are right after a poll, one takes over, and a new tab joins them', async ({
  people,
}) => {
  test.setTimeout(180_000);
  const { person, streams, leader, followers } = await openTabs(people, 3, 100);
  await crash(leader);
  await people.adjust(person, 1);
  for (const page of followers) await expectCredits(page, 101, POLLED);
  await expect.poll(() => followers.some((page) => streams.holders().includes(page)), TAKEN_OVER).toBe(true);
  const third = await openPage(person);
  await expectCredits(third, 101);
  await people.adjust(person, 1);
  for (const page of [third, ...followers]) await expectCredits(page, 102, PUSHED);
  await expect.poll(() => streams.holders().length).toBe(1);
});

test('when the tab that holds the stream is frozen, the others are right after a poll, and it after its thaw', async ({
  people,
  browser,
  baseURL,
}) => {
  const person = await people.signUp({ credits: 100 });
  const window = await openWindow(browser, person.context);
  const url = baseURL ?? '';
  const leader = await window.openTab(url);
  await expect.poll(leader.readCredits).toBe('100');
  await expect.poll(leader.countStreams).toBe(1);
  const follower = await window.openTab(url);
  await expect.poll(follower.readCredits).toBe('100');
  // Its own first request is answered: what it learns later comes from another tab.
  const asked = `performance.getEntriesByType('resource').some(({ name }) => /api\\/(credits|user\\/me)(\\?|$)/.test(name))`;
  await expect.poll(() => follower.evaluate(asked)).toBe(true);

  await leader.freeze();
  await people.adjust(person, 1);
  // The frozen tab has not resigned, so for 40 s nobody else streams: nothing is pushed, and the poll finds it.
  await expect.poll(follower.readCredits, POLLED).toBe('101');
  expect(await follower.countStreams()).toBe(0);
  expect(await leader.evaluate('window.isFrozen')).toBe(true);

  await leader.thaw();
  await leader.show();
  await expect.poll(leader.readCredits, PUSHED).toBe('101');
  await people.adjust(person, 1);
  for (const tab of [leader, follower]) await expect.poll(tab.readCredits, PUSHED).toBe('102');
  await window.close();
});
