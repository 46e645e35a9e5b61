import { APPLIED_SPAN_MAX, type Snapshot } from 'realtime-credits/contract';

/**
 * Merges two frames that were not sent yet: the newer state, and every operation that either of them lists.
 *
 * `from` is the older frame's only if the newer one begins no later than the older one ends. If versions between them are
 * unknown, or the list would grow past its limit, the newer frame is sent alone, and its `from` makes the client ask (gap
 * rule).
 */
export function mergeSnapshots(older: Snapshot, newer: Snapshot): Snapshot {
  if (older.epoch !== newer.epoch || newer.from > older.version) return newer;
  const applied = [...new Set([...older.applied, ...newer.applied])];
  if (applied.length > APPLIED_SPAN_MAX) return newer;
  return { ...newer, from: Math.min(older.from, newer.from), applied };
}
