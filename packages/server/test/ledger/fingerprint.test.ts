import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, createFingerprint } from '../../src/ledger/fingerprint.ts';

test('the same arguments have the same fingerprint, however they were built', () => {
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
  ['one more argument', 'grant', { account: 'a', amount: 1, once: 'x' }],
  ['null for an argument', 'grant', { account: 'a', amount: 1, once: null }],
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
