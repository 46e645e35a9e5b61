import { expect, test } from 'vitest';
import { refundPurchase } from '../../recipes/refund.ts';
import { expectRefusal, useLedger } from '../support/test-ledger.ts';

const bench = useLedger();
const reason = 'The node was down';

async function buy(): Promise<{ account: string; purchase: string }> {
  const account = await bench.openAccount(100);
  const by = { account, actor: account, reason: 'Server', idempotencyKey: 'server' };
  const { transfer } = await bench.ledger.spend({ ...by, amount: 60 });
  return { account, purchase: transfer.id };
}

test('a purchase is refunded once, whichever operators try, and the history shows both', async () => {
  const { account, purchase } = await buy();
  const attempts = ['op-1', 'op-2', 'op-1'].map((operator) =>
    refundPurchase(bench.ledger, { purchase, operator, reason }),
  );
  expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
  expect(await refundPurchase(bench.ledger, { purchase, operator: 'op-1', reason: 'Again' })).toBe(false);
  expect(await bench.readAvailable(account)).toBe(100);
  const { entries } = await bench.ledger.history(account);
  expect(entries.map(({ verb }) => verb)).toEqual(['reverse', 'spend', 'grant']);
});

test('D1 (after the charge): a refund that was undone by mistake can be given again', async () => {
  const { account, purchase } = await buy();
  const { ledger } = bench;
  const refund = () => refundPurchase(ledger, { purchase, operator: 'op-1', reason });
  expect(await refund()).toBe(true);
  const [first] = (await ledger.findTransfer(purchase)).reversals;
  await ledger.reverse({ transfer: first ?? '', actor: 'op-1', reason: 'Wrong ticket', idempotencyKey: 'undo' });
  expect(await bench.readAvailable(account)).toBe(40);
  expect(await refund()).toBe(true);
  expect(await refund()).toBe(false);
  expect(await bench.readAvailable(account)).toBe(100);
});

test('what was posted from a hold is a purchase too', async () => {
  const { ledger } = bench;
  const account = await bench.openAccount(100);
  const by = { actor: account, reason: 'Server' };
  const { hold } = await ledger.hold({ ...by, account, amount: 40, expiresAfterMs: 60_000, idempotencyKey: 'hold' });
  const { transfer } = await ledger.post({ ...by, hold: hold.id, idempotencyKey: 'post' });
  expect(await refundPurchase(ledger, { purchase: transfer.id, operator: 'op-1', reason })).toBe(true);
  expect(await bench.readAvailable(account)).toBe(100);
});

test('a grant is no purchase, and what does not exist is not found', async () => {
  const { account } = await buy();
  const { entries } = await bench.ledger.history(account);
  const purchase = entries.at(-1)?.transfer ?? '';
  await expectRefusal(refundPurchase(bench.ledger, { purchase, operator: 'op-1', reason }), 'invalid_request');
  const nothing = 'tr_zz_zz';
  const lost = refundPurchase(bench.ledger, { purchase: nothing, operator: 'op-1', reason });
  await expectRefusal(lost, 'transfer_not_found');
  expect(await bench.readAvailable(account)).toBe(40);
});
