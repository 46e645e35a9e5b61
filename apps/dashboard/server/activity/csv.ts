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
 * Writes all pages as CSV, one at a time as they are asked for: memory does not grow with the history.
 *
 * @param readPage - Reads the page after `before`; without it, the first one.
 */
export function toCsvStream(
  readPage: (before?: string) => Promise<ActivityAnswer['data']>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let before: string | null | undefined;
  return new ReadableStream({
    async pull(controller) {
      const head = before === undefined ? `${BYTE_ORDER_MARK}${formatCsv(COLUMNS)}` : '';
      const { items, next } = await readPage(before ?? undefined);
      const text = head + items.map((item) => formatCsv(toFields(item))).join('');
      if (text !== '') controller.enqueue(encoder.encode(text));
      before = next;
      if (next === null) controller.close();
    },
  });
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
