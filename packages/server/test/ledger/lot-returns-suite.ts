import { expect, test } from 'vitest';
import { by, openAccount, refusal, type Bench } from '../support/ledger.ts';
import { createLotSteps, DAY_MS, HOUR_MS } from '../support/lots.ts';

/** Credits that expire and come back, move on or are held: they keep their instant. */
export function testLotReturns(bench: Bench): void {
  const { inMs, grant, spend, lotsOf, amountsOf, expectVerified } = createLotSteps(bench);

  test('T10 a refund returns what expires with its instant and priority, and plain credits as plain', async () => {
    const account = await openAccount(bench, 100);
    const expiresAt = inMs(DAY_MS);
    await grant(account, 30, { expiresAt, priority: 7 });
    const { transfer } = await spend(account, 50);
    const refund = await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    expect(refund.balance.available).toBe(130);
    expect(await lotsOf(account)).toEqual([{ available: 30, expiresAt, priority: 7 }]);
    await expectVerified(account);
    bench.time.nowMs += DAY_MS;
    expect((await bench.ledger.balance(account)).balance.available).toBe(100);
    await expectVerified(account);
  });

  test('T10 a refund of credits that have expired meanwhile can be spent for 24 hours', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    const { transfer } = await spend(account, 30);
    bench.time.nowMs += 5 * HOUR_MS;
    await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    expect(await lotsOf(account)).toEqual([{ available: 30, expiresAt: inMs(DAY_MS), priority: 50 }]);
    bench.time.nowMs += DAY_MS;
    expect((await bench.ledger.balance(account)).balance.available).toBe(100);
    await expectVerified(account);
  });

  test('T10 a reversed refund takes the refunded credits, and is refused once they are spent', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(DAY_MS) });
    const { transfer } = await spend(account, 50);
    const refund = await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    const again = await bench.ledger.reverse({ ...by('system:admin'), transfer: refund.transfer.id });
    expect(again.balance.available).toBe(80);
    expect(await amountsOf(account)).toEqual([]);
    const second = await bench.ledger.reverse({ ...by('system:admin'), transfer: again.transfer.id });
    await spend(account, 10);
    const undo = { ...by('system:admin'), transfer: second.transfer.id };
    const error = await refusal(bench.ledger.reverse(undo), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 50, available: 40 });
    await expectVerified(account);
  });

  test('a reversed grant takes its own lot, whatever is spent first', async () => {
    const account = await openAccount(bench, 100);
    const { transfer } = await grant(account, 30, { expiresAt: inMs(2 * DAY_MS) });
    await grant(account, 20, { expiresAt: inMs(DAY_MS) });
    await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    expect(await amountsOf(account)).toEqual([20]);
    expect((await bench.ledger.balance(account)).balance.available).toBe(120);
    await expectVerified(account);
  });

  test('a grant whose credits expired cannot be reversed with paid ones', async () => {
    const account = await openAccount(bench, 100);
    const { transfer } = await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    bench.time.nowMs += HOUR_MS;
    const reversal = { ...by('system:admin'), transfer: transfer.id };
    const error = await refusal(bench.ledger.reverse(reversal), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 30, available: 0 });
    expect((await bench.ledger.balance(account)).balance.available).toBe(100);
  });

  test('a plain grant is reversed with plain credits only', async () => {
    const account = await openAccount(bench);
    const { transfer } = await grant(account, 30);
    await spend(account, 10);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    const reversal = { ...by('system:admin'), transfer: transfer.id };
    const error = await refusal(bench.ledger.reverse(reversal), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 30, available: 20 });
    await grant(account, 10);
    await bench.ledger.reverse(reversal);
    expect(await amountsOf(account)).toEqual([30]);
    await expectVerified(account);
  });

  test('what expired can be given back by a reversal, for 24 hours', async () => {
    const account = await openAccount(bench, 1);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    bench.time.nowMs += HOUR_MS;
    const { entries } = await bench.ledger.history(account, { limit: 1 });
    const transfer = entries[0]?.transfer ?? '';
    expect(await bench.ledger.findTransfer(transfer)).toMatchObject({
      kind: 'breakage',
      destination: 'system:breakage',
    });
    await bench.ledger.reverse({ ...by('system:admin'), transfer });
    expect(await lotsOf(account)).toEqual([{ available: 30, expiresAt: inMs(DAY_MS), priority: 50 }]);
    await expectVerified(account);
  });

  test('credits keep their instant and priority when they are transferred, and return with them', async () => {
    const account = await openAccount(bench, 100);
    const other = await openAccount(bench, 1);
    const expiresAt = inMs(DAY_MS);
    await grant(account, 10, { expiresAt, priority: 3 });
    await grant(account, 20, { priority: 4 });
    const { transfer } = await bench.ledger.transfer({
      ...by(account),
      source: account,
      destination: other,
      amount: 50,
    });
    const moved = [
      { available: 10, expiresAt, priority: 3 },
      { available: 20, expiresAt: null, priority: 4 },
    ];
    expect(await lotsOf(other)).toEqual(moved);
    expect(await lotsOf(account)).toEqual([]);
    await expectVerified(other);
    await bench.ledger.reverse({ ...by('system:admin'), transfer: transfer.id });
    expect(await lotsOf(account)).toEqual(moved);
    expect(await lotsOf(other)).toEqual([]);
    await expectVerified(account);
    await expectVerified(other);
  });

  test('an adjustment takes credits in the order in which they are spent, and gives plain ones', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(DAY_MS) });
    await bench.ledger.adjust({ ...by('system:admin'), account, available: 110, expectedVersion: 2 });
    expect(await amountsOf(account)).toEqual([10]);
    await bench.ledger.adjust({ ...by('system:admin'), account, available: 200, expectedVersion: 3 });
    expect(await amountsOf(account)).toEqual([10]);
    await expectVerified(account);
  });

  test('T11 held credits do not expire; released after their instant they expire at once', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 20, expiresAfterMs: 2 * HOUR_MS });
    expect(await bench.ledger.lots(account)).toMatchObject({ lots: [{ available: 10, held: 20 }] });
    bench.time.nowMs += HOUR_MS;
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 120, held: 20, available: 100 });
    const receipt = await bench.ledger.void({ ...by(account), hold: hold.id });
    expect(receipt).toMatchObject({ hold: { state: 'voided' } });
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 100, held: 0, available: 100 });
    await expectVerified(account);
  });

  test('T11 a spend that arrives together with the release cannot take what expired', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 30, expiresAfterMs: 2 * HOUR_MS });
    bench.time.nowMs += HOUR_MS;
    const [released, spent] = await Promise.allSettled([
      bench.ledger.void({ ...by(account), hold: hold.id }),
      spend(account, 101),
    ]);
    expect(released.status).toBe('fulfilled');
    expect(spent).toMatchObject({ status: 'rejected', reason: { code: 'insufficient_credits' } });
    await expectVerified(account);
  });

  test('T11 held credits are posted after their instant, in parts, and the rest expires with the hold', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 40, expiresAfterMs: 3 * HOUR_MS });
    bench.time.nowMs += 2 * HOUR_MS;
    await bench.ledger.post({ ...by(account), hold: hold.id, amount: 25 });
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 105, held: 15, available: 90 });
    bench.time.nowMs += HOUR_MS;
    // 5 of the lot and 10 plain credits remained: the 5 expire.
    expect((await bench.ledger.balance(account)).balance).toEqual({ posted: 100, held: 0, available: 100 });
    const { entries } = await bench.ledger.history(account, { limit: 2 });
    expect(entries.map(({ verb, amount }) => [verb, amount])).toEqual([
      ['breakage', 5],
      ['expire', 15],
    ]);
    await expectVerified(account);
  });

  test('T11 a hold that is released before the instant gives its credits back to their lot', async () => {
    const account = await openAccount(bench, 100);
    const expiresAt = inMs(DAY_MS);
    await grant(account, 30, { expiresAt });
    const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 40, expiresAfterMs: HOUR_MS });
    expect(await amountsOf(account)).toEqual([]);
    await bench.ledger.post({ ...by(account), hold: hold.id, amount: 10 });
    await bench.ledger.void({ ...by(account), hold: hold.id });
    expect(await lotsOf(account)).toEqual([{ available: 20, expiresAt, priority: 50 }]);
    await expectVerified(account);
  });

  test('T11 a post to another user after the instant gives 24 hours to spend it', async () => {
    const account = await openAccount(bench);
    const seller = await openAccount(bench);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    const { hold } = await bench.ledger.hold({
      ...by(account),
      account,
      amount: 30,
      destination: seller,
      expiresAfterMs: 3 * HOUR_MS,
    });
    bench.time.nowMs += HOUR_MS;
    await bench.ledger.post({ ...by(account), hold: hold.id });
    expect(await lotsOf(seller)).toEqual([{ available: 30, expiresAt: inMs(DAY_MS), priority: 50 }]);
    await expectVerified(account);
    await expectVerified(seller);
  });
}
