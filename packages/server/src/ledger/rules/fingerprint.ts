import { hash } from 'node:crypto';

/** 16 bytes: a collision of two different keys or commands is out of reach, and index pages stay small. */
const DIGEST_HEX_LENGTH = 32;

/** Digest that a key is stored and looked up by. Actors contain no control character, so the two cannot run together. */
export function digestKey(actor: string, key: string): string {
  return hash('sha256', `${actor}\u001f${key}`, 'hex').slice(0, DIGEST_HEX_LENGTH);
}

/**
 * Digest of what a command asks for: its kind and every argument, reason and metadata included. Two commands under one
 * key are the same when their fingerprints are. The key and the actor are not in it: they are what it is found by.
 */
export function createFingerprint(kind: string, args: Readonly<Record<string, unknown>>): string {
  return hash('sha256', canonicalJson([kind, args]), 'hex').slice(0, DIGEST_HEX_LENGTH);
}

/**
 * Writes plain JSON with sorted keys: equal arguments give equal text, whatever order they were built in. Absent and
 * undefined are the same, as they are on the wire.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    const names = Object.keys(fields).filter((name) => fields[name] !== undefined);
    return `{${names
      .toSorted()
      .map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}
