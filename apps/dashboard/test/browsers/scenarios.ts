import assert from 'node:assert/strict';
import type { BrowserDriver, Tab } from './driver.ts';
import type { Link } from './link.ts';
import type { People, Person } from './people.ts';

/** What a scenario has. */
export interface World {
  browser: BrowserDriver;
  link: Link;
  people: People;
  /** Ends the server and starts it again on the same data. */
  restart(): Promise<void>;
}

/** A purchase of the cheapest plan: provisioning takes a second, and a page on a busy machine longer. */
const DONE_MS_MAX = 60_000;
/** A stream that was lost is asked for again with growing pauses, up to 30 s. */
const BACK_MS_MAX = 90_000;

/** A page that has asked for nothing for so long is loaded. */
const QUIET_MS = 2_000;

const NUMBER = `document.querySelector('header [data-variant="prominent"] [data-credits-number]')?.textContent`;

/** Reads until it is as expected. */
async function eventually(tab: Tab, expression: string, expected: unknown, msMax = DONE_MS_MAX): Promise<void> {
  const until = performance.now() + msMax;
  let value: unknown;
  do {
    // A page that is being left cannot be read.
    value = await tab.read(expression).catch((error: unknown) => String(error));
    if (value === expected) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (performance.now() < until);
  assert.fail(`${expression} is ${JSON.stringify(value)} and not ${JSON.stringify(expected)} after ${msMax} ms.`);
}

const expectCredits = (tab: Tab, amount: number, msMax?: number): Promise<void> =>
  eventually(tab, NUMBER, new Intl.NumberFormat('en-US').format(amount), msMax);

/** Waits for an element that is shown, can be used, and has this text, and marks it: pages have hidden ones beside it. */
async function mark(tab: Tab, selector: string, text = ''): Promise<string> {
  const find = `(() => {
    document.querySelector('[data-marked]')?.removeAttribute('data-marked');
    const found = [...document.querySelectorAll(${JSON.stringify(selector)})].find((element) =>
      element.textContent.trim() === ${JSON.stringify(text)} && !element.disabled && element.getClientRects().length > 0
      // Before its script runs, a form would be sent as any form is.
      && Object.keys(element).some((key) => key.startsWith('__reactProps')));
    found?.setAttribute('data-marked', '');
    return found !== undefined;
  })()`;
  await eventually(tab, find, true);
  return '[data-marked]';
}

async function clickText(tab: Tab, selector: string, text: string): Promise<void> {
  await tab.click(await mark(tab, selector, text));
}

async function typeInto(tab: Tab, selector: string, text: string): Promise<void> {
  await tab.type(await mark(tab, selector), text);
}

/** Signs somebody in by the form, and leaves the tab at a page. */
async function signIn({ browser, link }: World, person: Person): Promise<Tab> {
  const tab = await browser.newTab();
  await tab.goto(`${link.url}/sign-in`);
  await typeInto(tab, 'input[type="email"]', person.email);
  await typeInto(tab, 'input[type="password"]', person.password);
  await clickText(tab, 'button[type="submit"]', 'Sign in');
  await expectCredits(tab, person.credits);
  return tab;
}

/** Waits until a tab asks for nothing more: a script that is cut off by the missing network ends the page. */
async function waitUntilLoaded(tab: Tab): Promise<void> {
  const count = `performance.getEntriesByType('resource').length`;
  let before: unknown = null;
  for (let now = await tab.read(count); now !== before; now = await tab.read(count)) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}

async function openTab({ browser, link }: World, path: string, credits: number): Promise<Tab> {
  const tab = await browser.newTab();
  await tab.goto(`${link.url}${path}`);
  await expectCredits(tab, credits);
  return tab;
}

export const SCENARIOS: Record<string, (world: World) => Promise<void>> = {
  async 'six tabs see one change, by one stream'(world) {
    const person = await world.people.signUp(1_000);
    const tabs = [await signIn(world, person)];
    for (const path of ['/', '/activity', '/earn', '/servers', '/settings'])
      tabs.push(await openTab(world, path, 1_000));
    await world.people.adjust(person, 250);
    for (const tab of tabs) await expectCredits(tab, 1_250);
    assert.equal(await world.people.countStreams(), 1);
  },

  async 'the tab that holds the stream is closed, and another takes over'(world) {
    const person = await world.people.signUp(1_000);
    const tabs = [await signIn(world, person), await openTab(world, '/', 1_000), await openTab(world, '/earn', 1_000)];
    let credits = 1_000;
    for (let tab = tabs.shift(); tab !== undefined && tabs.length > 0; tab = tabs.shift()) {
      await tab.close();
      credits += 50;
      await world.people.adjust(person, 50);
      for (const other of tabs) await expectCredits(other, credits, BACK_MS_MAX);
    }
  },

  async 'the network is lost and comes back'(world) {
    const person = await world.people.signUp(1_000);
    const tab = await signIn(world, person);
    await waitUntilLoaded(tab);
    await world.link.cut();
    await world.people.adjust(person, 45);
    await expectCredits(tab, 1_000);
    await world.link.restore();
    await expectCredits(tab, 1_045, BACK_MS_MAX);
  },

  async 'the server is restarted'(world) {
    const person = await world.people.signUp(1_000);
    const tabs = [await signIn(world, person), await openTab(world, '/earn', 1_000)];
    await world.restart();
    await world.people.adjust(person, 45);
    for (const tab of tabs) await expectCredits(tab, 1_045, BACK_MS_MAX);
  },

  async 'signing out clears the number in every tab'(world) {
    const person = await world.people.signUp(4_321);
    const tabs = [await signIn(world, person), await openTab(world, '/earn', 4_321)];
    await tabs[0]?.click('button[aria-label^="Account of"]');
    await clickText(tabs[0] as Tab, '[role="menuitem"]', 'Sign out');
    for (const tab of tabs) {
      await eventually(tab, 'location.pathname', '/sign-in');
      await eventually(tab, `document.body.textContent.includes('4,321')`, false);
    }
  },

  async 'a server is bought, charged once, and both tabs say so'(world) {
    const person = await world.people.signUp(5_000);
    const tab = await signIn(world, person);
    await tab.goto(`${world.link.url}/servers/new`);
    const cost = await world.people.readCost(person);
    await typeInto(tab, 'input[name="name"]', 'Sunday survival');
    // After the form was filled: what WebKit shows in a tab behind another is not drawn.
    const other = await openTab(world, '/', 5_000);
    await clickText(tab, 'button', 'Create server');
    await eventually(tab, `document.body.textContent.includes('“Sunday survival” is running')`, true);
    for (const each of [tab, other]) await expectCredits(each, 5_000 - cost);
    assert.equal(await world.people.readCredits(person), 5_000 - cost);
  },
};
