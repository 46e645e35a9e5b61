import { expect, test, vi } from 'vitest';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';
import { createLotSteps, DAY_MS, HOUR_MS } from '../support/lots.ts';

/** Credits that expire or have a priority: spent in order, and gone at their instant. */
export function testLots(bench: Bench): void {
  const { inMs, grant, spend, lotsOf, amountsOf, expectVerified } = createLotSteps(bench);

  test('a grant that expires is spent before credits that do not', async () => {
    const account = await openAccount(bench, 100);
    const expiresAt = inMs(DAY_MS);
    const receipt = await grant(account, 50, { expiresAt });
    expect(receipt).toMatchObject({ version: 2, balance: { available: 150 }, transfer: { kind: 'grant', amount: 50 } });
    await spend(account, 20);
    expect(await bench.ledger.lots(account)).toMatchObject({
      lots: [{ version: 2, amount: 50, available: 30, held: 0, priority: 50, expiresAt }],
      hasMore: false,
      snapshot: { account, version: 3, balance: { available: 130 } },
    });
    await spend(account, 40);
    expect(await amountsOf(account)).toEqual([]);
    expect((await bench.ledger.balance(account)).balance.available).toBe(90);
    await expectVerified(account);
  });

  test('T3 what expires soon and the balance are of one instant, also while credits are spent and expire', async () => {
    const account = await openAccount(bench, 100);
    for (const days of [1, 2, 3]) await grant(account, 10, { expiresAt: inMs(days * DAY_MS) });
    const spends = Array.from({ length: 12 }, () => spend(account, 2));
    const pages = await Promise.all(Array.from({ length: 12 }, () => bench.ledger.lots(account)));
    await Promise.all(spends);
    pages.push(await bench.ledger.lots(account));
    bench.time.nowMs += 4 * DAY_MS;
    pages.push(await bench.ledger.lots(account));
    // Lots are spent before the 100 that do not expire.
    const available = pages.map(({ snapshot }) => snapshot.balance.available);
    expect(pages.map(({ lots }) => lots.reduce((sum, lot) => sum + lot.available, 100))).toEqual(available);
    expect(available.slice(-2)).toEqual([106, 100]);
  });

  test('an account without lots has an empty list', async () => {
    const account = await openAccount(bench, 5);
    expect(await bench.ledger.lots(account)).toMatchObject({ lots: [], hasMore: false, snapshot: { version: 1 } });
    expect(await bench.ledger.lots(fresh('nobody'))).toMatchObject({ lots: [], snapshot: { version: 0 } });
  });

  test('a list of lots says when there are more', async () => {
    const account = await openAccount(bench);
    for (const priority of [3, 1, 2]) await grant(account, priority, { priority });
    const page = await bench.ledger.lots(account, { limit: 2 });
    expect(page).toMatchObject({ lots: [{ available: 1 }, { available: 2 }], hasMore: true });
    await refusal(bench.ledger.lots(account, { limit: 101 }), 'invalid_request');
  });

  test.each([
    ['expiresAt', 'tomorrow'],
    ['expiresAt', '2027-01-01'],
    ['expiresAt', '2027-01-01T00:00'],
    ['expiresAt', '2027-02-31T99:00Z'],
    ['expiresAt', '+012027-01-01T00:00:00Z'],
    ['expiresAt', 1_900_000_000_000],
    ['expiresAt', null],
    ['expiresAt', '1970-01-01T00:00:00Z'],
    ['priority', -1],
    ['priority', 101],
    ['priority', 1.5],
    ['priority', '1'],
  ])('a grant with the %s %j is refused', async (field, value) => {
    const account = await openAccount(bench);
    const error = await refusal(grant(account, 5, { [field]: value }), 'invalid_request');
    expect(error.details).toEqual({ field });
    expect((await bench.ledger.balance(account)).version).toBe(0);
  });

  test('a grant that expires now is refused; repeated after its instant it gets its first receipt', async () => {
    const account = await openAccount(bench);
    await refusal(grant(account, 5, { expiresAt: inMs(0) }), 'invalid_request');
    const command = { ...by('system:promo'), account, amount: 5, expiresAt: inMs(1) };
    const receipt = await bench.ledger.grant(command);
    bench.time.nowMs += 1;
    expect(await bench.ledger.grant(command)).toEqual({ ...receipt, replayed: true });
    expect((await bench.ledger.balance(account)).balance.available).toBe(0);
    await refusal(bench.ledger.grant({ ...command, expiresAt: inMs(HOUR_MS) }), 'idempotency_key_reused');
  });

  test('the same instant in another zone is the same command', async () => {
    const account = await openAccount(bench);
    const command = { ...by('system:promo'), account, amount: 5, expiresAt: '2030-01-01T00:00:00Z' };
    await bench.ledger.grant(command);
    const again = await bench.ledger.grant({ ...command, expiresAt: '2030-01-01T02:00:00.000+02:00' });
    expect(again.replayed).toBe(true);
  });

  test('T1 expiry takes what remains of its own lot, and never paid credits', async () => {
    const account = await openAccount(bench, 100);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    await spend(account, 29);
    bench.time.nowMs += HOUR_MS;
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 4, balance: { posted: 100, available: 100 } });
    const { entries } = await bench.ledger.history(account, { limit: 1 });
    expect(entries[0]).toMatchObject({
      verb: 'breakage',
      kind: 'transfer',
      direction: 'debit',
      amount: 1,
      counterparty: 'system:breakage',
      actor: 'system:ledger',
      reason: 'The credits expired',
    });
    await expectVerified(account);
  });

  test('T1 spends that meet the instant from two instances at once take nothing twice', async () => {
    const other = await bench.openLedger();
    const account = await openAccount(bench, 100);
    await grant(account, 50, { expiresAt: inMs(HOUR_MS) });
    await spend(account, 20);
    bench.time.nowMs += HOUR_MS;
    const spends = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? bench.ledger : other).spend({ ...by(account), account, amount: 10 }),
    );
    const outcomes = await Promise.allSettled(spends);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 14, balance: { available: 0 } });
    await expectVerified(account);
  });

  test('T2 a lot ends at its instant, for commands and reads', async () => {
    const account = await openAccount(bench, 10);
    const other = await openAccount(bench);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    bench.time.nowMs += HOUR_MS - 1;
    expect((await bench.ledger.balance(account)).balance.available).toBe(40);
    bench.time.nowMs += 1;
    const error = await refusal(spend(account, 11), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 11, available: 10 });
    // The refused command settled it: what was due was moved, and nothing else.
    expect((await bench.ledger.versions([account])).get(account)).toBe(3);
    const transfer = { ...by(account), source: account, destination: other, amount: 11 };
    await refusal(bench.ledger.transfer(transfer), 'insufficient_credits');
    await refusal(
      bench.ledger.hold({ ...by(account), account, amount: 11, expiresAfterMs: 1_000 }),
      'insufficient_credits',
    );
  });

  test.each([
    ['a snapshot', async (account: string) => (await bench.ledger.snapshot(account)).balance.available],
    ['a history', async (account: string) => (await bench.ledger.history(account)).snapshot.balance.available],
    ['a list of holds', async (account: string) => (await bench.ledger.holds(account)).snapshot.balance.available],
    ['a list of lots', async (account: string) => (await bench.ledger.lots(account)).snapshot.balance.available],
    [
      'a balance at an instant',
      async (account: string) => (await bench.ledger.balanceAt(account, { instant: inMs(0) })).balance.available,
    ],
  ])('T2 %s after the instant does not contain the lot', async (_what, read) => {
    const account = await openAccount(bench, 10);
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    bench.time.nowMs += HOUR_MS;
    expect(await read(account)).toBe(10);
  });

  test('T2 what expired is counted, and issued − spent − expired circulates', async () => {
    const account = await openAccount(bench, 10);
    const before = await bench.ledger.circulation();
    await grant(account, 30, { expiresAt: inMs(HOUR_MS) });
    bench.time.nowMs += HOUR_MS;
    await bench.ledger.balance(account);
    const after = await bench.ledger.circulation();
    expect(after.expired - before.expired).toBe(30);
    expect(after.circulating).toBe(before.circulating);
    expect(after.issued - after.spent - after.expired).toBe(after.circulating);
  });

  test('T5 of one interval, what expires earlier is spent first; then by priority, and by age', async () => {
    const account = await openAccount(bench, 1_000);
    const [soon, late] = [inMs(DAY_MS), inMs(2 * DAY_MS)];
    await grant(account, 1, { expiresAt: late });
    await grant(account, 2, { expiresAt: soon });
    await grant(account, 4, { priority: 50 });
    await grant(account, 8, { priority: 49 });
    await grant(account, 16, { priority: 51, expiresAt: soon });
    await grant(account, 32, { expiresAt: soon });
    expect(await amountsOf(account)).toEqual([8, 2, 32, 1, 4, 16]);
    await spend(account, 8 + 2 + 1);
    expect(await amountsOf(account)).toEqual([31, 1, 4, 16]);
    await expectVerified(account);
  });

  test('T8 each lot has its own instant, and no balance depends on a job having run', async () => {
    const account = await openAccount(bench, 7);
    for (const hours of [1, 2, 3]) await grant(account, hours * 10, { expiresAt: inMs(hours * HOUR_MS) });
    for (const available of [57, 37, 7]) {
      bench.time.nowMs += HOUR_MS;
      expect((await bench.ledger.balance(account)).balance.available).toBe(available);
    }
    await expectVerified(account);
  });

  test('T8 lots that all expired in between are settled one by one, the earliest first', async () => {
    const account = await openAccount(bench, 7);
    for (const hours of [3, 1, 2]) await grant(account, hours, { expiresAt: inMs(hours * HOUR_MS) });
    bench.time.nowMs += 3 * HOUR_MS;
    await spend(account, 1);
    const { entries } = await bench.ledger.history(account, { limit: 4 });
    expect(entries.map(({ verb, amount }) => [verb, amount])).toEqual([
      ['spend', 1],
      ['breakage', 3],
      ['breakage', 2],
      ['breakage', 1],
    ]);
    await expectVerified(account);
  });

  test('T8 a lot that nobody reads is settled by the timer, and listeners are called', async () => {
    const account = await openAccount(bench, 7);
    await grant(account, 10, { expiresAt: inMs(HOUR_MS) });
    const ledger = await bench.openLedger({ expirySweepMs: 5 });
    const notified: string[] = [];
    ledger.onChange((accounts) => notified.push(...accounts));
    bench.time.nowMs += HOUR_MS;
    await vi.waitFor(() => expect(notified).toContain(account), { timeout: 30_000 });
    expect((await ledger.versions([account])).get(account)).toBe(3);
    await ledger.close();
  });

  test('T9 the instant of a lot is fixed when it is granted', async () => {
    const account = await openAccount(bench);
    const [first, second] = [inMs(10 * DAY_MS), inMs(30 * DAY_MS)];
    await grant(account, 10, { expiresAt: first });
    bench.time.nowMs += 9 * DAY_MS;
    await grant(account, 10, { expiresAt: second });
    await spend(account, 1);
    expect((await lotsOf(account)).map(({ expiresAt }) => expiresAt)).toEqual([first, second]);
    bench.time.nowMs += DAY_MS;
    expect(await amountsOf(account)).toEqual([10]);
  });

  test('grants, spends and holds of lots at once are decided in order of arrival', async () => {
    const account = await openAccount(bench, 10);
    const expiresAt = inMs(DAY_MS);
    const command = { ...by(account), account, amount: 25, expiresAfterMs: 60_000 };
    const [, , held] = await Promise.all([
      grant(account, 20, { expiresAt }),
      spend(account, 5),
      bench.ledger.hold(command),
    ]);
    await bench.ledger.void({ ...by(account), hold: held.hold.id });
    expect(await amountsOf(account)).toEqual([15]);
    expect((await bench.ledger.hold(command)).replayed).toBe(true);
    await expectVerified(account);
  });

  test('T12 a spend of more lots than are read at once takes all of them, in order', async () => {
    const account = await openAccount(bench, 5);
    await Promise.all(Array.from({ length: 400 }, (_, index) => grant(account, 1, { priority: index % 7 })));
    await spend(account, 390);
    expect((await lotsOf(account)).map(({ priority }) => priority)).toEqual(Array.from({ length: 10 }, () => 6));
    await spend(account, 15);
    expect((await bench.ledger.balance(account)).balance.available).toBe(0);
    await expectVerified(account);
  });
}
