import { createHash } from 'node:crypto';

/**
 * Writes plain JSON with its keys in order, so that equal arguments give equal text however they were built.
 * Absent and undefined are the same, as they are on the wire.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}

/**
 * Tells whether two commands under one key are the same (L-6): a digest of the kind and of every argument, reason and
 * metadata included. The key and the actor are not in it: they are what it is found by.
 */
export function createFingerprint(kind: string, args: Record<string, unknown>): string {
  return createHash('sha256')
    .update(canonicalJson([kind, args]))
    .digest('base64url');
}
