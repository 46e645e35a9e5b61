import { CreditsError } from './error.ts';

/** NUL and half of a surrogate pair: Postgres stores neither, so no text of a request may have one. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/**
 * Refuses text that no database takes, anywhere in a JSON value: in strings, in lists, in names and values of objects.
 *
 * @throws {CreditsError} `invalid_request` — names the field that `name` says.
 */
export function assertStorable(value: unknown, name: string): void {
  // A list and not a recursion: how deep a value is nested is its sender's choice.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === 'string') assertStorableText(next, name);
    else if (Array.isArray(next)) for (const item of next) rest.push(item);
    else if (typeof next === 'object' && next !== null) for (const part of Object.entries(next)) rest.push(...part);
  }
}

function assertStorableText(text: string, name: string): void {
  if (!UNSTORABLE.test(text)) return;
  throw new CreditsError('invalid_request', `${name} must not contain NUL or half of a surrogate pair.`, {
    details: { field: name },
  });
}
