import { ACCOUNT_HEADER, CreditsError, IDEMPOTENCY_KEY_HEADER, parseIdempotencyKey } from 'realtime-credits/contract';

/**
 * Refuses a command that a page sent for another account (account fence). A cookie belongs to the whole browser: after
 * another user signed in, a page that does not know it yet would charge that user, or repeat an earlier charge.
 *
 * @param account - The account of the session.
 * @throws {CreditsError} `unauthenticated` — the page belongs to another account
 */
export function assertSameAccount(request: Request, account: string): void {
  const sender = request.headers.get(ACCOUNT_HEADER);
  if (sender === null || sender === account) return;
  throw new CreditsError('unauthenticated', 'Another user has signed in since this page was opened.');
}

/**
 * Reads the operation id of a mutating request. Null when it has none, as with a plain `fetch`: then the route makes a key
 * of its own, and the command cannot be repeated.
 *
 * @throws {CreditsError} `invalid_request` — present but not a key
 */
export function readIdempotencyKey(request: Request): string | null {
  const key = request.headers.get(IDEMPOTENCY_KEY_HEADER);
  return key === null ? null : parseIdempotencyKey(key, IDEMPOTENCY_KEY_HEADER);
}
