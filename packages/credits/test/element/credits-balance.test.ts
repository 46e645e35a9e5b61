// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import {
  defineCreditsBalance,
  type CreditsBalanceElement,
  type CreditsChange,
} from '../../src/element/credits-balance.ts';
import type { ElementOptions } from '../../src/element/client-pool.ts';
import { createPredictions, type OperationHandle } from '../../src/sync/compat/predictions.ts';
import { createFollowWorld } from '../support/follow-world.ts';

afterEach(() => document.body.replaceChildren());

let names = 0;

/** A page with a tag of its own, because a name can be registered once. */
function openPage({
  versioned = true,
  session = () => 'ada',
}: { versioned?: boolean; session?: () => string | null } = {}) {
  const world = createFollowWorld({ versioned });
  const name = `credits-balance-${(names += 1)}`;
  const made: ElementOptions[] = [];
  const closed: ElementOptions[] = [];
  const createClient = (options: ElementOptions) => {
    made.push(options);
    const { client } = world.openTab(session, { ...options, start: false });
    return { ...client, close: () => (closed.push(options), client.close()) };
  };
  const define = () => defineCreditsBalance({ name, createClient });
  define();
  function put(html: string): CreditsBalanceElement {
    const place = document.createElement('div');
    place.innerHTML = html.replaceAll('credits-balance', name);
    document.body.append(place);
    return place.querySelector(name) as CreditsBalanceElement;
  }
  return { ...world, name, made, closed, define, put };
}

function within(element: Element, part: string): HTMLElement {
  const found = element.shadowRoot?.querySelector<HTMLElement>(`[part="${part}"]`);
  if (found === null || found === undefined) throw new Error(`The element has no part ${part}.`);
  return found;
}

function open(element: CreditsBalanceElement, amount: number, reason: string): OperationHandle {
  if (element.client === null) throw new Error('The element is in no document.');
  return createPredictions(element.client).open(amount, reason);
}

const value = (element: Element) => within(element, 'value').textContent;
const said = (element: Element) => within(element, 'status').textContent;

test('what the server wrote stands there until the number is known', async () => {
  const { browser, put } = openPage();
  const element = put('<credits-balance lang="en">1,000</credits-balance>');
  expect(element.getAttribute('state')).toBe('loading');
  expect([within(element, 'value').hidden, within(element, 'placeholder').hidden]).toEqual([true, false]);
  expect(element.shown).toBe(null);
  await browser.advance(100);
  expect(element.getAttribute('state')).toBe('known');
  expect([value(element), element.shown]).toEqual(['1,000', 1_000]);
  expect([within(element, 'value').hidden, within(element, 'placeholder').hidden]).toEqual([false, true]);
});

for (const versioned of [true, false]) {
  test(`an own purchase is shown at once, and said when it has come to its end, ${versioned ? 'with' : 'without'} versions`, async () => {
    const { browser, put, server } = openPage({ versioned });
    const element = put('<credits-balance lang="en" label="Coins"></credits-balance>');
    await browser.advance(6_000);
    expect(said(element)).toBe('');
    const operation = open(element, -100, 'Server');
    expect([element.getAttribute('state'), value(element), said(element)]).toEqual(['pending', '900', '']);
    server.move('ada', -100);
    void operation.settle();
    await browser.advance(1_000);
    expect([element.getAttribute('state'), value(element)]).toEqual(['known', '900']);
    expect(said(element)).toBe('Coins 900');
    server.move('ada', 50);
    await browser.advance(40_000);
    expect([value(element), said(element)]).toEqual(['950', 'Coins 900']);
  });
}

test('several elements are one client: one asks, all show, and one that goes stops no other', async () => {
  const { browser, made, closed, put, sent, server } = openPage();
  const first = put('<credits-balance lang="en"></credits-balance>');
  const second = put('<credits-balance lang="de"></credits-balance>');
  await browser.advance(100);
  expect(made).toEqual([{}]);
  expect(sent('/api/user/me')).toHaveLength(1);
  expect([value(first), value(second)]).toEqual(['1,000', '1.000']);
  first.remove();
  server.move('ada', 1);
  await browser.advance(100);
  expect(value(second)).toBe('1.001');
  expect(closed).toEqual([]);
  expect(first.client).toBe(null);
});

test('one of them speaks for all', async () => {
  const { browser, put, server } = openPage();
  const elements = [put('<credits-balance></credits-balance>'), put('<credits-balance></credits-balance>')];
  for (const element of elements) seen(element);
  await browser.advance(100);
  // A hidden element has no voice, so the next one speaks.
  seen(elements[0], false);
  server.endStreams('signed-out');
  await browser.advance(5_000);
  expect(elements.map((element) => said(element))).toEqual(['', 'Credits signed out']);
});

/** happy-dom lays nothing out: who is seen is said by hand. */
function seen(element: Element | undefined, visible = true): void {
  if (element !== undefined) element.getClientRects = () => (visible ? [new DOMRect()] : []) as unknown as DOMRectList;
}

test('an element that is removed asks no more, and what it knew is forgotten', async () => {
  const { browser, closed, made, put, server } = openPage();
  const element = put('<credits-balance></credits-balance>');
  await browser.advance(100);
  expect(server.streams).toBe(1);
  element.remove();
  await browser.advance(100);
  expect(closed).toHaveLength(1);
  const asked = server.exchanges.length;
  await browser.advance(600_000);
  expect(server.exchanges).toHaveLength(asked);
  document.body.append(element);
  expect(element.getAttribute('state')).toBe('loading');
  expect([made.length, value(element)]).toEqual([2, '']);
});

test('an element that is moved keeps its client and its number', async () => {
  const { browser, closed, made, put } = openPage();
  const element = put('<credits-balance lang="en"></credits-balance>');
  await browser.advance(100);
  const other = document.createElement('section');
  document.body.append(other);
  other.append(element);
  await browser.advance(100);
  expect([made.length, closed.length, value(element)]).toEqual([1, 0, '1,000']);
});

test('signed out it shows no number, not even the one that the server wrote', async () => {
  let session: string | null = 'ada';
  const { browser, put, server } = openPage({ session: () => session });
  const element = put('<credits-balance>1,000</credits-balance>');
  await browser.advance(100);
  session = null;
  server.endStreams('signed-out');
  await browser.advance(5_000);
  expect(element.getAttribute('state')).toBe('signed-out');
  expect([within(element, 'placeholder').hidden, value(element)]).toEqual([true, '']);
  expect(within(element, 'note').textContent).toBe('signed out');
});

test('somebody who signs in elsewhere is seen when the page is looked at again, in every element, by one question', async () => {
  let session: string | null = null;
  const { browser, closed, made, put, sent } = openPage({ session: () => session });
  const elements = [
    put('<credits-balance lang="en">1,000</credits-balance>'),
    put('<credits-balance></credits-balance>'),
  ];
  for (const element of elements) seen(element);
  await browser.advance(5_000);
  const states = () => elements.map((element) => element.getAttribute('state'));
  expect(states()).toEqual(['signed-out', 'signed-out']);
  // There from the start, it is there to be read.
  expect(elements.map((element) => said(element))).toEqual(['', '']);
  session = 'bob';
  const asked = sent('/api/user/me').length;
  document.dispatchEvent(new Event('visibilitychange'));
  expect(states()).toEqual(['loading', 'loading']);
  const written = within(elements[0] as Element, 'placeholder').querySelector('slot');
  expect(written?.assignedNodes()).toEqual([]);
  await browser.advance(100);
  expect(elements.map((element) => value(element))).toEqual(['7', '7']);
  expect(sent('/api/user/me')).toHaveLength(asked + 1);
  expect([made.length, closed.length]).toEqual([2, 1]);
  // Someone who is there is not asked who they are.
  document.dispatchEvent(new Event('visibilitychange'));
  expect(states()).toEqual(['known', 'known']);
});

test('a user who took over the session in another tab gets their own number on returning to this one', async () => {
  let session: string | null = 'ada';
  const { browser, made, put, sent } = openPage({ session: () => session, versioned: false });
  const elements = [put('<credits-balance lang="en"></credits-balance>'), put('<credits-balance></credits-balance>')];
  await browser.advance(6_000);
  session = 'bob';
  document.dispatchEvent(new Event('visibilitychange'));
  void elements[0]?.refresh(); // as the page's client does when it is looked at
  await browser.advance(1_000);
  expect(elements.map((element) => value(element))).toEqual(['7', '7']);

  // Once: a session that has ended is not asked for again and again.
  session = null;
  document.dispatchEvent(new Event('visibilitychange'));
  void elements[0]?.refresh();
  await browser.advance(60_000);
  expect(elements.map((element) => element.getAttribute('state'))).toEqual(['signed-out', 'signed-out']);
  expect(made).toHaveLength(3);
  const asked = sent('/api/user/me').length;
  await browser.advance(600_000);
  expect(sent('/api/user/me')).toHaveLength(asked);
});

test('a failure from the start offers to try again, and heals', async () => {
  const { browser, put, server } = openPage({ versioned: false });
  server.onExchange = (exchange) => (exchange.fate = { status: 503, headers: { 'retry-after': '3600' } });
  const element = put('<credits-balance lang="en"></credits-balance>');
  await browser.advance(100);
  const retry = within(element, 'retry');
  expect([element.getAttribute('state'), retry.hidden]).toEqual(['error', false]);
  expect(within(element, 'skeleton').textContent).toBe('—');
  server.onExchange = () => undefined;
  retry.click();
  await browser.advance(100);
  expect([element.getAttribute('state'), value(element), retry.hidden]).toEqual(['known', '1,000', true]);
});

test('a number that nothing confirms grows stale, and stays', async () => {
  const { browser, put, server } = openPage({ versioned: false });
  const element = put('<credits-balance lang="en"></credits-balance>');
  await browser.advance(100);
  server.onExchange = (exchange) => (exchange.fate = { status: 503 });
  await browser.advance(40_000);
  expect(element.getAttribute('state')).toBe('known');
  await browser.advance(30_000);
  expect([element.getAttribute('state'), value(element)]).toEqual(['stale', '1,000']);
  expect(within(element, 'note').textContent).toBe('not up to date');
});

test('the host’s own words stand in slots named after the states, and are what is said', async () => {
  let session: string | null = 'ada';
  const { browser, put, server } = openPage({ session: () => session });
  const element = put(
    '<credits-balance label="Guthaben"><a slot="signed-out" href="/">abgemeldet</a></credits-balance>',
  );
  seen(element);
  await browser.advance(100);
  session = null;
  server.endStreams('signed-out');
  await browser.advance(5_000);
  expect(within(element, 'note').querySelector('slot')?.name).toBe('signed-out');
  expect(said(element)).toBe('Guthaben abgemeldet');
});

test('label, locale and format can change while it stands there', async () => {
  const { browser, put, server } = openPage();
  server.move('ada', 1_998_999);
  const element = put('<credits-balance locale="en"></credits-balance>');
  await browser.advance(100);
  expect(value(element)).toBe('1,999,999');
  element.setAttribute('locale', 'de_DE');
  expect(value(element)).toBe('1.999.999');
  element.setAttribute('locale', 'en');
  element.setAttribute('format', 'compact');
  expect(value(element)).toBe('1.9M');
  element.setAttribute('format', 'nonsense');
  expect(value(element)).toBe('1,999,999');
  element.setAttribute('label', 'Coins');
  expect(within(element, 'label').textContent).toBe('Coins');
});

test('other options are another client, and the old one is let go', async () => {
  const { browser, made, closed, put } = openPage();
  const element = put('<credits-balance></credits-balance>');
  await browser.advance(100);
  element.setAttribute('balance-url', '/panel/api/user/me');
  await browser.advance(1);
  expect(made.map(({ balanceUrl }) => balanceUrl)).toEqual([undefined, '/panel/api/user/me']);
  expect(closed.map(({ balanceUrl }) => balanceUrl)).toEqual([undefined]);
  expect(element.getAttribute('state')).toBe('loading');
});

test('a change is told once, with the number and its state, and passes through shadow trees', async () => {
  const { browser, put, server } = openPage();
  const told: CreditsChange[] = [];
  const listen = (event: Event): void => void told.push((event as CustomEvent<CreditsChange>).detail);
  document.addEventListener('creditschange', listen);
  put('<credits-balance></credits-balance>');
  await browser.advance(100);
  server.move('ada', 5);
  await browser.advance(20_000);
  document.removeEventListener('creditschange', listen);
  expect(told).toEqual([
    { shown: null, state: 'loading' },
    { shown: 1_000, state: 'known' },
    { shown: 1_005, state: 'known' },
  ]);
});

test('a client of the page’s own is used, stopped, and not closed; also when it is set before the script comes', async () => {
  const world = createFollowWorld({ versioned: true });
  const { client, tab } = world.openTab('bob', { start: false });
  let closed = false;
  const own = { ...client, close: () => void (closed = true) };
  const name = `credits-balance-${(names += 1)}`;
  const element = document.createElement(name) as CreditsBalanceElement;
  element.client = own;
  document.body.append(element);
  defineCreditsBalance({ name });
  await world.browser.advance(100);
  expect([value(element), element.client]).toEqual(['7', own]);
  element.remove();
  await world.browser.advance(100);
  expect([closed, client.getState().connection.state]).toEqual([false, 'idle']);
  expect(tab.frozen).toBe(false);
});

test('defined twice it is defined once, and the first stays', () => {
  const { define, name, put } = openPage();
  const first = customElements.get(name);
  define();
  expect(customElements.get(name)).toBe(first);
  expect(put('<credits-balance></credits-balance>').shadowRoot).not.toBe(null);
});

test('credentials, headers and fetch belong to the element’s own client, and elements that share them share one', async () => {
  const { made, put, closed } = openPage();
  const headers = { authorization: 'Bearer ada' };
  const first = put('<credits-balance credentials="include"></credits-balance>');
  const second = put('<credits-balance credentials="include"></credits-balance>');
  expect(made).toEqual([{ credentials: 'include' }]);
  first.headers = headers;
  second.headers = headers;
  await Promise.resolve();
  expect(made).toEqual([{ credentials: 'include' }, { credentials: 'include', headers }]);
  expect(closed).toEqual([{ credentials: 'include' }]);
  const send = (): Promise<Response> => Promise.reject(new Error('not sent'));
  first.fetch = send;
  expect(made.at(-1)).toEqual({ credentials: 'include', headers, fetch: send });
  expect([first.headers, first.fetch, second.fetch]).toEqual([headers, send, null]);
});
