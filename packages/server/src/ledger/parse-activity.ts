import { parseVersion } from 'realtime-credits/contract';
import { ACTIVITY_KINDS, type ActivityFilter } from './activity.ts';
import { parseInstant, parseLimit } from './parse-read.ts';
import { invalidField, parseUserAccount } from './rules/parse.ts';

/** Unknown to typed, for the arguments of activity reads. */

const LIMIT_MAX = 1_000;
const LIMIT = 25;
/** Points of a chart when the caller does not say. */
const POINTS = 200;
const TEXT_LENGTH_MAX = 200;

/** Where a page begins: among the reserved lines, which come first, or among the others. */
export interface ActivityCursor {
  isReserved: boolean;
  before: number;
}

/** Reads which page is asked for. */
export function parseActivityPage({ before, limit = LIMIT }: { before?: string; limit?: number }): {
  cursor: ActivityCursor;
  limit: number;
} {
  const size = parseLimit(limit, LIMIT_MAX);
  if (before === undefined) return { cursor: { isReserved: true, before: Number.MAX_SAFE_INTEGER }, limit: size };
  const match = typeof before === 'string' ? /^(r?)(\d{1,16})$/.exec(before) : null;
  if (match === null) throw invalidField('before', 'before must be the next of a page.');
  return { cursor: { isReserved: match[1] === 'r', before: parseVersion(Number(match[2]), 'before') }, limit: size };
}

/** Reads which balances are asked for. */
export function parseBalances({
  from,
  until,
  points = POINTS,
}: { from?: string; until?: string; points?: number } = {}): {
  from: string | null;
  until: string | null;
  points: number;
} {
  const instant = (value: string | undefined) =>
    value === undefined ? null : new Date(parseInstant(value)).toISOString();
  if (points === 1) throw invalidField('points', 'points must be at least 2.');
  return { from: instant(from), until: instant(until), points: parseLimit(points, LIMIT_MAX) };
}

/** Reads a filter; unknown conditions are left out. */
export function parseActivityFilter(filter: ActivityFilter = {}): ActivityFilter {
  if (typeof filter !== 'object' || filter === null) throw invalidField('filter', 'filter must be an object.');
  const { kinds, direction, text, amountMin, amountMax, from, until } = filter;
  if (kinds !== undefined && !isListOf(kinds, (kind) => (ACTIVITY_KINDS as readonly unknown[]).includes(kind))) {
    throw invalidField('kinds', `kinds must be a list of ${ACTIVITY_KINDS.join(', ')}.`);
  }
  if (direction !== undefined && direction !== 'in' && direction !== 'out') {
    throw invalidField('direction', 'direction must be in or out.');
  }
  for (const name of ['categories', 'exceptCategories', 'rates'] as const) {
    if (filter[name] !== undefined && !isListOf(filter[name], isText)) {
      throw invalidField(name, `${name} must be a list of texts.`);
    }
  }
  if (text !== undefined && !(isText(text?.reason) && text.reason !== '')) {
    throw invalidField('text', `text.reason must have 1 to ${TEXT_LENGTH_MAX} characters.`);
  }
  if (text?.counterparty !== undefined) parseUserAccount(text.counterparty, 'text.counterparty');
  const instant = (value: string) => new Date(parseInstant(value)).toISOString();
  return {
    ...filter,
    ...(amountMin === undefined ? {} : { amountMin: parseVersion(amountMin, 'amountMin') }),
    ...(amountMax === undefined ? {} : { amountMax: parseVersion(amountMax, 'amountMax') }),
    ...(from === undefined ? {} : { from: instant(from) }),
    ...(until === undefined ? {} : { until: instant(until) }),
  };
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(value);
}
