import { expect, test } from 'vitest';
import { readAnswer } from '../../src/sync/answer.ts';

const snapshot = {
  account: 'ada',
  epoch: 'one',
  version: 1,
  balance: { posted: 5, held: 1, available: 4 },
  from: 1,
  applied: [],
};

test.each([
  ['nothing', undefined, { refused: false }],
  ['text', 'ok', { refused: false }],
  ['no balance', { success: true, data: { coins_awarded: 50 } }, { refused: false }],
  ['the user', { user: { id: 7, coins: 12 } }, { refused: false, account: '7', available: 12 }],
  ['a new balance', { data: { new_balance: 0 } }, { refused: false, available: 0 }],
  [
    'both: the new balance is about this command',
    { data: { new_balance: 1 }, user: { coins: 2 } },
    { refused: false, available: 1 },
  ],
  ['a snapshot', { snapshot }, { refused: false, snapshot }],
  ['a refusal', { success: false, message: 'No.' }, { refused: true }],
])('reads %s', (_name, body, answer) => {
  expect(readAnswer(body)).toEqual(answer);
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
  expect(readAnswer(body)).toMatchObject({ error: { code } });
});

test('a refusal whose balance cannot be read is a refusal all the same', () => {
  const answer = readAnswer({ success: false, user: { id: 7, coins: null } });
  expect(answer).toMatchObject({ refused: true, account: '7', error: { code: 'invalid_request' } });
  expect(answer).not.toHaveProperty('available');
});
