import { hash } from 'node:crypto';
import { quote } from './quote.ts';

/**
 * Writes plain JSON with its keys in order, so that equal arguments give equal text however they were built.
 * Absent and undefined are the same, as they are on the wire.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    let text = '';
    for (const name of Object.keys(fields).toSorted()) {
      if (fields[name] === undefined) continue;
      text += `${text === '' ? '' : ','}${quote(name)}:${canonicalJson(fields[name])}`;
    }
    return `{${text}}`;
  }
  return JSON.stringify(value);
}

/**
 * Tells whether two commands under one key are the same (L-6): a digest of the kind and of every argument, reason and
 * metadata included. The key and the actor are not in it: they are what it is found by.
 */
export function createFingerprint(kind: string, args: Record<string, unknown>): string {
  return hash('sha256', canonicalJson([kind, args]), 'base64url');
}
