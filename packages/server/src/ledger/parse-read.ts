import { HISTORY_LIMIT_MAX, HOLD_LIST_STATES, HOLDS_LIMIT_MAX, parseVersion } from 'realtime-credits/contract';
import type { Head, HoldListOptions, VerifyOptions } from './ledger.ts';
import { isHoldId } from './rules/hold-id.ts';
import { invalidField, parseUserAccount } from './rules/parse.ts';
import type { HoldsQuery } from './storage.ts';

/** Unknown to typed, for the arguments of reads. */

/** Heads of one page, and of one comparison: bounds what a call keeps in memory. */
export const HEADS_MAX = 1_000;

/** Lots of one list. */
const LOTS_LIMIT_MAX = 100;

/** Entries of a history page, and holds or lots of a list, when the caller does not say. */
const PAGE_LIMIT = 25;

export function parseLimit(value: unknown, max: number): number {
  const limit = parseVersion(value, 'limit');
  if (limit >= 1 && limit <= max) return limit;
  throw invalidField('limit', `limit must be 1 to ${max}: got ${limit}.`);
}

/** Reads which page of a history is asked for. */
export function parseHistory(options: { before?: number; limit?: number } = {}): {
  before: number | null;
  limit: number;
} {
  const { before, limit = PAGE_LIMIT } = options;
  return {
    before: before === undefined ? null : parseVersion(before, 'before'),
    limit: parseLimit(limit, HISTORY_LIMIT_MAX),
  };
}

/** Reads how many lots are asked for. */
export function parseLots({ limit = PAGE_LIMIT }: { limit?: number } = {}): number {
  return parseLimit(limit, LOTS_LIMIT_MAX);
}

/** Reads which holds are asked for. The hold that a page continues from need not exist. */
export function parseHolds({ state = 'open', before, limit = PAGE_LIMIT }: HoldListOptions = {}): HoldsQuery {
  if (!HOLD_LIST_STATES.includes(state)) {
    throw invalidField('state', `state must be one of ${HOLD_LIST_STATES.join(', ')}.`);
  }
  if (before !== undefined && !isHoldId(before)) throw invalidField('before', 'before must be the id of a hold.');
  return { state, before: before ?? null, limit: parseLimit(limit, HOLDS_LIMIT_MAX) };
}

/** Reads an ISO instant, as milliseconds since 1970. */
export function parseInstant(value: unknown): number {
  // Only the common form: others that Date.parse accepts mean different things in different places.
  const hasForm = typeof value === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(value);
  const instantMs = hasForm ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instantMs)) throw invalidField('instant', 'instant must be an ISO instant.');
  return instantMs;
}

function parseHead(value: Head): Head {
  if (typeof value !== 'object' || value === null) throw invalidField('heads', 'heads must be a list of heads.');
  const { hash } = value;
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) {
    throw invalidField('heads', 'The hash of a head must be 64 hexadecimal digits.');
  }
  const version = parseVersion(value.version, 'heads');
  if (version === 0)
    throw invalidField('heads', 'The version of a head must be at least 1: before it there is no hash.');
  return { account: parseUserAccount(value.account, 'heads'), version, hash };
}

/** Reads what to verify. */
export function parseVerify(options: VerifyOptions = {}): VerifyOptions {
  if (typeof options !== 'object' || options === null) throw invalidField('options', 'options must be an object.');
  const { account, heads = [], onProgress } = options;
  if (!Array.isArray(heads) || heads.length > HEADS_MAX) {
    throw invalidField('heads', `heads must be a list of at most ${HEADS_MAX}: compare more of them page by page.`);
  }
  return {
    ...(account === undefined ? {} : { account: parseUserAccount(account) }),
    heads: heads.map(parseHead),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

/** Reads which page of heads is asked for. */
export function parseHeads(options: { after?: string; limit?: number } = {}): { after: string; limit: number } {
  const { after, limit = HEADS_MAX } = options;
  return {
    after: after === undefined ? '' : parseUserAccount(after, 'after'),
    limit: parseLimit(limit, HEADS_MAX),
  };
}
