import type { TransferKind } from 'realtime-credits';
import {
  RANGE_NAMES,
  readRange,
  searchTextOf,
  textOf,
  writeQuery,
  type AddressParams,
  type RangeQuery,
} from './range-query.ts';

/** What operators call the kinds of transfers, and how the address of the page names what is shown. */

export const TRANSFER_GROUPS = ['granted', 'spent', 'hosting', 'sent', 'adjusted', 'reversed', 'expired'] as const;
export type TransferGroup = (typeof TRANSFER_GROUPS)[number];

export const TRANSFER_KINDS: Record<TransferGroup, readonly TransferKind[]> = {
  granted: ['grant', 'allowance', 'refill'],
  spent: ['spend', 'post'],
  hosting: ['start', 'charge', 'suspend', 'resume', 'stop'],
  sent: ['transfer'],
  adjusted: ['adjust'],
  reversed: ['reverse'],
  expired: ['breakage'],
};

export function toTransferGroup(kind: TransferKind): TransferGroup {
  return TRANSFER_GROUPS.find((group) => TRANSFER_KINDS[group].includes(kind)) ?? 'spent';
}

/** What the page of all transfers shows. */
export interface TransferQuery extends RangeQuery {
  /** A whole user name. */
  user?: string;
  /** A part of the reason. */
  q?: string;
  type?: TransferGroup;
}

const QUERY_NAMES = ['user', 'q', 'type', ...RANGE_NAMES] as const;

/** What an address asks for. What cannot be meant is left out: a mistyped address shows more, and never an error. */
export function readTransferQuery(params: AddressParams): TransferQuery {
  const user = searchTextOf(params, 'user');
  const q = searchTextOf(params, 'q');
  const type = TRANSFER_GROUPS.find((group) => group === textOf(params, 'type'));
  return {
    ...(user === '' ? {} : { user }),
    ...(q === '' ? {} : { q }),
    ...(type === undefined ? {} : { type }),
    ...readRange(params),
  };
}

/** Writes a query as an address does, without the question mark; '' when everything is shown. */
export function writeTransferQuery(query: TransferQuery): string {
  return writeQuery(QUERY_NAMES, query);
}
