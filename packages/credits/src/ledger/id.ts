import { randomBytes } from 'node:crypto';

/**
 * Makes a UUIDv7: ids of one process sort by the millisecond of their making, which keeps index pages together.
 * Never an order to rely on: that is what versions are for.
 *
 * @see RFC 9562, 5.7
 */
export function createId(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether a text has the shape of the ids that we make. Other texts name nothing, and never reach a `uuid` parameter. */
export function isId(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}
