import { expect, test } from 'vitest';
import type { AccountState, BatchState } from '../../src/ledger/batch-state.ts';
import { decide } from '../../src/ledger/decide.ts';
import { createId } from '../../src/ledger/id.ts';
import type { Intent } from '../../src/ledger/intent.ts';
import { parseGrant, parseHold, parseReverse, parseSpend } from '../../src/ledger/parse-command.ts';

// The rules alone, without a database whose constraints would catch what they miss.

const NOW_MS = Date.parse('2026-11-22T12:00:00.000Z');

function account(id: string, posted: number, floor = 0): [string, AccountState] {
  return [id, { id, floor, posted, held: 0, version: 1, hash: 'before', versionBefore: 1 }];
}

function createState(...accounts: [string, AccountState][]): BatchState {
  return {
    accounts: new Map([
      account('house:issued', -1_000, -Number.MAX_SAFE_INTEGER),
      account('house:spent', 0),
      ...accounts,
    ]),
    operations: new Map(),
    holds: new Map(),
    transfers: new Map(),
    reversed: new Set(),
    claims: new Map(),
  };
}

function run(state: BatchState, ...intents: Intent[]) {
  const { outcomes, changes } = decide(intents, state, { nowMs: NOW_MS, createId: () => createId(NOW_MS) });
  return {
    outcomes,
    changes,
    codes: outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : 'accepted')),
  };
}

let keys = 0;
function by(actor: string) {
  keys += 1;
  return { actor, reason: 'A test', idempotencyKey: `key-${keys}` };
}

test('a refused command changes nothing of the state and writes nothing', () => {
  const state = createState(account('a', 5));
  const before = structuredClone(state);
  const { changes, codes } = run(
    state,
    parseSpend({ ...by('a'), account: 'a', amount: 6, once: 'x' }),
    parseHold({ ...by('a'), account: 'a', amount: 6, expiresAfterMs: 5_000 }),
    parseGrant({ ...by('a'), account: 'nobody', amount: 6 }),
  );
  expect(codes).toEqual(['insufficient_credits', 'insufficient_credits', 'account_not_found']);
  expect(state).toEqual(before);
  expect(changes).toEqual({
    transfers: [],
    entries: [],
    operations: [],
    holdsOpened: [],
    holdsChanged: new Map(),
    accounts: new Set(),
  });
});

test('commands of one batch see what the ones before them did', () => {
  const state = createState(account('a', 5));
  const spend = () => parseSpend({ ...by('a'), account: 'a', amount: 5 });
  const { codes } = run(state, spend(), spend(), parseGrant({ ...by('a'), account: 'a', amount: 5 }), spend());
  expect(codes).toEqual(['accepted', 'insufficient_credits', 'accepted', 'accepted']);
});

test('one command twice in one batch is carried out once, and both hear the same', () => {
  const state = createState(account('a', 10));
  const spend = parseSpend({ ...by('a'), account: 'a', amount: 5 });
  const { changes, codes } = run(state, spend, spend);
  expect(codes).toEqual(['accepted', 'accepted']);
  expect(changes.transfers).toHaveLength(1);
  expect(state.accounts.get('a')?.posted).toBe(5);
});

test('one key of two users in one batch is two commands', () => {
  const state = createState(account('a', 10), account('b', 10));
  const spend = (id: string) => parseSpend({ ...by(id), account: id, amount: 5, idempotencyKey: 'shared' });
  expect(run(state, spend('a'), spend('b')).changes.transfers).toHaveLength(2);
});

test('two reversals of one transfer in one batch undo it once', () => {
  const state = createState(account('a', 5));
  const first = run(state, parseSpend({ ...by('a'), account: 'a', amount: 5 }));
  const [outcome] = first.outcomes;
  const spent = outcome !== undefined && 'receipt' in outcome ? outcome.receipt?.transfer : null;
  if (spent == null) throw new Error('Nothing was spent.');
  state.transfers.set(spent.id, spent);
  const reverse = () => parseReverse({ ...by('system:admin'), transfer: spent.id });
  expect(run(state, reverse(), reverse()).codes).toEqual(['accepted', 'transfer_already_reversed']);
  expect(state.accounts.get('a')?.posted).toBe(5);
});

test('two claims of one fact in one batch are paid once', () => {
  const state = createState(account('a', 0));
  const claim = () => parseGrant({ ...by('a'), account: 'a', amount: 5, once: 'daily' });
  expect(run(state, claim(), claim()).codes).toEqual(['accepted', 'already_claimed']);
});

test('every transfer of a batch has two entries that sum to zero', () => {
  const state = createState(account('a', 500), account('b', 0));
  const spends = Array.from({ length: 20 }, (_, index) => parseSpend({ ...by('a'), account: 'a', amount: index + 1 }));
  const { changes } = run(state, ...spends);
  for (const transfer of changes.transfers) {
    const sides = changes.entries.filter((entry) => entry.transfer === transfer.id);
    expect(sides.map(({ account: id, direction, amount }) => ({ id, direction, amount }))).toEqual([
      { id: transfer.source, direction: 'debit', amount: transfer.amount },
      { id: transfer.destination, direction: 'credit', amount: transfer.amount },
    ]);
  }
});
