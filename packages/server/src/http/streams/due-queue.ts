import type { Clock } from '../../clock.ts';

/**
 * Calls back for each of many items once, after the same delay, with one timer for all of them: a timer each is a tenth of
 * the memory of an idle stream.
 *
 * Because the delay is the same, the order of arrival is the order in which they are due.
 */
export interface DueQueue<T> {
  /** Starts the delay of an item; restarts it when it was there already. */
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
    stopTimer = clock.setTimer(callDue, Math.max(0, next - clock.monotonicMs()));
  }

  function callDue(): void {
    stopTimer = null;
    const nowMs = clock.monotonicMs();
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
      // A small integer needs no heap object.
      dueMs.set(item, Math.ceil(clock.monotonicMs() + delayMs));
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
