/** What players call the kinds of activity, and how addresses of the activity page name what is shown. */

export const ACTIVITY_GROUPS = [
  'earned',
  'gifts',
  'received',
  'refunds',
  'adjusted',
  'spent',
  'sent',
  'reserved',
  'released',
  'expired',
] as const;
export type ActivityGroup = (typeof ACTIVITY_GROUPS)[number];

export const GROUP_LABELS: Record<ActivityGroup, string> = {
  earned: 'Earned',
  gifts: 'Gifts',
  received: 'Received from others',
  refunds: 'Refunds and reversals',
  adjusted: 'Adjusted by the team',
  spent: 'Spent',
  sent: 'Sent to others',
  reserved: 'Reserved',
  released: 'Released',
  expired: 'Expired',
};

/** What the activity page shows, as its address says it. Days are of the reader's time zone, both included. */
export interface ActivityQuery {
  way?: 'in' | 'out';
  type?: ActivityGroup;
  q?: string;
  min?: string;
  max?: string;
  from?: string;
  to?: string;
  tz?: string;
}

const QUERY_NAMES = ['way', 'type', 'q', 'min', 'max', 'from', 'to', 'tz'] as const;

const SEARCH_LENGTH_MAX = 100;

/** What an address asks for. What cannot be meant is left out: a mistyped address shows more, and never an error. */
export function readActivityQuery(
  params: Readonly<Record<string, string | readonly string[] | undefined>>,
): ActivityQuery {
  const text = (name: (typeof QUERY_NAMES)[number]) => {
    const value = params[name];
    return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim();
  };
  const way = text('way');
  const type = ACTIVITY_GROUPS.find((group) => group === text('type'));
  const q = text('q')
    .slice(0, SEARCH_LENGTH_MAX)
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ')
    .trim();
  const amount = (name: 'min' | 'max') => (/^\d{1,15}$/.test(text(name)) ? { [name]: text(name) } : {});
  const day = (name: 'from' | 'to') => (isDay(text(name)) ? { [name]: text(name) } : {});
  const query: ActivityQuery = {
    ...(way === 'in' || way === 'out' ? { way } : {}),
    ...(type === undefined ? {} : { type }),
    ...(q === '' ? {} : { q }),
    ...amount('min'),
    ...amount('max'),
    ...day('from'),
    ...day('to'),
  };
  // A time zone alone narrows nothing.
  const hasDay = query.from !== undefined || query.to !== undefined;
  return hasDay && isTimeZone(text('tz')) ? { ...query, tz: text('tz') } : query;
}

/** Writes a query as an address does, without the question mark; '' when everything is shown. */
export function writeActivityQuery(query: ActivityQuery): string {
  return new URLSearchParams(
    QUERY_NAMES.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])),
  ).toString();
}

/** Whether a text is a day of the calendar, such as `2026-11-22`. */
export function isDay(text: string): boolean {
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
}

/** Whether a text names a time zone. */
export function isTimeZone(text: string): boolean {
  if (text === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
