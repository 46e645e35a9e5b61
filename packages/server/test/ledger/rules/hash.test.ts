import { expect, test } from 'vitest';
import { canonicalRow, EMPTY_HASH, hashRow } from '../../../src/ledger/rules/hash.ts';
import type { JournalRow } from '../../../src/ledger/rules/state.ts';

type Row = Omit<JournalRow, 'hash'>;

const DEBIT = { id: 'user:1', number: 40, version: 2, posted: 70, held: 5 };
const CREDIT = { id: 'system:spent#0', number: 33, version: 9, posted: 310, held: 0 };
const ROW: Row = {
  debit: DEBIT,
  credit: CREDIT,
  amount: 30,
  kind: 'spend',
  actor: 'user:1',
  key: 'key-1',
  keyDigest: 'aa'.repeat(16),
  fingerprint: 'bb'.repeat(16),
  reason: 'Lunch “at” 🍜',
  metadata: '{"table":4}',
  reverses: { debit: 7, version: 8 },
  hold: '01a20320-a200-73dd-8dfa-1d652a0d6341',
  holdRemaining: 3,
  holdExpiresAtMs: 1_795_348_860_000,
  lots: null,
  rate: null,
  allowance: null,
  createdAtMs: 1_795_348_800_000,
};

const HEADS = { debit: '11'.repeat(32), credit: '22'.repeat(32) };

test('the canonical form is fixed: what was hashed once gives the same hash in every later version', () => {
  expect(hashRow(ROW, HEADS, null)).toBe('1347fc1695b1c5f4392603da7593e1cd5d600f549556f4efb11df77a0895e690');
});

test('the canonical form joins its fields by U+001F, with U+001E for what is absent', () => {
  const row: Row = {
    ...ROW,
    credit: null,
    metadata: null,
    reverses: null,
    hold: null,
    holdRemaining: null,
    holdExpiresAtMs: null,
  };
  const text = canonicalRow(row, { debit: EMPTY_HASH, credit: EMPTY_HASH }, null);
  expect(text.replaceAll('\u001f', '|').replaceAll('\u001e', 'null')).toBe(
    `||user:1|2|70|5|null|null|null|null|30|spend|user:1|key-1|${'bb'.repeat(16)}|Lunch “at” 🍜|null|null|null|null|null|null|null|1795348800000000`,
  );
});

test('the parcels, the rate and the allowance of a row are at the end of its canonical form', () => {
  const end = (part: Partial<Row>): string =>
    canonicalRow({ ...ROW, ...part }, HEADS, null).split('1795348800000000')[1] ?? '';
  expect(end({})).toBe('');
  expect(end({ lots: '[[1]]' })).toBe('\u001f[[1]]');
  expect(end({ rate: '["a"]' })).toBe('\u001f\u001e\u001f["a"]');
  expect(end({ allowance: '["b"]' })).toBe('\u001f\u001e\u001f\u001e\u001f["b"]');
  expect(end({ lots: '[[1]]', allowance: '["b"]' })).toBe('\u001f[[1]]\u001f\u001e\u001f["b"]');
  expect(end({ lots: '[[1]]', rate: '["a"]' })).toBe('\u001f[[1]]\u001f["a"]');
});

const CHANGES: [name: string, row: Row][] = [
  ...Object.keys(ROW)
    .filter((name) => !['debit', 'credit', 'reverses', 'keyDigest'].includes(name))
    .map((name): [string, Row] => [name, { ...ROW, [name]: 'another' }]),
  ...(['id', 'version', 'posted', 'held'] as const).flatMap((name): [string, Row][] => [
    [`${name} of the debit`, { ...ROW, debit: { ...DEBIT, [name]: 'x' } }],
    [`${name} of the credit`, { ...ROW, credit: { ...CREDIT, [name]: 'x' } }],
  ]),
  ['the account of the undone transfer', { ...ROW, reverses: { debit: 9, version: 8 } }],
  ['the version of the undone transfer', { ...ROW, reverses: { debit: 7, version: 9 } }],
  ['that it has a credit', { ...ROW, credit: null }],
];

test.each(CHANGES)('%s is part of the hash', (_name, row) => {
  expect(hashRow(row, HEADS, null)).not.toBe(hashRow(ROW, HEADS, null));
});

test('the hashes before, on either side, and the destination of a hold are part of the hash', () => {
  const hashes = [
    hashRow(ROW, HEADS, null),
    hashRow(ROW, { ...HEADS, debit: EMPTY_HASH }, null),
    hashRow(ROW, { ...HEADS, credit: EMPTY_HASH }, null),
    hashRow(ROW, { debit: HEADS.credit, credit: HEADS.debit }, null),
    hashRow(ROW, HEADS, 'user:2'),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('no text can pass for another by moving its ends or its absence', () => {
  const hashes = [
    { actor: 'a', reason: 'bc' },
    { actor: 'ab', reason: 'c' },
    { actor: '', reason: 'abc' },
    { metadata: null, reason: 'null' },
    { metadata: 'null', reason: 'null' },
  ].map((part) => hashRow({ ...ROW, ...part }, HEADS, null));
  expect(new Set(hashes).size).toBe(hashes.length);
});
