import { expect, test } from 'vitest';
import { readTransferQuery, toTransferGroup, writeTransferQuery } from '../../lib/transfers.ts';

test('an address says which transfers to show, and what cannot be meant is left out', () => {
  const query = { user: 'mara', q: 'a map', type: 'sent', min: '5', from: '2026-11-01', tz: 'Europe/Berlin' } as const;
  expect(readTransferQuery(Object.fromEntries(new URLSearchParams(writeTransferQuery(query))))).toEqual(query);
  const wrong = {
    user: ' ',
    q: '\u0000',
    type: 'other',
    min: '-1',
    max: '1e3',
    from: '2026-02-31',
    to: '',
    tz: 'Mars',
  };
  expect(readTransferQuery(wrong)).toEqual({});
  // A time zone alone narrows nothing.
  expect(readTransferQuery({ tz: 'UTC' })).toEqual({});
  expect(readTransferQuery({ q: ['first', 'second'] })).toEqual({ q: 'first' });
});

test('each kind of transfer belongs to a group', () => {
  expect([toTransferGroup('refill'), toTransferGroup('post'), toTransferGroup('breakage')]).toEqual([
    'granted',
    'spent',
    'expired',
  ]);
});
