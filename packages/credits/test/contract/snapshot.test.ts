import { expect, test } from 'vitest';
import { formatEventId, parseEventId } from '../../src/contract/event.ts';
import { parseSnapshot } from '../../src/contract/snapshot.ts';

const snapshot = {
  account: '42',
  epoch: 'fee8869f-bbad-4eb8-b93a-2ca6383bc2ab',
  version: 7,
  balance: { posted: 100, held: 30, available: 70 },
  from: 5,
  applied: ['a', 'b'],
  rejected: [{ id: 'c', code: 'operation_abandoned' }],
};

test('a snapshot is read as it was written', () => {
  const wire: unknown = JSON.parse(JSON.stringify(snapshot));
  expect(parseSnapshot(wire)).toEqual(snapshot);
});

test('a snapshot of a new account is read', () => {
  const fresh = { ...snapshot, version: 0, from: 0, balance: { posted: 0, held: 0, available: 0 }, applied: [] };
  expect(parseSnapshot(fresh)).toEqual(fresh);
});

test.each([
  ['nothing', null],
  ['a text', 'snapshot'],
  ['no account', { ...snapshot, account: undefined }],
  ['a number for an account', { ...snapshot, account: 42 }],
  ['no epoch', { ...snapshot, epoch: null }],
  ['a negative version', { ...snapshot, version: -1 }],
  ['a version that is text', { ...snapshot, version: '7' }],
  ['a start beyond its version', { ...snapshot, from: 8 }],
  ['no balance', { ...snapshot, balance: undefined }],
  ['a balance that does not add up', { ...snapshot, balance: { posted: 100, held: 30, available: 71 } }],
  ['a balance with fractions', { ...snapshot, balance: { posted: 0.5, held: 0, available: 0.5 } }],
  ['less than nothing held', { ...snapshot, balance: { posted: 100, held: -30, available: 130 } }],
  ['a version beyond 2^53−1', { ...snapshot, version: 2 ** 53 }],
  [
    'less available than an integer can say',
    { ...snapshot, balance: { posted: -(2 ** 53 - 1), held: 1, available: -(2 ** 53) } },
  ],
  ['operations that are not a list', { ...snapshot, applied: 'a' }],
  ['an operation that is not a text', { ...snapshot, applied: [1] }],
  ['a rejection without a code', { ...snapshot, rejected: [{ id: 'c' }] }],
  ['a rejection with a code of no error', { ...snapshot, rejected: [{ id: 'c', code: 'toString' }] }],
  ['a rejection of nothing', { ...snapshot, rejected: [null] }],
])('a snapshot with %s is not understood', (_what, value) => {
  expect(() => parseSnapshot(value)).toThrow(expect.objectContaining({ code: 'protocol' }));
});

test('the id of an event names epoch and version, and is read back', () => {
  expect(parseEventId(formatEventId(snapshot))).toEqual({ epoch: snapshot.epoch, version: 7 });
});

test.each([
  [null],
  [undefined],
  [''],
  ['7'],
  ['epoch.'],
  ['.7'],
  ['epoch.7.8'],
  ['epoch.-1'],
  ['epoch.99999999999999999'],
  ['a b.7'],
])('the id %j is not ours, which means: start with a whole snapshot', (value) => {
  expect(parseEventId(value)).toBe(null);
});
