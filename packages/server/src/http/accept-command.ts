import { ACCOUNT_HEADER, CreditsError, IDEMPOTENCY_KEY_HEADER, parseIdempotencyKey } from 'realtime-credits/contract';
import { assertTrustedOrigin } from './origin.ts';

export interface AcceptOptions {
  /** Further origins whose pages may send commands, as in `createCreditsHandler`. @default only the request's own origin */
  trustedOrigins?: readonly string[];
  /** Makes the key of a request that has none. @default a random UUID */
  createKey?: () => string;
}

/**
 * Checks a request of a host's own mutating route before its command is sent to the ledger, and returns the command's
 * idempotency key: the operation id that the client sent, or a new one for a plain `fetch`, which cannot be repeated.
 *
 * Refuses what a page of another site made the browser send, and what a page sent for another account (account fence): a
 * cookie belongs to the whole browser, so after another user signed in, an older page would charge that user, or repeat an
 * earlier charge.
 *
 * @param account - The account of the session.
 * @throws {CreditsError} `forbidden` — from a page of another site
 * @throws {CreditsError} `unauthenticated` — from a page of another account
 * @throws {CreditsError} `invalid_request` — the key is malformed
 */
export function acceptCommand(request: Request, account: string, options: AcceptOptions = {}): string {
  const { trustedOrigins, createKey = () => crypto.randomUUID() } = options;
  assertTrustedOrigin(request, trustedOrigins);
  const sender = request.headers.get(ACCOUNT_HEADER);
  if (sender !== null && sender !== account) {
    throw new CreditsError('unauthenticated', 'Another user has signed in since this page was opened.');
  }
  const key = request.headers.get(IDEMPOTENCY_KEY_HEADER);
  return key === null ? createKey() : parseIdempotencyKey(key, IDEMPOTENCY_KEY_HEADER);
}
