import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerWithSnapshot } from '../../src/http/answer-with-snapshot.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openTestLedger } from '../support/door.ts';

let ledger: Ledger;
let close: () => Promise<void>;

beforeAll(async () => ({ ledger, close } = await openTestLedger()));
afterAll(() => close());

test('a host’s answer keeps its own body and carries the new balance and the snapshot', async () => {
  await ledger.openAccount('42');
  const base = { account: '42', actor: '42', reason: 'Daily bonus' };
  await ledger.grant({ ...base, amount: 25, idempotencyKey: 'claim' });
  await ledger.grant({ ...base, amount: 25, idempotencyKey: 'later' });
  const body = { success: true, message: 'Claimed', data: { coins_awarded: 25 } };
  const response = await answerWithSnapshot(ledger, '42', body, { status: 201, operations: ['claim'] });
  expect(response.status).toBe(201);
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  expect(await response.json()).toEqual({
    success: true,
    message: 'Claimed',
    data: { coins_awarded: 25, new_balance: 50 },
    snapshot: {
      account: '42',
      epoch: ledger.epoch,
      version: 2,
      balance: { posted: 50, held: 0, available: 50 },
      from: 2,
      applied: ['claim'],
    },
  });
});

test('a body without data gets one', async () => {
  await ledger.openAccount('43');
  const response = await answerWithSnapshot(ledger, '43', { success: true }, { headers: { 'x-kind': 'renewal' } });
  expect(response.headers.get('x-kind')).toBe('renewal');
  expect(await response.json()).toMatchObject({ success: true, data: { new_balance: 0 }, snapshot: { version: 0 } });
});

test('an account that does not exist is not invented', async () => {
  await expect(answerWithSnapshot(ledger, 'nobody', {})).rejects.toMatchObject({ code: 'account_not_found' });
});
