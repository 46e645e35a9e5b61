import { randomUUID } from 'node:crypto';
import { CreditsError } from 'realtime-credits/contract';
import { invalidField } from './parse.ts';

/**
 * Makes the id of a hold: a UUIDv7, so ids sort by the millisecond they were made in, and lists of holds are index
 * ranges. Ids of one millisecond have no order.
 *
 * @see RFC 9562, 5.7
 */
export function createHoldId(nowMs: number): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // randomUUID draws its randomness in large blocks. Ours differ from those in the time and the version.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Whether a text has the shape of a hold's id. Others never reach a `uuid` parameter. */
export function isHoldId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

/**
 * Reads the id of a hold.
 *
 * @throws {CreditsError} `invalid_request` — not a text; `hold_not_found` — a text that no hold has as its id
 */
export function parseHoldId(value: unknown): string {
  if (isHoldId(value)) return value;
  if (typeof value !== 'string' || value === '') throw invalidField('hold', 'hold must be the id of a hold.');
  throw new CreditsError('hold_not_found');
}
