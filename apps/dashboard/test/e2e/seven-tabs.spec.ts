import { countStreams, expectCredits } from '../support/display.ts';
import { expect, openPage, test } from '../support/people.ts';

test('seven tabs on HTTP/1.1 all navigate, and share one stream', async ({ people }) => {
  const person = await people.signUp({ credits: 700 });
  const first = await openPage(person);
  const streams = countStreams(first);
  const tabs = [first];
  await first.reload();
  for (let i = 1; i < 7; i += 1) tabs.push(await openPage(person));
  for (const page of tabs) await expectCredits(page, 700);
  await expect.poll(streams).toBe(1);

  // With a stream in each, the browser's six connections would all be taken and this navigation would hang.
  for (const page of tabs) {
    await page.goto('/activity', { timeout: 15_000 });
    await expectCredits(page, 700);
  }
  await expect.poll(streams).toBe(1);

  await people.adjust(person, 77);
  for (const page of tabs) await expectCredits(page, 777);
});

test('when the tab that holds the stream is closed, another takes over', async ({ people }) => {
  const person = await people.signUp({ credits: 100 });
  const first = await openPage(person);
  const streams = countStreams(first);
  await first.reload();
  await expect.poll(streams).toBe(1);
  const second = await openPage(person);
  await expectCredits(second, 100);
  await first.close();
  await expect.poll(streams).toBe(1);
  await people.adjust(person, 1);
  await expectCredits(second, 101, { timeout: 5_000 });
});
