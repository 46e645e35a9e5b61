import { parseIdempotencyKey } from '../contract/idempotency-key.ts';
import { IDEMPOTENCY_KEY_HEADER } from '../contract/route.ts';

/**
 * Reads the operation id of a mutating request; null when it names none, as a plain `fetch` does: then the route makes a
 * key of its own, and the command is not repeatable.
 *
 * @throws {CreditsError} `invalid_request` — present but not a key.
 */
export function readIdempotencyKey(request: Request): string | null {
  const key = request.headers.get(IDEMPOTENCY_KEY_HEADER);
  return key === null ? null : parseIdempotencyKey(key, IDEMPOTENCY_KEY_HEADER);
}
