import { expect, test } from 'vitest';
import { payReferral } from '../../recipes/referral.ts';
import { expectRefusal, useLedger } from '../support/test-ledger.ts';

const bench = useLedger();

test('both sides are paid once, however often and at once it is asked for', async () => {
  const [referrer, newcomer] = [await bench.openAccount(), 'newcomer-1'];
  await Promise.all([1, 2, 3].map(() => payReferral(bench.ledger, { referrer, newcomer })));
  await payReferral(bench.ledger, { referrer, newcomer });
  expect([await bench.readAvailable(referrer), await bench.readAvailable(newcomer)]).toEqual([100, 50]);
});

test('a second referrer of the same newcomer gets nothing', async () => {
  const [referrer, other] = [await bench.openAccount(), await bench.openAccount()];
  await payReferral(bench.ledger, { referrer, newcomer: 'newcomer-2' });
  await expectRefusal(payReferral(bench.ledger, { referrer: other, newcomer: 'newcomer-2' }), 'already_claimed');
  expect(await bench.readAvailable(other)).toBe(0);
  expect(await bench.readAvailable('newcomer-2')).toBe(50);
});

test('one referrer is paid for each newcomer', async () => {
  const referrer = await bench.openAccount();
  for (const newcomer of ['newcomer-3', 'newcomer-4']) await payReferral(bench.ledger, { referrer, newcomer });
  expect(await bench.readAvailable(referrer)).toBe(200);
});

test('when one side cannot be paid, neither is', async () => {
  const { ledger } = bench;
  const referrer = await bench.openAccount();
  const taken = { account: referrer, amount: 1, actor: 'system:test', reason: 'A test', idempotencyKey: 'taken' };
  await ledger.grant({ ...taken, claimKey: 'referral:newcomer-5' });
  await expectRefusal(payReferral(ledger, { referrer, newcomer: 'newcomer-5' }), 'already_claimed');
  expect(await ledger.balance('newcomer-5')).toMatchObject({ version: 0, balance: { available: 0 } });
});

test('nobody refers themselves', async () => {
  const account = await bench.openAccount();
  await expectRefusal(payReferral(bench.ledger, { referrer: account, newcomer: account }), 'invalid_request');
  expect(await bench.readAvailable(account)).toBe(0);
});
