import { expect, test } from 'vitest';
import { cancelPlan, changePlan, describeRefill, startPlan } from '../../recipes/monthly-plan.ts';
import { useLedger } from '../support/test-ledger.ts';

const bench = useLedger();
const HERE = { locale: 'en-GB', timeZone: 'Europe/Berlin' };

/** A plan of 500 credits, bought now by an account that has some. */
async function buyPlan(order: string, credits: number): Promise<{ account: string; allowance: string }> {
  const account = await bench.openAccount(credits);
  const paidAt = new Date(bench.time.nowMs).toISOString();
  const plan = { account, name: 'Plan M', creditsPerMonth: 500, paidAt, timeZone: 'Europe/Berlin' };
  const allowance = await startPlan(bench.ledger, plan, order);
  expect(await startPlan(bench.ledger, plan, order)).toBe(allowance);
  return { account, allowance };
}

/** Moves to the next refill of an account. */
async function waitForRefill(account: string): Promise<void> {
  const { allowances } = await bench.ledger.allowances(account);
  bench.time.nowMs = Date.parse(allowances[0]?.nextRefillAt ?? '');
}

test('a plan is refilled every month, and carries over at most the half of it', async () => {
  bench.time.nowMs = Date.parse('2030-10-31T23:30:00Z'); // 1 November in Berlin
  const { account } = await buyPlan('order-1', 1_000);
  expect(await bench.readAvailable(account)).toBe(1_500);
  expect(await describeRefill(bench.ledger, account, HERE)).toBe('refills 500 on 1 Dec');
  const spend = { actor: account, account, reason: 'Server', idempotencyKey: 'spend-1' };
  await bench.ledger.spend({ ...spend, amount: 100 });
  await waitForRefill(account);
  expect(await bench.readAvailable(account)).toBe(1_000 + 250 + 500);
  await waitForRefill(account);
  expect(await bench.readAvailable(account)).toBe(1_000 + 250 + 500);
  await bench.ledger.spend({ ...spend, idempotencyKey: 'spend-2', amount: 700 });
  await waitForRefill(account);
  expect(await bench.readAvailable(account)).toBe(1_000 + 50 + 500);
});

test('a changed plan counts from its next month on, and a cancelled one ends with its month', async () => {
  const { account, allowance } = await buyPlan('order-2', 10);
  await changePlan(bench.ledger, { account, allowance, creditsPerMonth: 40 }, 'change-2');
  expect(await bench.readAvailable(account)).toBe(510);
  await waitForRefill(account);
  expect(await bench.readAvailable(account)).toBe(10 + 250 + 40);
  await cancelPlan(bench.ledger, account, allowance);
  await cancelPlan(bench.ledger, account, allowance);
  expect(await describeRefill(bench.ledger, account, HERE)).toBeNull();
  expect(await bench.readAvailable(account)).toBe(300);
  bench.time.nowMs += 62 * 86_400_000;
  expect(await bench.readAvailable(account)).toBe(10);
});
