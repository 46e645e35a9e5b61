import { expect, test } from 'vitest';
import type { ActivityLine } from 'realtime-credits-server';
import { readUsagePage } from '../../server/activity/usage.ts';

const HOUR_MS = 3_600_000;

/** Lines oldest first, one for each half hour of a day: `a` and `b` are charges of a credit, a number is a grant. */
function toLines(events: string): ActivityLine[] {
  let balance = 100;
  return events.split('').map((event, index) => {
    const isCharge = event === 'a' || event === 'b';
    const change = isCharge ? -1 : Number(event);
    balance += change;
    return {
      version: index + 1,
      kind: isCharge ? 'used' : 'granted',
      amount: Math.abs(change),
      change,
      balance,
      reason: event,
      category: '',
      actor: 'system:ledger',
      counterparty: null,
      hold: null,
      rate: isCharge ? { id: event, resource: event, amount: 2, per: 'hour' } : null,
      transfer: `tr_${index}`,
      reverses: null,
      reversedBy: null,
      createdAt: new Date(Date.UTC(2026, 0, 1) + index * (HOUR_MS / 2)).toISOString(),
    };
  });
}

/** Pages of such lines, as the ledger has them. */
function reading(events: string) {
  const lines = toLines(events).toReversed();
  const reads: number[] = [];
  return {
    reads,
    async read({ before, limit }: { before?: string; limit: number }) {
      reads.push(limit);
      const rest = lines.filter(({ version }) => before === undefined || version < Number(before));
      const page = rest.slice(0, limit);
      return { lines: page, next: rest.length > limit ? String(page.at(-1)?.version) : null };
    },
  };
}

const toDay = (iso: string) => iso.slice(0, 10);

async function readAll(events: string, limit: number) {
  const { read } = reading(events);
  const pages = [];
  let before: string | undefined;
  do {
    const page = await readUsagePage({ read, limit, toDay, before });
    pages.push(page.lines);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return pages;
}

test('charges in a row are one line for each server and day, and the time they were for', async () => {
  const [lines = []] = await readAll('aabab', 50);
  expect(lines.map(({ reason, change, balance, usageMs }) => [reason, change, balance, usageMs])).toEqual([
    ['b', -2, 95, HOUR_MS],
    ['a', -3, 97, 1.5 * HOUR_MS],
  ]);
  expect(lines.map(({ transfer }) => transfer)).toEqual([null, null]);
});

test('another day, or anything between them, begins another line', async () => {
  // A day has 48 half hours.
  const [lines = []] = await readAll(`${'a'.repeat(46)}5${'a'.repeat(5)}`, 50);
  expect(lines.map(({ change }) => change)).toEqual([-4, -1, 5, -46]);
});

test.each([1, 2, 3, 7, 50])('pages of %i: every credit once, and balances that add up', async (limit) => {
  const events = 'ab'.repeat(40) + '7' + 'a'.repeat(60) + '3' + 'ba'.repeat(30) + '99';
  const lines = (await readAll(events, limit)).flat();
  for (const [index, line] of lines.entries()) {
    expect((lines[index + 1]?.balance ?? 100) + line.change).toBe(line.balance);
  }
  expect(lines.reduce((sum, { change }) => sum + change, 0)).toBe(28 - 200);
  expect(lines.length).toBeLessThan(25);
});

test('a list without charges by the hour is read as it is asked for', async () => {
  const { read, reads } = reading('12345');
  const page = await readUsagePage({ read, limit: 2, toDay });
  expect(page.lines.map(({ change }) => change)).toEqual([5, 4]);
  expect(page.next).toBe('4');
  expect(reads).toEqual([2]);
});
