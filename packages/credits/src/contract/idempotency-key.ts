import { CreditsError } from './error.ts';

/** Longest idempotency key, in characters. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 128;

/**
 * Reads an idempotency key: 1 to 128 visible ASCII characters except the comma, which separates ids in a query.
 *
 * @throws {CreditsError} `invalid_request` — empty, too long, or with another character.
 */
export function parseIdempotencyKey(value: unknown, name = 'idempotencyKey'): string {
  if (typeof value === 'string' && /^[!-+\--~]{1,128}$/.test(value)) return value;
  throw new CreditsError(
    'invalid_request',
    `${name} must be 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters without a comma.`,
    {
      details: { field: name },
    },
  );
}
