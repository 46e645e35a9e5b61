import { APPLIED_SPAN_MAX, type Snapshot } from 'realtime-credits/contract';

/**
 * Makes one frame of two that were not sent yet: the newer state, and every operation that either of them names.
 *
 * `from` stays true: it is the older frame's only where the newer one begins no later than the older one ends. Where
 * versions between them are unknown, or the list would grow past its limit, the newer frame stands alone and its `from`
 * tells the reader to ask (the gap rule of the client).
 */
export function mergeSnapshots(older: Snapshot, newer: Snapshot): Snapshot {
  if (older.epoch !== newer.epoch || newer.from > older.version) return newer;
  const applied = [...new Set([...older.applied, ...newer.applied])];
  if (applied.length > APPLIED_SPAN_MAX) return newer;
  return { ...newer, from: Math.min(older.from, newer.from), applied };
}
