/**
 * Decides when the balance is asked for; never what the answer means. One request at a time; a question during one, or
 * within five seconds of one, becomes a trailing request and is never dropped.
 */
import type { Environment } from './environment.ts';

/** Questions that can wait and come within this time of a request share the one that follows it. */
const COALESCE_MS = 5_000;

export interface Poller {
  /** Asks at once, or when the request that is out is done. Resolves when a request started since is done. */
  askNow(): Promise<void>;
  /** The same, at the end of the coalescing time. */
  askSoon(): Promise<void>;
  /** When to ask next by itself, in milliseconds from now; null for never. A question that waits already still goes out. */
  plan(delayMs: number | null): void;
  /** Forgets what is planned and asked. Those who wait are let go. */
  clear(): void;
}

/** @param read - Sends one request. Resolves to whether it was not given up by ourselves. Never rejects. */
export function createPoller(environment: Environment, read: () => Promise<boolean>): Poller {
  let running = false;
  let startedAt = -Infinity;
  let plannedAt = Infinity;
  let askedAt = Infinity;
  let cancelTimer = (): void => undefined;
  let waiting: (() => void)[] = [];

  function arm(): void {
    cancelTimer();
    const at = Math.min(plannedAt, askedAt);
    if (running || at === Infinity) return;
    const delayMs = at - environment.now();
    if (delayMs <= 0) void run();
    else cancelTimer = environment.setTimer(() => void run(), delayMs);
  }

  async function run(): Promise<void> {
    running = true;
    startedAt = environment.now();
    plannedAt = askedAt = Infinity;
    const answered = waiting;
    waiting = [];
    // An aborted request has told nobody anything: the next question does not wait for it.
    if (!(await read())) startedAt = -Infinity;
    running = false;
    for (const resolve of answered) resolve();
    arm();
  }

  function askAt(at: number): Promise<void> {
    askedAt = Math.min(askedAt, at);
    const done = new Promise<void>((resolve) => waiting.push(resolve));
    arm();
    return done;
  }

  return Object.freeze<Poller>({
    askNow: () => askAt(environment.now()),
    askSoon: () => askAt(Math.max(environment.now(), startedAt + COALESCE_MS)),
    plan(delayMs) {
      plannedAt = delayMs === null ? Infinity : environment.now() + delayMs;
      arm();
    },
    clear() {
      plannedAt = askedAt = Infinity;
      cancelTimer();
      for (const resolve of waiting.splice(0)) resolve();
    },
  });
}
