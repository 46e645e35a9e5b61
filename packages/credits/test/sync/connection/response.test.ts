import { expect, test } from 'vitest';
import { readBalanceResponse } from '../../../src/sync/connection/response.ts';

const snapshot = {
  account: 'ada',
  epoch: 'one',
  version: 1,
  balance: { posted: 5, held: 1, available: 4 },
  from: 1,
  applied: [],
};

test.each([
  ['nothing', undefined, { isRefused: false }],
  ['text', 'ok', { isRefused: false }],
  ['no balance', { success: true, data: { coins_awarded: 50 } }, { isRefused: false }],
  ['the user', { user: { id: 7, coins: 12 } }, { isRefused: false, account: '7', available: 12 }],
  ['a new balance', { data: { new_balance: 0 } }, { isRefused: false, available: 0 }],
  [
    'both: the new balance is about this command',
    { data: { new_balance: 1 }, user: { coins: 2 } },
    { isRefused: false, available: 1 },
  ],
  ['a snapshot', { snapshot }, { isRefused: false, snapshot }],
  ['a refusal', { success: false, message: 'No.' }, { isRefused: true }],
])('reads %s', (_name, body, answer) => {
  expect(readBalanceResponse(body)).toEqual(answer);
});

test.each([
  ['null', { user: { coins: null } }, 'invalid_request'],
  ['text', { data: { new_balance: '50' } }, 'invalid_request'],
  ['a part', { user: { coins: 0.1 } }, 'invalid_request'],
  ['less than nothing', { user: { coins: -1 } }, 'invalid_request'],
  [
    'a snapshot that does not add up',
    { snapshot: { ...snapshot, balance: { posted: 5, held: 1, available: 5 } } },
    'protocol',
  ],
])('refuses %s as a balance', (_name, body, code) => {
  expect(readBalanceResponse(body)).toMatchObject({ error: { code } });
});

test('a refusal whose balance cannot be read is a refusal all the same', () => {
  const answer = readBalanceResponse({ success: false, user: { id: 7, coins: null } });
  expect(answer).toMatchObject({ isRefused: true, account: '7', error: { code: 'invalid_request' } });
  expect(answer).not.toHaveProperty('available');
});
