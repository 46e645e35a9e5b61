// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { Entry, HistoryPage } from 'realtime-credits';
import { toBalance } from 'realtime-credits';
import { afterEach, expect, test, vi } from 'vitest';
import { ActivityList } from '@/components/credits/activity/activity-list';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function grant(version: number, createdAt: string): Entry {
  return {
    account: 'u1',
    version,
    kind: 'transfer',
    verb: 'grant',
    direction: 'credit',
    amount: 10,
    before: toBalance((version - 1) * 10, 0),
    after: toBalance(version * 10, 0),
    transfer: `t${version}`,
    hold: null,
    counterparty: 'system:issued',
    actor: 'system:test',
    reason: `Bonus ${version}`,
    metadata: {},
    createdAt,
  };
}

const newest = grant(3, '2026-11-22T12:00:00.000Z');
const middle = grant(2, '2026-11-22T11:00:00.000Z');
const oldest = grant(1, '2026-11-20T12:00:00.000Z');

function answerWith(body: Partial<HistoryPage>, status = 200) {
  const fetch = vi.fn<(path: string) => Promise<Response>>(async () => Response.json(body, { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

test('changes stand under the day that they were made on', () => {
  render(<ActivityList first={{ entries: [newest, middle, oldest], next: null }} />);
  expect(screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual([
    'Sunday 22 November',
    'Friday 20 November',
  ]);
});

test('older changes are read on from where the page ends, and follow what is there', async () => {
  const fetch = answerWith({ entries: [oldest], next: null });
  render(<ActivityList first={{ entries: [newest, middle], next: 2 }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Show older' }));
  await screen.findByText('Bonus 1');
  expect(fetch.mock.calls[0]?.[0]).toContain('before=2');
  expect(screen.getByText('This is where your account begins.')).toBeDefined();
});

test('a page that moves on keeps the older changes that were read', async () => {
  answerWith({ entries: [oldest], next: null });
  const { rerender } = render(<ActivityList first={{ entries: [middle], next: 2 }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Show older' }));
  await screen.findByText('Bonus 1');
  rerender(<ActivityList first={{ entries: [newest], next: 3 }} />);
  expect(screen.getAllByText(/^Bonus/).map(({ textContent }) => textContent)).toEqual([
    'Bonus 3',
    'Bonus 2',
    'Bonus 1',
  ]);
});

test('a page that cannot be read says why, keeps the list, and can be asked for again', async () => {
  answerWith({ detail: 'Try again shortly.' } as object, 503);
  render(<ActivityList first={{ entries: [newest], next: 3 }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Show older' }));
  expect((await screen.findByRole('alert')).textContent).toContain('Try again shortly.');
  expect(screen.getByText('Bonus 3')).toBeDefined();
  expect(screen.getByRole('button', { name: 'Show older' }).getAttribute('aria-busy')).toBe('false');
});
