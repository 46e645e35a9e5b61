import type { Clock } from '../../src/http/clock.ts';

/** A clock that stands still until it is advanced. Timers fire in order of their instant. */
export function createManualClock(random = 0.5) {
  const timers = new Set<{ at: number; callback: () => void }>();
  let now = 0;
  const clock: Clock = {
    setTimer(callback, delayMs) {
      const timer = { at: now + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    now: () => now,
    random: () => random,
  };
  return {
    clock,
    advance(ms: number): void {
      const until = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = next.at;
        next.callback();
      }
      now = until;
    },
    /** Timers that were set and neither fired nor stopped. */
    get waiting(): number {
      return timers.size;
    },
  };
}
