/**
 * One virtual browser: a clock that only the test moves, and any number of tabs that share locks and channels. Nothing
 * in here waits for real time.
 */
import type { Environment, PageEvent } from '../../src/sync/environment.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Tab {
  environment: Environment;
  /** Tells the page's client what happened; visibility and connection follow the event. */
  emit(event: PageEvent): void;
  /** A frozen tab runs no timer and hears nothing, of the network or of other tabs, until it is thawed; it keeps its lock. */
  frozen: boolean;
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
  /** Called after every timer and every settled moment. */
  onStep: (() => void) | null;
}

interface Timer {
  at: number;
  callback: () => void;
  tab: Tab | null;
}

export function createBrowser(): Browser {
  let now = 1_000;
  let wallClockShift = Date.UTC(2026, 10, 22);
  let uuids = 0;
  const timers = new Set<Timer>();
  const locks = new Map<string, { tab: Tab; onHeld: () => void }[]>();
  const channels = new Map<string, Set<{ tab: Tab; onMessage: (message: unknown) => void }>>();

  function addTimer(callback: () => void, delayMs: number, tab: Tab | null): () => void {
    const timer = { at: now + Math.max(0, delayMs), callback, tab };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  function nextTimer(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.at <= until && timer.tab?.frozen !== true && (first === undefined || timer.at < first.at))
        first = timer;
    }
    return first;
  }

  const browser: Browser = {
    onStep: null,
    get now() {
      return now;
    },
    shiftWallClock(ms) {
      wallClockShift += ms;
    },
    setTimer: (callback, delayMs) => addTimer(callback, delayMs, null),
    delay: (ms) => new Promise((resolve) => void addTimer(resolve, ms, null)),
    async settle() {
      // Answers and streams need some turns of the event loop to be read; none of them is a wait for time.
      for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      browser.onStep?.();
    },
    async advance(ms) {
      const until = now + ms;
      await browser.settle();
      for (let timer = nextTimer(until); timer !== undefined; timer = nextTimer(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.callback();
        await browser.settle();
      }
      now = until;
    },
    openTab(fetch, { random = () => 0.5, tabs = true } = {}) {
      let online = true;
      let visible = true;
      const listeners = new Set<(event: PageEvent) => void>();
      let frozen = false;
      let thawed: (() => void)[] = [];
      const whenThawed = (): Promise<void> =>
        frozen ? new Promise((resolve) => void thawed.push(resolve)) : Promise.resolve();
      const fetchInTab: Fetch = async (url, init) => {
        const response = await fetch(url, init);
        await whenThawed();
        if (response.headers.get('content-type') !== 'text/event-stream' || response.body === null) return response;
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
          return frozen;
        },
        set frozen(next) {
          frozen = next;
          if (next) return;
          for (const resolve of thawed) resolve();
          thawed = [];
        },
        emit(event) {
          if (event === 'online' || event === 'offline') online = event === 'online';
          if (event === 'visible' || event === 'hidden') visible = event === 'visible';
          for (const listener of listeners) listener(event);
        },
        environment: {
          active: true,
          fetch: fetchInTab,
          now: () => now,
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
          lock: tabs ? (name, onHeld) => waitForLock(name, { tab, onHeld }) : null,
          channel: tabs
            ? (name, onMessage) => {
                const members = channels.get(name) ?? new Set();
                channels.set(name, members);
                const member = { tab, onMessage };
                members.add(member);
                return {
                  post(message) {
                    const copy = structuredClone(message);
                    for (const other of members) {
                      if (other !== member) addTimer(() => members.has(other) && other.onMessage(copy), 1, other.tab);
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

  function waitForLock(name: string, waiter: { tab: Tab; onHeld: () => void }): () => void {
    const queue = locks.get(name) ?? [];
    locks.set(name, queue);
    queue.push(waiter);
    const grant = (): void => {
      const first = queue[0];
      if (first !== undefined) addTimer(() => queue[0] === first && first.onHeld(), 0, first.tab);
    };
    if (queue.length === 1) grant();
    return () => {
      const index = queue.indexOf(waiter);
      if (index < 0) return;
      queue.splice(index, 1);
      if (index === 0) grant();
    };
  }

  return browser;
}
