import { ACCOUNT_HEADER, CreditsError, IDEMPOTENCY_KEY_HEADER, parseIdempotencyKey } from 'realtime-credits/contract';

/**
 * Reads the operation id of a mutating request; null when it names none, as a plain `fetch` does: then the route makes a
 * key of its own, and the command is not repeatable.
 *
 * @param account - Who is signed in, by the session. A page that was somebody else's when it sent this is refused: its
 *   user did not ask for it, and what it repeats may have been charged to them already.
 * @throws {CreditsError} `invalid_request` — present but not a key; `unauthenticated` — another user's page.
 */
export function readIdempotencyKey(request: Request, account: string): string | null {
  const sender = request.headers.get(ACCOUNT_HEADER);
  if (sender !== null && sender !== account) {
    throw new CreditsError('unauthenticated', 'Somebody else has signed in since this page was opened.');
  }
  const key = request.headers.get(IDEMPOTENCY_KEY_HEADER);
  return key === null ? null : parseIdempotencyKey(key, IDEMPOTENCY_KEY_HEADER);
}
