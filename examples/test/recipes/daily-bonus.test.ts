import { expect, test } from 'vitest';
import { nextBonusAt, payDailyBonus } from '../../recipes/daily-bonus.ts';
import { expectRefusal, useLedger } from '../support/test-ledger.ts';

const bench = useLedger();
const NIGHT = new Date('2026-11-22T23:59:59.900Z');
const MORNING = new Date('2026-11-23T00:00:00.100Z');

test('a hundred claims of one day, each under a key of its own, pay once', async () => {
  const { ledger } = bench;
  const claims = Array.from({ length: 100 }, (_, index) =>
    payDailyBonus(ledger, { account: 'ada', idempotencyKey: `tab-${index}` }, NIGHT),
  );
  const outcomes = await Promise.allSettled(claims);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await bench.readAvailable('ada')).toBe(25);
});

test('the next day pays again, and the refusal of a second claim has an end', async () => {
  const { ledger } = bench;
  await payDailyBonus(ledger, { account: 'bob', idempotencyKey: 'first' }, NIGHT);
  await expectRefusal(payDailyBonus(ledger, { account: 'bob', idempotencyKey: 'second' }, NIGHT), 'already_claimed');
  expect(nextBonusAt(NIGHT).toISOString()).toBe('2026-11-23T00:00:00.000Z');
  await payDailyBonus(ledger, { account: 'bob', idempotencyKey: 'third' }, MORNING);
  expect(await bench.readAvailable('bob')).toBe(50);
});

test('a claim that is repeated after midnight is the one of the night', async () => {
  const claim = { account: 'cleo', idempotencyKey: 'lost-answer' };
  const first = await payDailyBonus(bench.ledger, claim, NIGHT);
  const again = await payDailyBonus(bench.ledger, claim, MORNING);
  expect(again).toMatchObject({ replayed: true, version: first.version });
  expect(await bench.readAvailable('cleo')).toBe(25);
});

test('a key that was used for something else pays nothing', async () => {
  const account = await bench.openAccount(10);
  const by = { account, actor: account, reason: 'Server', idempotencyKey: 'server' };
  await bench.ledger.spend({ ...by, amount: 10 });
  await expectRefusal(payDailyBonus(bench.ledger, { account, idempotencyKey: 'server' }), 'idempotency_key_reused');
  expect(await bench.readAvailable(account)).toBe(0);
});
