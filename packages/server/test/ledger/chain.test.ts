import { expect, test } from 'vitest';
import {
  CHAIN_START,
  describeHold,
  describeTransfer,
  hashEntry,
  toMicroseconds,
  type EntryFacts,
  type HoldFacts,
  type TransferFacts,
} from '../../src/ledger/chain.ts';

const TRANSFER: TransferFacts = {
  id: '01a20320-a200-7393-b5c1-789ae782d4ae',
  kind: 'spend',
  source: 'user:1',
  sourceVersion: 2,
  destination: 'house:spent',
  destinationVersion: 1,
  amount: 30,
  actor: 'user:1',
  reason: 'Lunch',
  metadata: '{"table":4}',
  reverses: null,
  hold: null,
  createdAt: '1795348800000000',
};

const HOLD: HoldFacts = {
  id: '01a20320-a200-73dd-8dfa-1d652a0d6341',
  account: 'user:1',
  destination: 'house:spent',
  amount: 20,
  actor: 'user:1',
  reason: 'A server',
  createdAt: '1795348800000000',
};

const ENTRY: EntryFacts = {
  account: 'user:1',
  version: 2,
  kind: 'transfer',
  direction: 'debit',
  amount: 30,
  postedBefore: 100,
  heldBefore: 0,
  postedAfter: 70,
  heldAfter: 0,
  transfer: TRANSFER.id,
  hold: null,
  operation: 'key-1',
  actor: null,
  reason: null,
  metadata: null,
  createdAt: '1795348800000000',
};

const HASH = hashEntry(CHAIN_START, ENTRY, describeTransfer(TRANSFER));

test('the canonical form is fixed for ever: what was hashed once gives the same hash in every later version', () => {
  expect(HASH).toBe('20cdfb01703e4f5af8248bb763315f65a94c9b4386ac63530736c4aed565b08b');
});

test.each([['plain'], ['Zoë’s “lunch” 🍜'], ['a "quote" \\ and a line\nbreak'], ['\u2028'], ['']])(
  'the canonical form of %j is what JSON makes of it',
  (reason) => {
    const facts = { ...TRANSFER, reason, metadata: JSON.stringify({ reason }) };
    const { sourceVersion, destinationVersion, amount } = facts;
    const digits = {
      sourceVersion: `${sourceVersion}`,
      destinationVersion: `${destinationVersion}`,
      amount: `${amount}`,
    };
    expect(describeTransfer(facts)).toBe(JSON.stringify(Object.values({ ...facts, ...digits })));
  },
);

test('numbers and their decimal digits are the same fact', () => {
  const digits = { ...ENTRY, version: '2', amount: '30', postedBefore: '100', postedAfter: '70' };
  expect(hashEntry(CHAIN_START, digits, describeTransfer({ ...TRANSFER, amount: '30' }))).toBe(HASH);
});

test('the hash before is part of the hash', () => {
  expect(hashEntry(HASH, ENTRY, describeTransfer(TRANSFER))).not.toBe(HASH);
});

test.each(Object.keys(ENTRY))('%s of the entry is part of the hash', (name) => {
  const changed = { ...ENTRY, [name]: 'another' };
  expect(hashEntry(CHAIN_START, changed, describeTransfer(TRANSFER))).not.toBe(HASH);
});

test.each(Object.keys(TRANSFER))('%s of the transfer is part of the hash', (name) => {
  expect(hashEntry(CHAIN_START, ENTRY, describeTransfer({ ...TRANSFER, [name]: 'another' }))).not.toBe(HASH);
});

test.each(Object.keys(HOLD))('%s of the hold is part of the hash', (name) => {
  expect(describeHold({ ...HOLD, [name]: 'another' })).not.toBe(describeHold(HOLD));
});

test('no text can pass for another by moving its ends, its quotes or its absence', () => {
  const hash = (facts: Partial<EntryFacts>) => hashEntry(CHAIN_START, { ...ENTRY, ...facts }, null);
  const hashes = [
    hash({ actor: 'a', reason: 'bc' }),
    hash({ actor: 'ab', reason: 'c' }),
    hash({ actor: 'a","b', reason: 'c' }),
    hash({ actor: 'a', reason: '","c' }),
    hash({ actor: null, reason: 'null' }),
    hash({ actor: 'null', reason: null }),
    hash({ actor: '', reason: null }),
    hash({ actor: null, reason: '' }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});

test('an instant is the microseconds since 1970', () => {
  expect(toMicroseconds('1970-01-01T00:00:01.234Z')).toBe('1234000');
});
