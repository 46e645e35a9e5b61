// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react';
import { toBalance, type Entry, type HistoryPage, type Snapshot } from 'realtime-credits';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ActivityList } from '@/components/credits/activity/activity-list';
import { openRecentChanges, useRecentChanges } from '@/components/credits/recent-changes';
import { creditsClient } from '@/stores/credits-store';

function grant(account: string, version: number): Entry {
  return {
    account,
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
    reason: `Bonus ${version} of ${account}`,
    metadata: {},
    createdAt: '2026-11-22T12:00:00.000Z',
  };
}

function snapshotOf(account: string, version: number): Snapshot {
  return { account, epoch: 'e1', version, from: version, balance: toBalance(version * 10, 0), applied: [] };
}

function pageOf(account: string, version: number): HistoryPage {
  return { entries: [grant(account, version)], next: null, snapshot: snapshotOf(account, version) };
}

let answers: (() => Promise<Response>)[] = [];
let asked: string[] = [];

beforeEach(() => {
  answers = [];
  asked = [];
  // Nobody gets to lead, so nobody opens a stream.
  vi.spyOn(navigator, 'locks', 'get').mockReturnValue({
    request: () => new Promise(() => undefined),
    query: () => Promise.resolve({}),
  });
  vi.stubGlobal('fetch', (path: string) => {
    if (!path.includes('/history')) return new Promise<Response>(() => undefined);
    asked.push(path);
    return (answers.shift() ?? (() => new Promise<Response>(() => undefined)))();
  });
});

afterEach(() => {
  cleanup();
  act(() => creditsClient.setAccount(null));
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const answerWith = (page: HistoryPage) => () => Promise.resolve(Response.json(page));

test('without a page from its server the list reads the newest one itself', async () => {
  answers.push(answerWith(pageOf('u1', 1)));
  creditsClient.setAccount('u1');
  render(<ActivityList />);
  expect(screen.getByText('Reading your activity')).toBeDefined();
  await screen.findByText('Bonus 1 of u1');
  expect(asked).toEqual(['/api/credits/history?limit=50']);
});

test('a new version of the balance is read at once', async () => {
  answers.push(answerWith(pageOf('u1', 1)), answerWith(pageOf('u1', 2)));
  creditsClient.setAccount('u1');
  render(<ActivityList />);
  await screen.findByText('Bonus 1 of u1');
  act(() => creditsClient.seed(snapshotOf('u1', 2)));
  await screen.findByText('Bonus 2 of u1');
  expect(asked).toHaveLength(2);
});

test('the next user never sees the history of the last one', async () => {
  answers.push(answerWith(pageOf('u1', 1)));
  creditsClient.setAccount('u1');
  render(<ActivityList />);
  await screen.findByText('Bonus 1 of u1');
  act(() => creditsClient.setAccount('u2'));
  expect(screen.queryByText('Bonus 1 of u1')).toBeNull();
});

test('an answer that comes after the user has changed is not shown', async () => {
  let answerLate: (response: Response) => void = () => undefined;
  answers.push(() => new Promise((resolve) => (answerLate = resolve)), answerWith(pageOf('u2', 7)));
  creditsClient.setAccount('u1');
  render(<ActivityList />);
  act(() => creditsClient.setAccount('u2'));
  await screen.findByText('Bonus 7 of u2');
  await act(async () => answerLate(Response.json(pageOf('u1', 1))));
  expect(screen.queryByText('Bonus 1 of u1')).toBeNull();
  expect(screen.getByText('Bonus 7 of u2')).toBeDefined();
});

test('a host without a history says so, and can be asked again', async () => {
  answers.push(() => Promise.resolve(new Response('<h1>404</h1>', { status: 404 })), answerWith(pageOf('u1', 1)));
  creditsClient.setAccount('u1');
  render(<ActivityList />);
  expect((await screen.findByRole('alert')).textContent).toContain('The server answered 404.');
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('Bonus 1 of u1');
});

test('what was reserved and released whole is no change among the last ones', async () => {
  const held = (version: number, verb: 'hold' | 'void', amount: number): Entry => ({
    ...grant('u1', version),
    kind: verb,
    verb,
    amount,
    hold: 'h1',
    before: toBalance(100, verb === 'hold' ? 0 : amount),
    after: toBalance(100, verb === 'hold' ? amount : 0),
  });
  const page = (entries: Entry[]): HistoryPage => ({ entries, next: null, snapshot: snapshotOf('u1', 3) });
  answers.push(answerWith(page([held(3, 'void', 40), held(2, 'hold', 40), grant('u1', 1)])));
  act(() => creditsClient.setAccount('u1'));
  act(() => creditsClient.seed(snapshotOf('u1', 3)));
  const { result } = renderHook(() => useRecentChanges(true));
  act(() => openRecentChanges());
  await waitFor(() => expect(result.current.entries?.map(({ version }) => version)).toEqual([1]));
});

test('what rates were charged is read by nobody; whatever else happened is', async () => {
  const rate = { resource: 'server:1', amount: 3_600, per: 'hour' as const, prepaid: 0, remainder: 0 };
  const spent = (version: number, seconds: number, gift = 0): Snapshot => {
    const at = new Date(Date.UTC(2026, 10, 28, 0, 0, seconds)).toISOString();
    const time = { at, rates: [{ ...rate, settledAt: at }], exhaustsAt: null, expires: null, refills: null };
    return { ...snapshotOf('rita', version), balance: toBalance(1_000 - seconds + gift, 0), time };
  };
  answers.push(answerWith(pageOf('rita', 1)));
  act(() => creditsClient.setAccount('rita'));
  act(() => creditsClient.seed(spent(1, 0)));
  render(<ActivityList />);
  renderHook(() => useRecentChanges(true));
  await screen.findByText('Bonus 1 of rita');
  vi.useFakeTimers();
  try {
    for (const second of [1, 2, 3]) act(() => creditsClient.seed(spent(1 + second, second)));
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(asked).toEqual(['/api/credits/history?limit=50']);
    act(() => creditsClient.seed(spent(5, 4, 10)));
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    const [, ...rest] = asked;
    expect(rest.toSorted()).toEqual(['/api/credits/history?limit=15', '/api/credits/history?limit=50']);
  } finally {
    vi.useRealTimers();
  }
});
