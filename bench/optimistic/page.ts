/**
 * The page that every contestant runs in: a document in memory, and timers and a clock that belong to the schedule's
 * virtual browser. Libraries take hold of these globals when they are loaded, so this is installed before any of them.
 */
import { Window } from 'happy-dom';
import type { Browser } from '../../packages/credits/test/support/browser.ts';
import type { Random } from '../../packages/credits/test/support/random.ts';

export interface Page {
  /** Hands the clock, the timers and the dice to one schedule; null gives them back. */
  use(run: { browser: Browser; random: Random } | null): void;
  /** What a person does who looks at another tab, and comes back. */
  setVisible(visible: boolean): void;
}

export function installPage(): Page {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, now: Date.now, random: Math.random };
  const window = new Window({ url: 'https://panel.example/' });
  const timers = new Map<number, () => void>();
  let current: { browser: Browser; random: Random } | null = null;
  let ids = 0;
  let visible = true;

  function arm(browser: Browser, callback: () => void, delayMs: unknown, repeat: boolean): number {
    const id = (ids += 1);
    const fire = (): void => {
      if (repeat) timers.set(id, browser.setTimer(fire, ms));
      else timers.delete(id);
      callback();
    };
    const ms = Number(delayMs) || 0;
    timers.set(id, browser.setTimer(fire, ms));
    return id;
  }
  function disarm(id: number): void {
    timers.get(id)?.();
    timers.delete(id);
  }
  const set =
    (repeat: boolean) =>
    (callback: (...values: unknown[]) => void, delayMs?: unknown, ...values: unknown[]): unknown =>
      current === null
        ? (repeat ? real.setInterval : real.setTimeout)(callback, Number(delayMs), ...values)
        : arm(current.browser, () => callback(...values), delayMs, repeat);
  const clear = (id: unknown): void => (typeof id === 'number' ? disarm(id) : real.clearTimeout(id as NodeJS.Timeout));

  Object.assign(window, { requestAnimationFrame: (callback: () => void) => set(false)(callback, 16) });
  Object.defineProperty(window.document, 'visibilityState', { get: () => (visible ? 'visible' : 'hidden') });
  const globals = {
    window,
    document: window.document,
    navigator: window.navigator,
    setTimeout: set(false),
    setInterval: set(true),
    clearTimeout: clear,
    clearInterval: clear,
  };
  // Newer Node versions have a navigator of their own that cannot be assigned to.
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  Date.now = () => (current === null ? real.now() : Date.UTC(2026, 10, 22) + current.browser.now);
  Math.random = () => (current === null ? real.random() : current.random.next());

  return {
    use(run) {
      current = run;
      timers.clear();
      visible = true;
    },
    setVisible(now) {
      visible = now;
      window.document.dispatchEvent(new window.Event('visibilitychange', { bubbles: true }));
      window.dispatchEvent(new window.Event(now ? 'focus' : 'blur'));
    },
  };
}
