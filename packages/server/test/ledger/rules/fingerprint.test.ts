import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, createFingerprint, digestKey } from '../../../src/ledger/rules/fingerprint.ts';

test('the same arguments have the same fingerprint, whatever order they were built in', () => {
  const built = createFingerprint('grant', {
    account: 'a',
    amount: 1,
    metadata: { x: [1, { b: 2, a: 1 }], y: undefined },
  });
  expect(createFingerprint('grant', { metadata: { x: [1, { a: 1, b: 2 }] }, amount: 1, account: 'a' })).toBe(built);
});

test.each([
  ['another kind', 'spend', { account: 'a', amount: 1 }],
  ['another amount', 'grant', { account: 'a', amount: 2 }],
  ['a text for a number', 'grant', { account: 'a', amount: '1' }],
  ['one more argument', 'grant', { account: 'a', amount: 1, claimKey: 'x' }],
  ['null for an argument', 'grant', { account: 'a', amount: 1, claimKey: null }],
])('%s makes another fingerprint', (_what, kind, args) => {
  expect(createFingerprint(kind, args)).not.toBe(createFingerprint('grant', { account: 'a', amount: 1 }));
});

test('canonical text reads back as what was written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
    }),
  );
});

test('a key is looked up by a digest of 16 bytes, which no other actor’s key has', () => {
  expect(digestKey('user:1', 'key-1')).toMatch(/^[0-9a-f]{32}$/);
  expect(digestKey('user:1', 'key-1')).toBe('278064a55c1089ccf173ff836a7558c7');
  expect(digestKey('user:', '1key-1')).not.toBe(digestKey('user:1', 'key-1'));
});
