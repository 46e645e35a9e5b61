import { isCreditsError } from 'realtime-credits/contract';
import { SYSTEM_CLOCK, type Clock } from '../../clock.ts';
import { toUnavailable } from './sql-error.ts';

type OnWarning = (message: string, cause: unknown) => void;

/** A fault that was not seen for this long has ended: the next one is reported at once. */
const QUIET_MS = 10_000;

/** A fault that lasts is reported again after this, with the number of failures in between. */
const REPEAT_MS = 60_000;

interface Fault {
  reportedAtMs: number;
  seenAtMs: number;
  /** Failures since the last report. */
  count: number;
}

/** By the host's function and by ours: a fault is one line, however many parts of a process log to the same place. */
const known = new WeakMap<OnWarning, OnWarning>();

/**
 * Makes one warning of a fault of the database, however many requests and background tasks it fails: the first at once, then
 * one per minute with a count. Other warnings pass as they are. The same function gives the same result.
 *
 * @param clock - For tests.
 */
export function groupFaults(onWarning: OnWarning, clock: Pick<Clock, 'monotonicMs'> = SYSTEM_CLOCK): OnWarning {
  const existing = known.get(onWarning);
  if (existing !== undefined) return existing;
  const faults = new Map<string, Fault>();

  function report(message: string, cause: unknown): void {
    const error = toUnavailable(cause);
    // `unavailable` without a cause is a refusal of ours, such as a full queue: nothing failed.
    if (!isCreditsError(error) || error.code !== 'unavailable' || error.cause === undefined) {
      return onWarning(message, cause);
    }
    const now = clock.monotonicMs();
    const fault = faults.get(error.message);
    const isNew = fault === undefined || now - fault.seenAtMs > QUIET_MS;
    if (!isNew && now - fault.reportedAtMs < REPEAT_MS) {
      fault.seenAtMs = now;
      fault.count += 1;
      return;
    }
    faults.set(error.message, { reportedAtMs: now, seenAtMs: now, count: 0 });
    onWarning(isNew ? message : `${message} And ${fault.count} more failures of the same cause.`, error);
  }

  known.set(onWarning, report).set(report, report);
  return report;
}
