/** The one port for time, and for chance. Tests provide their own; hosts never need to. */
export interface Clock {
  /** Milliseconds since 1970. Decides what is stored, such as when a hold ends. May jump. */
  wallMs(): number;
  /** Milliseconds from an arbitrary origin. Never goes back. Decides delays. */
  monotonicMs(): number;
  /** Calls back once after this many milliseconds, without keeping the process alive. Returns the cancellation. */
  setTimer(callback: () => void, delayMs: number): () => void;
  /** A number from 0 up to but without 1. */
  random(): number;
}

/** The machine's clock. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
  setTimer(callback: () => void, delayMs: number) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: Math.random,
});
