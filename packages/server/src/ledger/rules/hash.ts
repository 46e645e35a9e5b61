import { hash } from 'node:crypto';
import type { JournalRow, JournalSide } from './state.ts';

/**
 * The hash chain. Each journal row's hash covers the row and the newest hashes of the accounts on both of its sides, and
 * becomes the newest hash of both. Changing, moving or removing a row changes every later hash of both accounts, so a
 * hash that was stored elsewhere no longer matches.
 *
 * The one definition of the canonical form. Verification computes the same form in SQL: fields in the order below, joined
 * by U+001F, with U+001E for null; numbers in decimal, instants in microseconds since 1970, hashes and digests in hex,
 * metadata, parcels, rate and allowance as the stored text. A row ends with the last of these three that it has. Neither
 * separator can occur in a field:
 * texts with control characters are refused.
 */

const SEPARATOR = '\u001f';
const NULL = '\u001e';

/** What the first row of an account follows. */
export const EMPTY_HASH = '';

/**
 * The hash of a row.
 *
 * @param heads - The accounts' hashes before the row; empty before the first row, and on an empty side.
 * @param holdDestination - Of a row that opens a hold: the id of its destination, or null for the spent account. It is
 *   stored with the hold only.
 */
export function hashRow(
  row: Omit<JournalRow, 'hash'>,
  heads: { debit: string; credit: string },
  holdDestination: string | null,
): string {
  return hash('sha256', canonicalRow(row, heads, holdDestination), 'hex');
}

export function canonicalRow(
  row: Omit<JournalRow, 'hash'>,
  heads: { debit: string; credit: string },
  holdDestination: string | null,
): string {
  const { reverses } = row;
  return [
    heads.debit,
    heads.credit,
    canonicalSide(row.debit),
    canonicalSide(row.credit),
    row.amount ?? NULL,
    row.kind,
    row.actor,
    row.key ?? NULL,
    row.fingerprint ?? NULL,
    row.reason,
    row.metadata ?? NULL,
    reverses?.debit ?? NULL,
    reverses?.version ?? NULL,
    row.hold ?? NULL,
    holdDestination ?? NULL,
    row.holdRemaining ?? NULL,
    toMicroseconds(row.holdExpiresAtMs),
    toMicroseconds(row.createdAtMs),
    ...optionalFields([row.lots, row.rate, row.allowance]),
  ].join(SEPARATOR);
}

function optionalFields(fields: readonly (string | null)[]): string[] {
  return fields.slice(0, fields.findLastIndex((field) => field !== null) + 1).map((field) => field ?? NULL);
}

function canonicalSide(side: JournalSide | null): string {
  if (side === null) return `${NULL}${SEPARATOR}${NULL}${SEPARATOR}${NULL}${SEPARATOR}${NULL}`;
  return `${side.id}${SEPARATOR}${side.version}${SEPARATOR}${side.posted}${SEPARATOR}${side.held}`;
}

/** The finest instants that the database stores, so a change below a millisecond is noticed too. */
function toMicroseconds(ms: number | null): string {
  if (ms === null) return NULL;
  return ms === 0 ? '0' : `${ms}000`;
}
