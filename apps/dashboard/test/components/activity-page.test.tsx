// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { toBalance } from 'realtime-credits';
import { afterEach, expect, test } from 'vitest';
import { describeActivity, describeActor } from '@/components/activity/describe-activity';
import { joinActivity } from '@/components/activity/use-activity';
import { ExplainBalance } from '@/components/balance/explain-balance';
import type { ActivityItem, ActivityTotalsAnswer } from '@/lib/api';
import { Texts, translator } from '../support/texts.tsx';
import { creditsClient } from '@/stores/credits-store';
import { useAuthStore } from '@/stores/user-store';

afterEach(cleanup);

const t = translator('activity');

function item(version: number, change: Partial<ActivityItem> = {}): ActivityItem {
  return {
    version,
    group: 'gifts',
    reason: `Bonus ${version}`,
    amount: 10,
    change: 10,
    balance: version * 10,
    by: { kind: 'dashboard' },
    other: null,
    reserved: null,
    reverses: null,
    reversed_by: null,
    reference: null,
    usage: null,
    created_at: '2026-11-22T12:00:00.000Z',
    ...change,
  };
}

const versions = ({ items }: { items: readonly ActivityItem[] }) => items.map(({ version }) => version);

test('older lines stay behind the newest page when it moves on, each once', () => {
  const known = { items: [item(5), item(4), item(3), item(2)], next: '2' };
  const joined = joinActivity({ items: [item(6), item(5), item(4)], next: '4' }, known);
  expect(versions(joined)).toEqual([6, 5, 4, 3, 2]);
  expect(joined.next).toBe('2');
});

test('without a line in common nothing is joined: a hole would not be seen', () => {
  const known = { items: [item(3), item(2)], next: '2' };
  const joined = joinActivity({ items: [item(9), item(8)], next: '8' }, known);
  expect(versions(joined)).toEqual([9, 8]);
  expect(joined.next).toBe('8');
});

test('what was reserved is shown once: charged, it has moved', () => {
  const reserved = item(4, { group: 'reserved', change: -10 });
  const known = { items: [reserved, item(3), item(2), item(1)], next: null };
  const charged = item(5, { group: 'spent', change: -10, reserved: { amount: 10, until: '2026-11-22T13:00:00.000Z' } });
  const joined = joinActivity({ items: [charged, item(3)], next: '3' }, known);
  expect(versions(joined)).toEqual([5, 3, 2, 1]);
  expect(joined.next).toBeNull();
});

test('a newest page that is the whole list stands alone', () => {
  expect(versions(joinActivity({ items: [item(2)], next: null }, { items: [item(1)], next: null }))).toEqual([2]);
});

test('a purchase is charged or released, and says so', () => {
  const reserved = { amount: 60, until: '2026-11-22T13:00:00.000Z' };
  expect(describeActivity(item(1, { group: 'spent', change: -60, amount: 60, reserved }), t)).toMatchObject({
    title: 'Charged',
    note: null,
  });
  expect(describeActivity(item(1, { group: 'spent', change: -20, amount: 20, reserved }), t).note).toContain('60');
  expect(describeActivity(item(1, { group: 'released', change: 0, amount: 60, reserved }), t)).toMatchObject({
    title: 'Released',
    note: '60 had been reserved. Nothing was charged.',
  });
  expect(describeActivity(item(1, { group: 'received', other: 'mara' }), t).title).toBe('From mara');
  expect(describeActor({ kind: 'user', username: null }, t)).toBe('Another player');
});

function totals(change: Partial<ActivityTotalsAnswer['data']> = {}): ActivityTotalsAnswer['data'] {
  return {
    count: 4,
    in: 100,
    out: 25,
    reserved: 15,
    groups: [
      { group: 'earned', count: 2, amount: 100, change: 100 },
      { group: 'spent', count: 1, amount: 25, change: -25 },
      { group: 'reserved', count: 1, amount: 15, change: -15 },
      { group: 'released', count: 1, amount: 40, change: 0 },
    ],
    balance: toBalance(75, 15),
    version: 7,
    ...change,
  };
}

test('the balance is added up in sight, and compared with the number that is shown', () => {
  render(<ExplainBalance totals={totals()} />, { wrapper: Texts });
  const lines = [...document.querySelectorAll('dl > div')].map((line) => line.textContent);
  expect(lines).toEqual([
    'Earned2 times+100',
    'Spent1 time−25',
    'In your account75',
    'Reserved1 time−15',
    'Available60',
  ]);
  expect(screen.getByRole('status').textContent).toBe('Adds up to the 60 shown above.');
});

test('sums that differ from the number are not glossed over', () => {
  render(<ExplainBalance totals={totals({ balance: toBalance(80, 15) })} />, { wrapper: Texts });
  expect(screen.getByRole('status').textContent).toContain('does not add up to the 65 shown above');
});

test('sums of an older version wait for the newer ones', () => {
  const balance = toBalance(500, 0);
  useAuthStore.getState().setSession({ id: 7, username: 'ada', email: 'ada@host.test', role: 1, coins: 500 });
  creditsClient.seed({ account: '7', epoch: 'e', version: 8, balance, from: 8, applied: [] });
  render(<ExplainBalance totals={totals()} />, { wrapper: Texts });
  expect(screen.getByRole('status').textContent).toContain('Adding up again');
});
