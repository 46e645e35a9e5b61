/** What the door asks of time and chance. Tests bring their own; hosts never need to. */
export interface Clock {
  /** Milliseconds from any beginning. Never goes back. */
  now(): number;
  /** Calls back once after so many milliseconds, without keeping the process alive. Returns the cancellation. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** A number from 0 up to but without 1. */
  random(): number;
}

/** The clock of the machine. */
export function createSystemClock(): Clock {
  return Object.freeze({
    now: () => performance.now(),
    setTimer(callback: () => void, delayMs: number) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
}
