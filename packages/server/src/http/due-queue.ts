import type { Clock } from './clock.ts';

/**
 * Calls back for each of many things once, after the same time for all of them, and keeps one timer for them together: a
 * timer each is a tenth of what an idle stream may weigh.
 *
 * Since the time is the same, the order of arrival is the order in which they are due.
 */
export interface DueQueue<T> {
  /** Begins the time of one; again from the beginning where it was there already. */
  add(item: T): void;
  delete(item: T): void;
}

export interface DueQueueOptions<T> {
  clock: Clock;
  delayMs: number;
  /** Called once for each that was added and not deleted. It may be added again. */
  onDue: (item: T) => void;
}

export function createDueQueue<T>({ clock, delayMs, onDue }: DueQueueOptions<T>): DueQueue<T> {
  const dueMs = new Map<T, number>();
  let stopTimer: (() => void) | null = null;

  function arm(): void {
    const [next] = dueMs.values();
    if (next === undefined || stopTimer !== null) return;
    stopTimer = clock.setTimer(callDue, Math.max(0, next - clock.now()));
  }

  function callDue(): void {
    stopTimer = null;
    const nowMs = clock.now();
    for (const [item, atMs] of dueMs) {
      if (atMs > nowMs) break;
      dueMs.delete(item);
      onDue(item);
    }
    arm();
  }

  return Object.freeze({
    add(item: T) {
      dueMs.delete(item);
      // Whole numbers, which take no memory of their own.
      dueMs.set(item, Math.ceil(clock.now() + delayMs));
      arm();
    },
    delete(item: T) {
      dueMs.delete(item);
      if (dueMs.size > 0) return;
      stopTimer?.();
      stopTimer = null;
    },
  });
}
