/**
 * One virtual browser: a clock that only the test moves, and any number of tabs that share channels. Nothing
 * in here waits for real time.
 */
import type { Environment, PageEvent } from '../../src/sync/environment.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Tab {
  environment: Environment;
  /** Tells the page's client what happened; visibility and connection follow the event. */
  emit(event: PageEvent): void;
  /** A frozen tab runs no timer and receives nothing, from the network or from other tabs, until it is thawed. */
  frozen: boolean;
  /** At once, unless the tab is frozen. */
  whenThawed(): Promise<void>;
  /** When the tab last ran again after it was frozen; 0 when it never was. */
  readonly thawedAt: number;
}

export interface Browser {
  readonly now: number;
  /** Moves the wall clock alone, as a correction of the system clock does. */
  shiftWallClock(ms: number): void;
  setTimer(callback: () => void, delayMs: number): () => void;
  delay(ms: number): Promise<void>;
  /** Lets everything happen that needs no more time. */
  settle(): Promise<void>;
  /** Moves time on, through every timer on the way. */
  advance(ms: number): Promise<void>;
  openTab(fetch: Fetch, options?: { random?: () => number; tabs?: boolean }): Tab;
  /** The machine sleeps: tabs are frozen, and on waking their own clock has not moved. The wall clock has. */
  sleep(ms: number): void;
  /** Ends the sleep before its time. */
  wake(): void;
  /** Called after every timer and every settled moment. */
  onStep: (() => void) | null;
  /** Milliseconds that a message to another tab takes, once for each time that it arrives. */
  onMessage: () => number[];
}

interface Timer {
  at: number;
  callback: (() => void) | null;
  tab: Tab | null;
}

/** Answers and streams need some turns of the event loop to be read; none of them is a wait for time. */
async function takeFourTurns(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** @param takeTurns - Lets everything happen that needs no more time. */
export function createBrowser(takeTurns: () => Promise<void> = takeFourTurns): Browser {
  let now = 1_000;
  let wallClockShift = Date.UTC(2026, 10, 22);
  let slept = 0;
  let uuids = 0;
  /** Latest first; of one instant, the newest first. */
  const timers: Timer[] = [];
  const wakers: (() => void)[] = [];
  let asleepSince: number | null = null;
  const channels = new Map<string, Set<{ tab: Tab; onMessage: (message: unknown) => void }>>();

  function insert(timer: Timer): void {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((timers[middle]?.at ?? 0) > timer.at) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  }

  function addTimer(callback: () => void, delayMs: number, tab: Tab | null): () => void {
    const timer: Timer = { at: now + Math.max(0, delayMs), callback, tab };
    insert(timer);
    return () => void (timer.callback = null);
  }

  function nextTimer(until: number): (() => void) | null {
    for (let index = timers.length - 1; index >= 0; index--) {
      const timer = timers[index];
      if (timer === undefined || timer.at > until) return null;
      if (timer.callback !== null && timer.tab?.frozen === true) continue;
      timers.splice(index, 1);
      if (timer.callback === null) continue;
      now = Math.max(now, timer.at);
      return timer.callback;
    }
    return null;
  }

  const browser: Browser = {
    onStep: null,
    onMessage: () => [1],
    get now() {
      return now;
    },
    shiftWallClock(ms) {
      wallClockShift += ms;
    },
    setTimer: (callback, delayMs) => addTimer(callback, delayMs, null),
    delay: (ms) => new Promise((resolve) => void addTimer(resolve, ms, null)),
    sleep(ms) {
      if (asleepSince !== null) return;
      asleepSince = now;
      addTimer(browser.wake, ms, null);
    },
    wake() {
      if (asleepSince === null) return;
      const ms = now - asleepSince;
      asleepSince = null;
      slept += ms;
      const shifted = timers.filter(({ tab }) => tab !== null);
      timers.splice(0, timers.length, ...timers.filter(({ tab }) => tab === null));
      for (const timer of shifted.toReversed()) {
        timer.at += ms;
        insert(timer);
      }
      for (const thaw of wakers) thaw();
    },
    async settle() {
      await takeTurns();
      browser.onStep?.();
    },
    async advance(ms) {
      const until = now + ms;
      await browser.settle();
      for (let callback = nextTimer(until); callback !== null; callback = nextTimer(until)) {
        callback();
        await browser.settle();
      }
      now = until;
    },
    openTab(fetch, { random = () => 0.5, tabs: shared = true } = {}) {
      let online = true;
      let visible = true;
      const listeners = new Set<(event: PageEvent) => void>();
      let frozen = false;
      const thawed: (() => void)[] = [];
      let thawedAt = 0;
      const isFrozen = (): boolean => frozen || asleepSince !== null;
      const whenThawed = (): Promise<void> =>
        isFrozen() ? new Promise((resolve) => void thawed.push(resolve)) : Promise.resolve();
      const thaw = (): void => {
        if (isFrozen()) return;
        thawedAt = now;
        for (const resolve of thawed.splice(0)) resolve();
      };
      wakers.push(thaw);
      const fetchInTab: Fetch = async (url, init) => {
        const response = await fetch(url, init);
        await whenThawed();
        // What is no stream of the platform keeps its own order with the tab.
        if (!(response.body instanceof ReadableStream)) return response;
        if (response.headers.get('content-type') !== 'text/event-stream') return response;
        const held = new TransformStream<Uint8Array, Uint8Array>({
          async transform(piece, controller) {
            await whenThawed();
            controller.enqueue(piece);
          },
        });
        const { status, headers } = response;
        return new Response(response.body.pipeThrough(held), { status, headers });
      };
      const tab: Tab = {
        get frozen() {
          return isFrozen();
        },
        set frozen(next) {
          frozen = next;
          thaw();
        },
        whenThawed,
        get thawedAt() {
          return thawedAt;
        },
        emit(event) {
          if (event === 'online' || event === 'offline') online = event === 'online';
          if (event === 'visible' || event === 'hidden') visible = event === 'visible';
          for (const listener of listeners) listener(event);
        },
        environment: {
          active: true,
          fetch: fetchInTab,
          now: () => now - slept,
          wallClock: () => now + wallClockShift,
          setTimer: (callback, delayMs) => addTimer(callback, delayMs, tab),
          random,
          uuid: () => `operation-${String((uuids += 1))}`,
          isOnline: () => online,
          isVisible: () => visible,
          listen(listener) {
            listeners.add(listener);
            return () => void listeners.delete(listener);
          },
          channel: shared
            ? (name, onMessage) => {
                const members = channels.get(name) ?? new Set();
                channels.set(name, members);
                const member = { tab, onMessage };
                members.add(member);
                return {
                  post(message) {
                    const copy = structuredClone(message);
                    for (const other of members) {
                      if (other === member) continue;
                      for (const delayMs of browser.onMessage()) {
                        addTimer(() => members.has(other) && other.onMessage(copy), delayMs, other.tab);
                      }
                    }
                  },
                  close: () => void members.delete(member),
                };
              }
            : null,
        },
      };
      return tab;
    },
  };

  return browser;
}
