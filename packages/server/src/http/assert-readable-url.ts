import { assertStorable, CreditsError } from 'realtime-credits/contract';

/** Most addresses: without a query, and without anything that needs decoding. */
const PLAIN = /^[\w.:/-]*$/;

/**
 * Refuses an address that cannot be read: a malformed `%` in its path, or text in path or query that no database takes.
 * Call it before anything else looks at the address; the handler's own routes do so by themselves.
 *
 * @param url - Absolute, or a request target such as `/servers?id=1`.
 * @throws {CreditsError} `invalid_request`
 */
export function assertReadableUrl(url: string): void {
  const base = 'http://localhost';
  if (PLAIN.test(url) && URL.canParse(url, base)) return;
  const parsed = URL.canParse(url, base) ? new URL(url, base) : null;
  if (parsed === null) throw new CreditsError('invalid_request', 'The address cannot be read.');
  assertStorable([decodePath(parsed.pathname), ...[...parsed.searchParams].flat()], 'The address');
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new CreditsError('invalid_request', 'The path has a malformed % sequence.', { cause });
  }
}
