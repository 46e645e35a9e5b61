import { CREDITS_MAX, parseVersion, type TransferKind } from 'realtime-credits/contract';
import type { TransferFilter } from './operator.ts';
import { parseInstant, parseLimit } from './parse-read.ts';
import { invalidField, parseUserAccount } from './rules/parse.ts';

/** Unknown to typed, for lists of transfers. */

const KINDS = {
  grant: true,
  spend: true,
  transfer: true,
  adjust: true,
  reverse: true,
  post: true,
  breakage: true,
  start: true,
  charge: true,
  suspend: true,
  resume: true,
  stop: true,
  allowance: true,
  refill: true,
} as const satisfies Record<TransferKind, true>;

const LIMIT_MAX = 100;
const LIMIT = 25;
const MOVERS = 10;
const TEXT_LENGTH_MAX = 200;

/** A filter with every condition: null where there is none. Instants are ISO. */
export interface TransfersQuery {
  account: string | null;
  kinds: readonly TransferKind[] | null;
  reason: string | null;
  amountMin: number | null;
  amountMax: number | null;
  from: string | null;
  until: string | null;
  before: TransferCursor | null;
  limit: number;
}

/** The last transfer of a page: by its version of the account, or by its instant and its debit side. */
export type TransferCursor = { version: number } | { atMs: number; debit: number; debitVersion: number };

export function parseTransfers({
  filter = {},
  before,
  limit = LIMIT,
}: {
  filter?: TransferFilter;
  before?: string;
  limit?: number;
}): TransfersQuery {
  if (typeof filter !== 'object' || filter === null) throw invalidField('filter', 'filter must be an object.');
  const { account, kinds, reason, amountMin, amountMax, from, until } = filter;
  if (kinds !== undefined && !(Array.isArray(kinds) && kinds.every((kind) => Object.hasOwn(KINDS, String(kind))))) {
    throw invalidField('kinds', `kinds must be a list of ${Object.keys(KINDS).join(', ')}.`);
  }
  if (reason !== undefined && !isText(reason)) {
    throw invalidField('reason', `reason must have 1 to ${TEXT_LENGTH_MAX} characters.`);
  }
  const instant = (value: string | undefined) =>
    value === undefined ? null : new Date(parseInstant(value)).toISOString();
  return {
    account: account === undefined ? null : parseUserAccount(account),
    kinds: kinds ?? null,
    reason: reason ?? null,
    amountMin: amountMin === undefined ? null : parseVersion(amountMin, 'amountMin'),
    amountMax: amountMax === undefined ? null : parseVersion(amountMax, 'amountMax'),
    from: instant(from),
    until: instant(until),
    before: before === undefined ? null : parseCursor(before, account !== undefined),
    limit: parseLimit(limit, LIMIT_MAX),
  };
}

/** Bounds what one call searches for. */
const INSTANTS_MAX = 400;

/** Reads instants, as ISO. */
export function parseInstants(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > INSTANTS_MAX) {
    throw invalidField('instants', `instants must be a list of 1 to ${INSTANTS_MAX} instants.`);
  }
  return value.map((instant) => new Date(parseInstant(instant)).toISOString());
}

/** Reads whose movements are asked for. */
export function parseMovers({ from, limit = MOVERS }: { from: string; limit?: number }): {
  from: string;
  limit: number;
} {
  return { from: new Date(parseInstant(from)).toISOString(), limit: parseLimit(limit, LIMIT_MAX) };
}

export function formatTransferCursor(cursor: TransferCursor): string {
  return 'version' in cursor ? `${cursor.version}` : `${cursor.atMs}.${cursor.debit}.${cursor.debitVersion}`;
}

function parseCursor(value: unknown, isOfAccount: boolean): TransferCursor {
  const numbers =
    typeof value === 'string' && /^\d{1,16}(\.\d{1,16}){0,2}$/.test(value) ? value.split('.').map(Number) : [];
  const [first = 0, debit = 0, debitVersion = 0] = numbers;
  const isInRange = numbers.every((number) => number <= CREDITS_MAX) && (isOfAccount || first <= INSTANT_MAX);
  if (numbers.length !== (isOfAccount ? 1 : 3) || !isInRange) {
    throw invalidField('before', 'before must be the next of a page with the same filter.');
  }
  return isOfAccount ? { version: first } : { atMs: first, debit, debitVersion };
}

/** The largest instant that a date can be. */
const INSTANT_MAX = 8.64e15;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(value);
}
