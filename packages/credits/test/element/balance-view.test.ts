import { expect, test } from 'vitest';
import { CreditsError } from '../../src/contract/error.ts';
import { describeBalance, isWorthAnnouncing } from '../../src/element/balance-view.ts';
import {
  selectView,
  type ConnectionState,
  type CreditsState,
  type PendingOperation,
} from '../../src/sync/number/view.ts';

const balance = { posted: 1_000, held: 0, available: 1_000 };
const failed = new CreditsError('network');
const denied = new CreditsError('unauthenticated');

function state(
  connection: ConnectionState['state'],
  rest: Partial<Omit<CreditsState, 'connection'>> & { error?: CreditsError } = {},
): CreditsState {
  const { error = null, ...others } = rest;
  return {
    account: 'ada',
    confirmed: { balance, version: 1, epoch: 'one' },
    pending: [],
    accrued: 0,
    confirmedAt: 1,
    stale: false,
    fetching: false,
    connection: { state: connection, error },
    ...others,
  };
}

const spend = (id: string, delta = -100): PendingOperation => ({ id, delta, reason: 'Server', state: 'sent' });
const nothing = { confirmed: null };

test.each([
  ['nothing known yet', state('connecting', nothing), 'loading', null, false],
  ['a number', state('streaming'), 'known', 1_000, false],
  ['an own operation under way', state('polling', { pending: [spend('a')] }), 'pending', 900, false],
  ['more spent than there is', state('polling', { pending: [spend('a', -5_000)] }), 'pending', 0, false],
  ['one failed question after a good one', state('polling', { error: failed }), 'known', 1_000, false],
  ['45 s without a confirmation', state('polling', { stale: true, error: failed }), 'stale', 1_000, false],
  ['a stale number while pending', state('polling', { stale: true, pending: [spend('a')] }), 'stale', 900, false],
  ['no network', state('offline'), 'stale', 1_000, false],
  ['a refusal for good', state('stopped', { error: failed }), 'stale', 1_000, true],
  ['no network from the start', state('offline', nothing), 'error', null, false],
  ['a failure from the start', state('polling', { ...nothing, error: failed }), 'error', null, true],
  ['a first refusal', state('polling', { ...nothing, error: denied }), 'loading', null, false],
  ['a session that has ended', state('signed-out', { ...nothing, error: denied }), 'signed-out', null, true],
  ['the host has signed its user out', state('signed-out', nothing), 'signed-out', null, false],
] as const)('%s', (_what, credits, status, shown, canRetry) => {
  expect(selectView(credits)).toMatchObject({ status, shown, canRetry });
});

test.each([
  [state('streaming'), ''],
  [state('polling', { pending: [spend('a')] }), 'pending'],
  [state('connecting', nothing), 'loading'],
  [state('offline', nothing), 'offline'],
  [state('offline'), 'offline'],
  [state('polling', { ...nothing, error: failed }), 'unavailable'],
  [state('polling', { stale: true }), 'not up to date'],
  [state('signed-out', nothing), 'signed out'],
])('words stand beside what is not certain', (credits, words) => {
  expect(describeBalance(selectView(credits))).toBe(words);
});

test('the end of an own operation is worth saying, its beginning and the changes of others are not', () => {
  const calm = state('streaming');
  const begun = state('streaming', { pending: [spend('a')] });
  const moved = state('streaming', { confirmed: { balance: { ...balance, available: 7 }, version: 2, epoch: 'one' } });
  expect(isWorthAnnouncing(begun, calm)).toBe(true);
  expect(isWorthAnnouncing(calm, begun)).toBe(false);
  expect(isWorthAnnouncing(calm, moved)).toBe(false);
  expect(isWorthAnnouncing(state('connecting', nothing), calm)).toBe(false);
});

test('a number that can be trusted less, or again, is worth saying once', () => {
  const stale = state('polling', { stale: true });
  expect(isWorthAnnouncing(state('polling'), stale)).toBe(true);
  expect(isWorthAnnouncing(stale, stale)).toBe(false);
  expect(isWorthAnnouncing(stale, state('polling'))).toBe(true);
  expect(isWorthAnnouncing(state('polling'), state('signed-out', nothing))).toBe(true);
});

test('another user’s number is not the end of an operation', () => {
  const other = state('streaming', { account: 'bob' });
  expect(isWorthAnnouncing(state('streaming', { pending: [spend('a')] }), other)).toBe(false);
});
