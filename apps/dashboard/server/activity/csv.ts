import { formatCsv } from 'realtime-credits-server';
import { GROUP_LABELS } from '../../lib/activity.ts';
import type { ActivityAnswer, ActivityItem } from '../../lib/api.ts';

const COLUMNS = [
  'Date (UTC)',
  'Type',
  'Reason',
  'To or from',
  'Caused by',
  'Amount',
  'Change',
  'Balance',
  'Refund of',
  'Reference',
];

/** Spreadsheets read a file as UTF-8 when it begins with this. */
const BYTE_ORDER_MARK = '\u{FEFF}';

/**
 * Writes all pages as CSV, one at a time.
 *
 * @param readPage - Reads the page after `before`; without it, the first one.
 */
export async function* writeCsv(
  readPage: (before?: string) => Promise<ActivityAnswer['data']>,
): AsyncGenerator<string, void> {
  yield `${BYTE_ORDER_MARK}${formatCsv(COLUMNS)}`;
  let before: string | null | undefined;
  while (before !== null) {
    const { items, next }: ActivityAnswer['data'] = await readPage(before);
    if (items.length > 0) yield items.map((item) => formatCsv(toFields(item))).join('');
    before = next;
  }
}

function toFields(item: ActivityItem): (string | number)[] {
  return [
    item.created_at,
    GROUP_LABELS[item.group],
    item.reason,
    item.other ?? '',
    describeActor(item.by),
    item.amount,
    item.change,
    item.balance,
    item.reverses?.reason ?? '',
    item.reference ?? '',
  ];
}

function describeActor(by: ActivityItem['by']): string {
  return by.kind === 'user' ? (by.username ?? 'another user') : by.kind;
}
