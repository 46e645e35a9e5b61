import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTransferId, parseTransferId } from '../../../src/ledger/rules/transfer-id.ts';

test('the id of a transfer reads back as account number and version, up to the largest', () => {
  const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(number, number, (debit, version) => {
      expect(parseTransferId(formatTransferId({ debit, version }))).toEqual({ debit, version });
    }),
  );
  expect(formatTransferId({ debit: 100, version: 56 })).toBe('tr_2s_1k');
});

test.each([
  ['tr_2s'],
  ['tr_2s_1k_1'],
  ['tr_02s_1k'],
  ['tr_2S_1K'],
  ['tr_0_1'],
  ['tr_1_0'],
  ['tr_zzzzzzzzzzz_1'],
  ['tr_2s_1k '],
  ['tr_2s_1k\n'],
  ['2s_1k'],
  [''],
  [null],
  [{}],
])('%j is no id of a transfer', (value) => {
  const refused = expect.objectContaining({ code: 'invalid_request', details: { field: 'transfer' } });
  expect(() => parseTransferId(value)).toThrow(refused);
});
