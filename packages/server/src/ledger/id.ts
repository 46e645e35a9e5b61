import { randomUUID } from 'node:crypto';

/**
 * Makes a UUIDv7: ids of one process sort by the millisecond of their making, which keeps index pages together.
 * Never an order to rely on: that is what versions are for.
 *
 * @see RFC 9562, 5.7
 */
export function createId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // Node draws the randomness of its own UUIDs in large pieces; ours differ from those in the time and the version.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Whether a text has the shape of the ids that we make. Other texts name nothing, and never reach a `uuid` parameter. */
export function isId(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}
