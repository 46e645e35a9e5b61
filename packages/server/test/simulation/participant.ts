/**
 * A tab with the real follower in it, and somebody who uses it: purchases in every documented form, orders that are held
 * first, hints, predictions.
 */
import { isCreditsError } from 'realtime-credits/contract';
import { selectShown } from '../../../credits/src/sync/number/view.ts';
import type { Browser, Fetch, Tab } from '../../../credits/test/support/browser.ts';
import type { Random } from '../../../credits/test/support/random.ts';
import { createTestClient, type TestClient } from '../../../credits/test/support/test-client.ts';
import type { CountFault } from './faults.ts';
import type { Begun } from './oracle.ts';

export interface Participant {
  readonly name: string;
  readonly tab: Tab;
  readonly client: TestClient;
  readonly begun: Map<string, Begun>;
  /** Tags whose command was answered: with yes, or with a no that is final. */
  readonly answered: Map<string, { yes: boolean; at: number }>;
  /** Purchases of this tab whose answer is not in yet. */
  readonly busy: number;
  user(): string | null;
  act(): void;
  /** Its one display: mounting it twice is mounting it once. */
  mount(): void;
  unmount(): void;
}

export interface ParticipantOptions {
  name: string;
  browser: Browser;
  random: Random;
  fetch: (tab: () => Tab) => Fetch;
  user: () => string | null;
  /** A tag that nobody has. */
  makeTag: () => number;
  versioned: boolean;
  /** Purchases around a plain fetch take up to a minute, and are waited for as long or not. */
  slowPanel: boolean;
  log: (what: string) => void;
  count: CountFault;
}

/** Its sender aborts a command that has been out for so long. */
const TIMEOUT_MS = 12_000;
/** After this a purchase that nobody ended is like a change by others. */
const WINDOW_MS = 15_000;

export function createParticipant(options: ParticipantOptions): Participant {
  const { name, browser, random, user, makeTag, versioned, slowPanel, log, count } = options;
  const tab: Tab = browser.openTab((url, init) => fetch(url, init), { random: random.fork().next });
  const fetch = options.fetch(() => tab);
  // Hosts of both kinds: asked on a route of their own first, or at the package's.
  const hasOwnRoute = !versioned || random.chance(0.5);
  const client = createTestClient({
    environment: tab.environment,
    ...(hasOwnRoute ? { balanceUrl: '/api/user/me' } : {}),
  });
  const begun = new Map<string, Begun>();
  const answered = new Map<string, { yes: boolean; at: number }>();
  let busy = 0;
  let stop: (() => void) | null = null;
  let signOuts = 0;
  client.subscribe(({ connection }) => {
    if (connection.state === 'signed-out') signOuts += 1;
  });

  function begin(tag: string, id: string, delta: number): void {
    begun.set(tag, { id, delta, account: user() ?? '', isKnown: client.getState().account !== null });
  }

  function makeUrl(delta: number, tag: string): string {
    const held = versioned && delta < 0 && random.chance(0.25);
    const route = delta > 0 ? 'grant' : held ? 'order' : 'spend';
    const words = [`/api/${route}?amount=${Math.abs(delta)}&tag=${tag}`];
    if (held) words.push(`takes=${random.between(0, random.chance(0.1) ? 30_000 : 3_000)}`);
    if (held && random.chance(0.3)) words.push('fails=1');
    if (!held && random.chance(0.2)) words.push('refuse=1');
    if (random.chance(0.3)) words.push('answer=quiet');
    return words.join('&');
  }

  /** One call that does it all. */
  function mutate(): void {
    const delta = random.between(1, 50) * (random.chance(0.7) ? -1 : 1);
    const tag = `m${makeTag()}`;
    const url = makeUrl(delta, tag);
    log(`${name} begins ${tag}: ${delta}`);
    busy += 1;
    client
      .mutate({
        amount: delta,
        reason: tag,
        request: ({ id, headers, signal }) => {
          if (!begun.has(tag)) begin(tag, id, delta);
          return fetch(url, { method: 'POST', headers, signal });
        },
      })
      .then(
        () => answered.set(tag, { yes: true, at: browser.now }),
        (error: unknown) => {
          log(`${name} ${tag} was refused: ${String(isCreditsError(error) ? error.code : error)}`);
          // A session that is gone says nothing of what was sent before it went.
          const isFinal = isCreditsError(error) && !error.retryable && error.code !== 'unauthenticated';
          if (isFinal) answered.set(tag, { yes: false, at: browser.now });
        },
      )
      .finally(() => (busy -= 1));
    const id = client.getState().pending.find(({ reason }) => reason === tag)?.id;
    if (id !== undefined) begin(tag, id, delta);
  }

  /** Longer than every time limit of the client; the price is taken first or last. */
  function makeSlow(): string {
    return `&takes=${random.between(15_000, 60_000)}&charge=${random.pick(['early', 'late'])}`;
  }

  /** The documented form around a plain fetch, with or without the handle: predict, send, settle or take back. */
  async function purchase(withHandle: boolean): Promise<void> {
    // Unique amounts: taking one back means this one.
    const number = makeTag();
    const tag = `p${number}`;
    const cost = 100 + number;
    const owner = user();
    const handle = client.open(-cost, tag);
    begin(tag, handle.id, -cost);
    const url = makeUrl(-cost, tag) + (slowPanel && random.chance(0.6) ? makeSlow() : '');
    const timeoutMs = slowPanel ? random.between(TIMEOUT_MS, 90_000) : TIMEOUT_MS;
    const before = signOuts;
    const openedAt = browser.now;
    const isBesideAnother = (): boolean =>
      client.getState().pending.some(({ id, state, delta }) => id !== handle.id && state === 'open' && delta < 0);
    Object.assign(begun.get(tag) ?? {}, { windowEndsAt: browser.now + WINDOW_MS });
    log(`${name} opens ${tag}: ${-cost}${withHandle ? ', with its id' : ''}`);
    // Answers name no purchase and settle the oldest: of several, a page that has changed hands cannot take back one.
    const takeBack = (): void => {
      if (user() === owner && (!slowPanel || signOuts === before)) client.open(cost, 'taken back');
    };
    busy += 1;
    const abort = new AbortController();
    const cancel = tab.environment.setTimer(() => {
      // Nobody waits for it, and the panel may still be at it.
      Object.assign(begun.get(tag) ?? {}, { windowEndsAt: browser.now });
      abort.abort();
    }, timeoutMs);
    try {
      const headers = withHandle ? { 'idempotency-key': handle.id } : {};
      const response = await fetch(url, { method: 'POST', headers, signal: abort.signal });
      const result: unknown = await response.json();
      if (browser.now - openedAt > WINDOW_MS) {
        count(`a ${response.ok ? 'response' : 'refusal'} later than every time limit`);
      }
      if (!response.ok && isBesideAnother()) count('a refusal beside an open purchase');
      if (response.ok) await (withHandle ? handle.settle(result) : client.settle(result));
      else if (withHandle && response.status < 500) handle.cancel();
      else takeBack();
    } catch {
      if (browser.now - openedAt > WINDOW_MS) {
        count('no response to a purchase that was waited for longer than every time limit');
      }
      // With its id the outcome may be known by now, and then there is nothing to take back.
      const isKnown = client.getState().pending.every(({ id }) => id !== handle.id);
      if (!withHandle || !isKnown) takeBack();
    } finally {
      cancel();
      busy -= 1;
    }
  }

  function predict(): void {
    const shown = selectShown(client.getState());
    if (shown === null) return;
    const tag = `x${makeTag()}`;
    const handle = client.predict(Math.max(0, shown + random.between(-5, 5)), tag);
    log(`${name} predicts a number`);
    if (handle !== null)
      begin(tag, handle.id, client.getState().pending.find(({ id }) => id === handle.id)?.delta ?? 0);
  }

  return {
    name,
    tab,
    client,
    begun,
    answered,
    get busy() {
      return busy;
    },
    user,
    mount: () => void (stop ??= client.start()),
    unmount() {
      stop?.();
      stop = null;
    },
    act() {
      const action = random.next();
      const { account, connection } = client.getState();
      if (user() === null || connection.state === 'signed-out' || (account !== null && account !== user())) return;
      if (action < 0.55) mutate();
      else if (action < 0.75) void purchase(false);
      else if (action < 0.85) void purchase(true);
      else if (action < 0.9) predict();
      else if (action < 0.95) client.hint();
      else void client.refresh();
    },
  };
}
