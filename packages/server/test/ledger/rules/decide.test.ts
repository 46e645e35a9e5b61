import { CREDITS_MAX } from 'realtime-credits/contract';
import { expect, test } from 'vitest';
import { COMMANDS, type Intent } from '../../../src/ledger/rules/command-table.ts';
import { decide } from '../../../src/ledger/rules/decide.ts';
import { createHoldId } from '../../../src/ledger/rules/hold-id.ts';
import { resolveOperations } from '../../../src/ledger/rules/resolve-operations.ts';
import type { AccountState, BatchState, HoldRecord } from '../../../src/ledger/rules/state.ts';
import { formatTransferId } from '../../../src/ledger/rules/transfer-id.ts';

// The rules alone, without a storage whose constraints would find what they miss.

const NOW_MS = Date.parse('2026-11-22T12:00:00.000Z');
const ISSUED = 'system:issued#4';
const SPENT = 'system:spent#4';
const { grant, spend, transfer, adjust, reverse, hold, post, extend } = COMMANDS;

function createState(balances: Record<string, number>): BatchState {
  const accounts = new Map<string, AccountState>();
  for (const [id, posted] of Object.entries({ [ISSUED]: -1_000, [SPENT]: 0, ...balances })) {
    const floor = id === ISSUED ? -CREDITS_MAX : 0;
    const number = accounts.size + 1;
    accounts.set(id, { id, number, floor, posted, held: 0, version: 1, hash: 'before', versionBefore: 1 });
  }
  return {
    accounts,
    keys: new Map(),
    holds: new Map(),
    transfers: new Map(),
    claims: new Map(),
    lots: new Map(),
    rates: new Map(),
    allowances: new Map(),
  };
}

function addHold(state: BatchState, account: string, part: Partial<HoldRecord> = {}): HoldRecord {
  const found = state.accounts.get(account);
  if (found === undefined) throw new Error(`There is no account ${account}.`);
  const added: HoldRecord = {
    id: createHoldId(NOW_MS),
    account: { id: found.id, number: found.number },
    destination: null,
    amount: 5,
    remaining: 5,
    state: 'open',
    actor: account,
    reason: 'A test',
    lots: null,
    expiresAtMs: NOW_MS + 1_000,
    createdAtMs: NOW_MS - 1_000,
    ...part,
  };
  found.held += added.remaining;
  state.holds.set(added.id, added);
  return added;
}

function run(state: BatchState, ...intents: Intent[]) {
  const options = { nowMs: NOW_MS, slot: 4, createId: () => createHoldId(NOW_MS) };
  const { outcomes, changes } = decide(intents, state, options);
  return {
    changes,
    receipts: outcomes.map((outcome) => ('error' in outcome ? null : outcome.receipt)),
    codes: outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : 'accepted')),
  };
}

let keys = 0;
function by(actor: string) {
  keys += 1;
  return { actor, reason: 'A test', idempotencyKey: `key-${keys}` };
}

test('a refused command changes nothing of the state and writes nothing', () => {
  const state = createState({ a: 5 });
  const before = structuredClone(state);
  const { changes, codes } = run(
    state,
    spend.parse({ ...by('a'), account: 'a', amount: 6, claimKey: 'x' }),
    hold.parse({ ...by('a'), account: 'a', amount: 6, expiresAfterMs: 5_000 }),
    adjust.parse({ ...by('a'), account: 'a', available: 6, expectedVersion: 7 }),
    reverse.parse({ ...by('a'), transfer: 'tr_9_9' }),
  );
  expect(codes).toEqual(['insufficient_credits', 'insufficient_credits', 'version_conflict', 'transfer_not_found']);
  expect(state).toEqual(before);
  expect(changes.rows).toEqual([]);
  expect(changes.claims).toEqual([]);
  expect(changes.accounts.size + changes.holdsOpened.size + changes.holdsChanged.size).toBe(0);
});

test('commands of one batch see what the ones before them did', () => {
  const state = createState({ a: 5 });
  const spending = () => spend.parse({ ...by('a'), account: 'a', amount: 5 });
  const { codes } = run(
    state,
    spending(),
    spending(),
    grant.parse({ ...by('a'), account: 'a', amount: 5 }),
    spending(),
  );
  expect(codes).toEqual(['accepted', 'insufficient_credits', 'accepted', 'accepted']);
});

test('one command twice in one batch is carried out once, and both get the same receipt', () => {
  const state = createState({ a: 10 });
  const spending = spend.parse({ ...by('a'), account: 'a', amount: 5 });
  const { changes, receipts } = run(state, spending, spending);
  expect(receipts[1]).toEqual({ ...receipts[0], replayed: true });
  expect(changes.rows).toHaveLength(1);
  expect(state.accounts.get('a')?.posted).toBe(5);
});

test('one key of two users in one batch is two commands', () => {
  const state = createState({ a: 10, b: 10 });
  const spending = (id: string) => spend.parse({ ...by(id), account: id, amount: 5, idempotencyKey: 'shared' });
  expect(run(state, spending('a'), spending('b')).changes.rows).toHaveLength(2);
});

test('two reversals of one transfer in one batch undo it once, and the second one is told by which', () => {
  const state = createState({ a: 5 });
  const [row] = run(state, spend.parse({ ...by('a'), account: 'a', amount: 5 })).changes.rows;
  if (row?.debit == null) throw new Error('Nothing was spent.');
  const id = formatTransferId({ debit: row.debit.number, version: row.debit.version });
  state.transfers.set(id, { row, reversedBy: null });
  const reversal = () => reverse.parse({ ...by('system:admin'), transfer: id });
  const options = { nowMs: NOW_MS, slot: 4, createId: () => createHoldId(NOW_MS) };
  const [first, second] = decide([reversal(), reversal()], state, options).outcomes;
  if (first === undefined || 'error' in first || second === undefined || !('error' in second)) throw new Error('Both?');
  expect(second.error.code).toBe('transfer_already_reversed');
  expect(second.error.details).toEqual({ reversedBy: (first.receipt as { transfer: { id: string } }).transfer.id });
  expect(state.accounts.get('a')?.posted).toBe(5);
});

test('a reversal uses the slot of the transfer that it undoes', () => {
  const state = createState({ a: 5, 'system:spent#9': 0 });
  const options = { nowMs: NOW_MS, slot: 9, createId: () => createHoldId(NOW_MS) };
  const [row] = decide([spend.parse({ ...by('a'), account: 'a', amount: 5 })], state, options).changes.rows;
  if (row?.debit == null) throw new Error('Nothing was spent.');
  const id = formatTransferId({ debit: row.debit.number, version: row.debit.version });
  state.transfers.set(id, { row, reversedBy: null });
  const { receipts } = run(state, reverse.parse({ ...by('system:admin'), transfer: id }));
  expect(receipts[0]).toMatchObject({ account: 'a', transfer: { source: 'system:spent', destination: 'a' } });
  expect(state.accounts.get('system:spent#9')?.posted).toBe(0);
});

test('two commands with one claim key in one batch are paid once', () => {
  const state = createState({ a: 0 });
  const claim = () => grant.parse({ ...by('a'), account: 'a', amount: 5, claimKey: 'daily' });
  const { codes, changes } = run(state, claim(), claim());
  expect(codes).toEqual(['accepted', 'already_claimed']);
  expect(changes.claims).toHaveLength(1);
});

test('the two sides of every transfer sum to zero, and follow the state before', () => {
  const state = createState({ a: 500, b: 0 });
  const spends = Array.from({ length: 20 }, (_, index) =>
    transfer.parse({ ...by('a'), source: 'a', destination: 'b', amount: index + 1 }),
  );
  let [debited, credited] = [500, 0];
  for (const { debit, credit, amount } of run(state, ...spends).changes.rows) {
    debited -= amount ?? 0;
    credited += amount ?? 0;
    expect([debit?.posted, credit?.posted]).toEqual([debited, credited]);
  }
  expect(debited + credited).toBe(500);
});

test('an account cannot have more than the largest balance', () => {
  const state = createState({ a: CREDITS_MAX - 5, b: 10 });
  const moving = (amount: number) => transfer.parse({ ...by('b'), source: 'b', destination: 'a', amount });
  expect(run(state, moving(6), moving(5), moving(1)).codes).toEqual([
    'balance_limit_exceeded',
    'accepted',
    'balance_limit_exceeded',
  ]);
});

test('holds that are past their end expire before any command, the oldest end first', () => {
  const state = createState({ a: 20 });
  const late = addHold(state, 'a', { expiresAtMs: NOW_MS, amount: 7, remaining: 7 });
  const early = addHold(state, 'a', { expiresAtMs: NOW_MS - 1 });
  const open = addHold(state, 'a', { expiresAtMs: NOW_MS + 1 });
  const { codes, changes } = run(
    state,
    post.parse({ ...by('a'), hold: late.id }),
    spend.parse({ ...by('a'), account: 'a', amount: 15 }),
  );
  expect(codes).toEqual(['hold_already_resolved', 'accepted']);
  expect(changes.rows.map(({ kind, hold: id }) => [kind, id])).toEqual([
    ['expire', early.id],
    ['expire', late.id],
    ['spend', null],
  ]);
  expect(changes.holdsChanged).toEqual(new Set([early, late]));
  expect(open.state).toBe('open');
});

test('a hold that is opened and posted in one batch is inserted as it is in the end', () => {
  const state = createState({ a: 20 });
  const opened = run(state, hold.parse({ ...by('a'), account: 'a', amount: 9, expiresAfterMs: 5_000 }));
  const [held] = opened.changes.holdsOpened;
  const { changes, receipts } = run(
    state,
    post.parse({ ...by('a'), hold: held?.id ?? '', amount: 4 }),
    extend.parse({ ...by('a'), hold: held?.id ?? '', expiresAfterMs: 9_000 }),
    post.parse({ ...by('a'), hold: held?.id ?? '' }),
  );
  expect([...changes.holdsChanged]).toEqual([held]);
  expect(held).toMatchObject({ remaining: 0, state: 'posted', expiresAtMs: NOW_MS + 9_000 });
  // What was answered on the way keeps what was true then.
  expect(receipts[0]).toMatchObject({ hold: { remaining: 5, state: 'partly_posted' } });
  expect(receipts[1]).toMatchObject({ version: 3, hold: { remaining: 5, state: 'partly_posted' } });
  expect(receipts[2]).toMatchObject({ hold: { remaining: 0, state: 'posted' } });
});

test('what changes no account is recorded under its key without a hash and without a version', () => {
  const state = createState({ a: 20 });
  const held = addHold(state, 'a');
  const { changes } = run(
    state,
    adjust.parse({ ...by('system:admin'), account: 'a', available: 15, expectedVersion: 1 }),
    extend.parse({ ...by('a'), hold: held.id, expiresAfterMs: 9_000 }),
    resolveOperations.parse('a', ['lost', 'lost']),
  );
  expect(changes.rows.map(({ kind, hash, amount, debit }) => [kind, hash, amount, debit?.version])).toEqual([
    ['unchanged', null, null, 1],
    ['extend', null, null, 1],
    ['abandoned', null, null, 1],
  ]);
  expect(changes.accounts.size).toBe(0);
});

test('each row is hashed over the hashes of both accounts, which it becomes', () => {
  const state = createState({ a: 20, b: 0 });
  const { changes } = run(state, transfer.parse({ ...by('a'), source: 'a', destination: 'b', amount: 1 }));
  const hash = changes.rows[0]?.hash;
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect([state.accounts.get('a')?.hash, state.accounts.get('b')?.hash]).toEqual([hash, hash]);
});
