import {
  RANGE_NAMES,
  readRange,
  searchTextOf,
  textOf,
  writeQuery,
  type AddressParams,
  type RangeQuery,
} from './range-query.ts';

/** What players call the kinds of activity, and how addresses of the activity page name what is shown. */

export const ACTIVITY_GROUPS = [
  'earned',
  'bought',
  'gifts',
  'received',
  'refunds',
  'adjusted',
  'spent',
  'hosting',
  'sent',
  'reserved',
  'released',
  'expired',
] as const;
export type ActivityGroup = (typeof ACTIVITY_GROUPS)[number];

export const GROUP_LABELS: Record<ActivityGroup, string> = {
  earned: 'Earned',
  bought: 'Bought',
  gifts: 'Gifts',
  received: 'Received from others',
  refunds: 'Refunds and reversals',
  adjusted: 'Adjusted by the team',
  spent: 'Spent',
  hosting: 'Hosting by the hour',
  sent: 'Sent to others',
  reserved: 'Reserved',
  released: 'Released',
  expired: 'Expired',
};

/** What the activity page shows, as its address says it. */
export interface ActivityQuery extends RangeQuery {
  way?: 'in' | 'out';
  type?: ActivityGroup;
  q?: string;
}

const QUERY_NAMES = ['way', 'type', 'q', ...RANGE_NAMES] as const;

/** What an address asks for. What cannot be meant is left out: a mistyped address shows more, and never an error. */
export function readActivityQuery(params: AddressParams): ActivityQuery {
  const way = textOf(params, 'way');
  const type = ACTIVITY_GROUPS.find((group) => group === textOf(params, 'type'));
  const q = searchTextOf(params, 'q');
  return {
    ...(way === 'in' || way === 'out' ? { way } : {}),
    ...(type === undefined ? {} : { type }),
    ...(q === '' ? {} : { q }),
    ...readRange(params),
  };
}

/** Writes a query as an address does, without the question mark; '' when everything is shown. */
export function writeActivityQuery(query: ActivityQuery): string {
  return writeQuery(QUERY_NAMES, query);
}
