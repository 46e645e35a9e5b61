import type { Page } from '@playwright/test';
import type { CatalogueAnswer, ServersAnswer } from '../../lib/api.ts';
import { expectCredits, samplePainted } from '../support/display.ts';
import { findUnexplainedFrames, readLedger, recordFrames } from '../support/frames.ts';
import { expect, openPage, readMe, test, type Person } from '../support/people.ts';

/** What the first plan of the catalogue costs together: the one that the order page has chosen at first. */
async function readCost({ request }: Person): Promise<number> {
  const { data } = (await (await request.get('/api/servers/catalogue')).json()) as CatalogueAnswer;
  const plan = data.plans[0];
  if (plan === undefined) throw new Error('The catalogue has no plans.');
  return plan.plan_cost + plan.setup_fee;
}

async function readServers({ request }: Person): Promise<ServersAnswer['data']['servers']> {
  return ((await (await request.get('/api/servers')).json()) as ServersAnswer).data.servers;
}

async function openOrder(person: Person): Promise<Page> {
  const page = await openPage(person, '/servers/new');
  await page.getByLabel('Server name').fill('Sunday survival');
  return page;
}

test('a server is bought: reserved at once, charged when it runs, and the number moves only once', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 5_000 });
  const cost = await readCost(person);
  const page = await openOrder(person);
  const other = await openPage(person);
  const readPainted = await samplePainted(page);
  // Looked for on every frame from before the click: the panel is done after a second.
  const reserved = [
    page.waitForFunction(() => document.body.innerText.includes('reserved, not charged yet')),
    other.waitForFunction(() => document.querySelector('header button[aria-label*="held"]') !== null),
  ];
  await page.getByRole('button', { name: 'Create server' }).click();
  await expectCredits(page, 5_000 - cost);
  await Promise.all(reserved);
  await expect(page.getByRole('heading', { name: '“Sunday survival” is running' })).toBeVisible({ timeout: 30_000 });

  await expectCredits(page, 5_000 - cost);
  await expectCredits(other, 5_000 - cost);
  expect((await readPainted()).map(({ amount }) => amount)).toEqual([5_000, 5_000 - cost]);
  const { snapshot } = await readMe(person.request);
  expect(snapshot.balance).toEqual({ posted: 5_000 - cost, held: 0, available: 5_000 - cost });
});

test('a double click on the button creates one server and charges once', async ({ people }) => {
  const person = await people.signUp({ credits: 5_000 });
  const cost = await readCost(person);
  const page = await openOrder(person);
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/servers/create')) sent.push(request.headers()['idempotency-key'] ?? 'none');
  });
  await page.getByRole('button', { name: 'Create server' }).dblclick();
  await expect(page.getByRole('heading', { name: /is running/ })).toBeVisible({ timeout: 30_000 });
  expect(new Set(sent).size).toBe(1);
  expect(await readServers(person)).toHaveLength(1);
  expect((await readMe(person.request)).user.coins).toBe(5_000 - cost);
});

test('a purchase that the server refuses goes back to what is true by then', async ({ people }) => {
  const person = await people.signUp({ credits: 5_000 });
  const cost = await readCost(person);
  // This tab receives no updates, and still shows credits that are gone.
  const updates = /\/api\/(credits|user\/me)/;
  await person.context.route(updates, (route) => route.abort());
  const page = await openOrder(person);
  await expectCredits(page, 5_000);
  const readFrames = await recordFrames(page);
  await people.adjust(person, -(5_000 - cost + 1), 'Spent elsewhere');
  await page.getByRole('button', { name: 'Create server' }).click();
  await expect(page.getByRole('heading', { name: /You were not charged/ })).toBeVisible({ timeout: 30_000 });
  await person.context.unroute(updates);

  await expectCredits(page, cost - 1);
  expect(await readServers(person)).toEqual([]);
  const { available } = await readLedger(person.request);
  const refused = { delta: -cost, containedIn: Number.POSITIVE_INFINITY };
  expect(findUnexplainedFrames(await readFrames(), available, [refused])).toEqual([]);
});

test('a purchase whose answer is lost is neither repeated nor given back: it is asked for again', async ({
  people,
}) => {
  const person = await people.signUp({ credits: 5_000 });
  const cost = await readCost(person);
  const page = await openOrder(person);
  let lost = 0;
  await page.route('**/api/servers/create', async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    await route.abort();
  });
  const readPainted = await samplePainted(page);
  await page.getByRole('button', { name: 'Create server' }).click();
  await expect(page.getByRole('heading', { name: /is running/ })).toBeVisible({ timeout: 30_000 });
  expect(lost).toBe(1);
  expect(await readServers(person)).toHaveLength(1);
  expect((await readPainted()).map(({ amount }) => amount)).toEqual([5_000, 5_000 - cost]);
});

test('in forced colours a line shows what is chosen and where the keyboard is', async ({ people }) => {
  const person = await people.signUp();
  const page = await openPage(person, '/create-server');
  await page.emulateMedia({ forcedColors: 'active' });
  const choice = (name: string) => page.locator('label').filter({ has: page.getByRole('radio', { name }) });
  await expect(choice('Ember')).toHaveCSS('outline-style', 'none');
  await page.getByRole('radio', { name: 'Spark' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(choice('Ember')).toHaveCSS('outline', /solid 3px/);
  await page.getByLabel('Server name').focus();
  await expect(choice('Ember')).toHaveCSS('outline', /solid 2px/);
  await expect(choice('Spark')).toHaveCSS('outline-style', 'none');
  await expect(page.getByLabel('Server name')).toHaveCSS('outline', /solid 3px/);
});
