import { CreditsError, parseVersion } from 'realtime-credits/contract';
import type { Head, VerifyOptions } from './ledger.ts';
import { parseAccount } from './parse-command.ts';

/** Heads of one page, and of one comparison: bounds what a call keeps in memory. */
export const HEADS_MAX = 1_000;

function invalid(field: string, message: string): CreditsError {
  return new CreditsError('invalid_request', message, { details: { field } });
}

function parseHead(value: Head): Head {
  if (typeof value !== 'object' || value === null) throw invalid('heads', 'heads must be a list of heads.');
  const { hash } = value;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
    throw invalid('heads', 'The hash of a head must be 64 hexadecimal digits.');
  }
  const version = parseVersion(value.version, 'heads');
  if (version === 0) throw invalid('heads', 'The version of a head must be at least 1: before it there is no hash.');
  return { account: parseAccount(value.account, 'heads'), version, hash };
}

/** Reads what to verify. */
export function parseVerify(options: string | VerifyOptions): Required<Omit<VerifyOptions, 'account'>> & {
  account: string | null;
} {
  if (typeof options === 'string') return parseVerify({ account: options });
  if (typeof options !== 'object' || options === null) throw invalid('options', 'options must be an object.');
  const { account, full = false, heads = [], onProgress = () => undefined } = options;
  if (typeof full !== 'boolean') throw invalid('full', 'full must be true or false.');
  if (!Array.isArray(heads) || heads.length > HEADS_MAX) {
    throw invalid('heads', `heads must be a list of at most ${HEADS_MAX}: compare more of them page by page.`);
  }
  return {
    account: account === undefined ? null : parseAccount(account),
    full,
    heads: heads.map(parseHead),
    onProgress,
  };
}

/** Reads which page of heads is asked for. */
export function parseHeadsQuestion(options: { after?: string; limit?: number }): { after: string; limit: number } {
  const { after, limit = HEADS_MAX } = options;
  const count = parseVersion(limit, 'limit');
  if (count < 1 || count > HEADS_MAX) throw invalid('limit', `limit must be 1 to ${HEADS_MAX}: got ${count}.`);
  return { after: after === undefined ? '' : parseAccount(after, 'after'), limit: count };
}
