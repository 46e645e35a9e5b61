import { expect, test, vi } from 'vitest';
import { SNAPSHOT_RATES_MAX, type RatePeriod } from 'realtime-credits/contract';
import type { StartRateCommand } from '../../src/ledger/commands.ts';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';

/** Credits per period: charged to the credit at every instant, whenever and by whom they are settled. */
export function testRates(bench: Bench): void {
  const inMs = (ms: number): string => new Date(bench.time.nowMs + ms).toISOString();

  function start(account: string, terms: Partial<StartRateCommand> = {}) {
    const command = { ...by('system:panel'), account, resource: 'server:1', amount: 60, per: 'hour' as const };
    return bench.ledger.startRate({ ...command, ...terms });
  }

  async function stop(account: string, rate: string) {
    return bench.ledger.stopRate({ ...by('system:panel'), account, rate });
  }

  async function available(account: string): Promise<number> {
    return (await bench.ledger.balance(account)).balance.available;
  }

  async function statesOf(account: string): Promise<string[]> {
    return (await bench.ledger.rates(account)).rates.map(({ state }) => state);
  }

  /** The newest entries: verb and amount. */
  async function newest(account: string, limit: number): Promise<[string, number][]> {
    const { entries } = await bench.ledger.history(account, { limit });
    return entries.map(({ verb, amount }) => [verb, amount]);
  }

  async function expectVerified(account: string): Promise<void> {
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  }

  test('a rate costs its amount per period, credit by credit, until it is stopped', async () => {
    const account = await openAccount(bench, 1_000);
    const startedAt = inMs(0);
    const { rate, version, balance } = await start(account);
    expect(rate).toEqual({
      id: expect.any(String) as string,
      account,
      resource: 'server:1',
      amount: 60,
      per: 'hour',
      state: 'active',
      startedAt,
      settledAt: startedAt,
      charged: 0,
      prepaid: 0,
    });
    expect([version, balance.available]).toEqual([2, 1_000]);
    bench.time.nowMs += 59_999;
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 2, balance: { available: 1_000 } });
    bench.time.nowMs += 1;
    expect(await bench.ledger.balance(account)).toMatchObject({ version: 3, balance: { posted: 999, available: 999 } });
    bench.time.nowMs += 90_000;
    const stopped = await stop(account, rate.id);
    expect(stopped.rate).toMatchObject({ id: rate.id, state: 'stopped', charged: 2, settledAt: inMs(0) });
    bench.time.nowMs += DAY_MS;
    expect(await available(account)).toBe(998);
    expect((await bench.ledger.rates(account)).rates).toEqual([]);
    expect(await newest(account, 4)).toEqual([
      ['stop', 0],
      ['charge', 1],
      ['charge', 1],
      ['start', 0],
    ]);
    await expectVerified(account);
  });

  test('entries of a rate say what it was, and its charges go to what is spent', async () => {
    const account = await openAccount(bench, 10);
    const before = await bench.ledger.circulation();
    await start(account, { resource: 'server:eu-1', metadata: { plan: 's' } });
    bench.time.nowMs += 120_000;
    const { entries } = await bench.ledger.history(account, { limit: 2 });
    expect(entries).toMatchObject([
      {
        verb: 'charge',
        kind: 'transfer',
        amount: 2,
        counterparty: 'system:spent',
        actor: 'system:ledger',
        reason: 'Used: server:eu-1',
        before: { available: 10 },
        after: { available: 8 },
      },
      {
        verb: 'start',
        kind: 'rate',
        amount: 0,
        counterparty: null,
        transfer: null,
        metadata: { plan: 's' },
        before: { available: 10 },
        after: { available: 10 },
      },
    ]);
    const after = await bench.ledger.circulation();
    expect(after.spent - before.spent).toBe(2);
    const { reversals } = await bench.ledger.findTransfer(entries[0]?.transfer ?? '');
    expect(reversals).toEqual([]);
    await bench.ledger.reverse({ ...by('system:admin'), transfer: entries[0]?.transfer ?? '' });
    expect(await available(account)).toBe(10);
    await expectVerified(account);
  });

  test('repeated commands of a rate get their first receipts', async () => {
    const account = await openAccount(bench, 10);
    const command = { ...by('system:panel'), account, resource: 'a', amount: 60, per: 'hour' as const, minimum: 2 };
    const started = await bench.ledger.startRate(command);
    bench.time.nowMs += 180_000;
    expect(await bench.ledger.startRate(command)).toEqual({ ...started, replayed: true });
    await refusal(bench.ledger.startRate({ ...command, amount: 61 }), 'idempotency_key_reused');
    const stopping = { ...by('system:panel'), account, rate: started.rate.id };
    const stopped = await bench.ledger.stopRate(stopping);
    bench.time.nowMs += 180_000;
    expect(await bench.ledger.stopRate(stopping)).toEqual({ ...stopped, replayed: true });
    await refusal(stop(account, started.rate.id), 'rate_not_found');
    expect(stopped.rate).toMatchObject({ charged: 3, prepaid: 0 });
    expect(await available(account)).toBe(7);
  });

  test('a rate of another account, and one that does not exist, cannot be stopped', async () => {
    const account = await openAccount(bench, 10);
    const { rate } = await start(account);
    await refusal(stop(await openAccount(bench, 10), rate.id), 'rate_not_found');
    await refusal(stop(account, 'nothing'), 'rate_not_found');
    expect(await statesOf(account)).toEqual(['active']);
  });

  test.each([
    ['amount', 0],
    ['amount', 1.5],
    ['amount', 1_000_000_001],
    ['amount', 2 ** 53],
    ['amount', Number.NaN],
    ['amount', Infinity],
    ['per', 'year'],
    ['per', 'toString'],
    ['per', 0],
    ['per', null],
    ['resource', ''],
    ['resource', 'x'.repeat(129)],
    ['resource', 'a\u0000'],
    ['minimum', -1],
    ['minimum', 0.5],
    ['minimum', 2 ** 53],
    ['startsAt', 'now'],
    ['startsAt', '2026-11-22'],
    ['startsAt', '1970-01-01T00:00:00Z'],
    ['startsAt', '9999-12-31T23:59:59Z'],
    ['startsAt', '+275760-09-13T00:00:00Z'],
  ])('a rate with the %s %j is refused', async (field, value) => {
    const account = await openAccount(bench, 5);
    const error = await refusal(start(account, { [field]: value }), 'invalid_request');
    expect(error.details).toEqual({ field });
    expect((await bench.ledger.balance(account)).version).toBe(1);
  });

  /** Moves the clock to the start of the next month with so many days. */
  function waitForMonth(days: number): void {
    for (let months = 1; ; months += 1) {
      const date = new Date(bench.time.nowMs);
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
      if (new Date(Date.UTC(year, month + 1, 0)).getUTCDate() !== days) continue;
      bench.time.nowMs = Date.UTC(year, month);
      return;
    }
  }

  test.each<[RatePeriod, number, number]>([
    ['hour', 31, HOUR_MS],
    ['day', 31, DAY_MS],
    ['week', 30, 7 * DAY_MS],
    ['month', 28, 28 * DAY_MS],
    ['month', 29, 29 * DAY_MS],
    ['month', 30, 30 * DAY_MS],
    ['month', 31, 31 * DAY_MS],
  ])('T13 a rate per %s in a month of %i days costs its amount in %i ms, and its runway says so', async (...row) => {
    const [per, days, periodMs] = row;
    waitForMonth(days);
    const account = await openAccount(bench, 700);
    await start(account, { amount: 700, per });
    expect(await bench.ledger.rates(account)).toMatchObject({ runwayMs: periodMs, exhaustsAt: inMs(periodMs) });
    bench.time.nowMs += periodMs / 2;
    expect(await bench.ledger.rates(account)).toMatchObject({ runwayMs: periodMs / 2, rates: [{ charged: 350 }] });
    bench.time.nowMs += periodMs / 2 - 1;
    expect(await available(account)).toBe(1);
    bench.time.nowMs += 1;
    expect(await available(account)).toBe(0);
    await expectVerified(account);
  });

  test('T13 a month across its end costs the share of each month', async () => {
    waitForMonth(28);
    bench.time.nowMs -= 10 * DAY_MS;
    const account = await openAccount(bench, 10_000);
    const { rate } = await start(account, { amount: 868, per: 'month' });
    bench.time.nowMs += 10 * DAY_MS + 14 * DAY_MS;
    // 10 of the 31 days of January, and 14 of the 28 of February.
    expect((await stop(account, rate.id)).rate.charged).toBe(280 + 434);
    await expectVerified(account);
  });

  test('T14 a minimum is charged at the start, and counts against what accrues', async () => {
    const account = await openAccount(bench, 100);
    const { rate, balance } = await start(account, { minimum: 30 });
    expect([balance.available, rate.charged, rate.prepaid]).toEqual([70, 30, 30]);
    bench.time.nowMs += 60_000;
    expect((await stop(account, rate.id)).rate.charged).toBe(30);
    expect(await available(account)).toBe(70);
    const second = await start(account, { minimum: 30 });
    bench.time.nowMs += 31 * 60_000 - 1;
    expect(await available(account)).toBe(40);
    bench.time.nowMs += 1;
    expect(await available(account)).toBe(39);
    expect((await stop(account, second.rate.id)).rate).toMatchObject({ charged: 31, prepaid: 0 });
    await expectVerified(account);
  });

  test('T14 without the minimum nothing is started, and nothing is charged', async () => {
    const account = await openAccount(bench, 29);
    const error = await refusal(start(account, { minimum: 30 }), 'insufficient_credits');
    expect(error.details).toEqual({ requested: 30, available: 29 });
    await refusal(start(await openAccount(bench), {}), 'insufficient_credits');
    expect(await bench.ledger.rates(account)).toMatchObject({ rates: [], snapshot: { version: 1 } });
  });

  test('T14 what is paid ahead is used although nothing is available', async () => {
    const account = await openAccount(bench, 30);
    await start(account, { minimum: 30 });
    expect(await statesOf(account)).toEqual(['active']);
    expect((await bench.ledger.rates(account)).runwayMs).toBe(30 * 60_000);
    bench.time.nowMs += 30 * 60_000 - 1;
    expect(await statesOf(account)).toEqual(['active']);
    bench.time.nowMs += 1;
    expect(await statesOf(account)).toEqual(['suspended']);
    await expectVerified(account);
  });

  test('T15 two instances that settle at once, with reads and sweeps, charge each credit once', async () => {
    const other = await bench.openLedger();
    const account = await openAccount(bench, 1_000);
    for (let index = 0; index < 5; index += 1) await start(account, { amount: 60 + index });
    for (let hour = 1; hour <= 3; hour += 1) {
      bench.time.nowMs += HOUR_MS;
      await Promise.all([
        ...[bench.ledger, other].flatMap((ledger) => Array.from({ length: 5 }, () => ledger.balance(account))),
        ...[bench.ledger, other].map((ledger) => ledger.allHolds()),
      ]);
      expect(await available(account)).toBe(1_000 - hour * 310);
    }
    await expectVerified(account);
  });

  test('T15 after an outage everything is charged as if there had been none', async () => {
    const [watched, alone] = [await openAccount(bench, 500), await openAccount(bench, 500)];
    for (const account of [watched, alone]) {
      await start(account, { amount: 7, per: 'day' });
      await start(account, { amount: 1_000, per: 'month' });
      await bench.ledger.grant({ ...by('system:promo'), account, amount: 80, expiresAt: inMs(2 * DAY_MS) });
    }
    for (let hour = 0; hour < 24 * 9; hour += 5) {
      bench.time.nowMs += 5 * HOUR_MS;
      await bench.ledger.balance(watched);
    }
    expect(await available(watched)).toBe(await available(alone));
    const charged = async (account: string) =>
      (await bench.ledger.rates(account)).rates.map((rate) => rate.charged).toSorted((a, b) => a - b);
    expect(await charged(watched)).toEqual(await charged(alone));
    await expectVerified(watched);
    await expectVerified(alone);
  });

  test('T15 a rate that nobody reads is settled by the timer within the hour, and listeners are called', async () => {
    const account = await openAccount(bench, 1_000);
    await start(account);
    const ledger = await bench.openLedger({ expirySweepMs: 5 });
    const notified: string[] = [];
    ledger.onChange((accounts) => notified.push(...accounts));
    bench.time.nowMs += HOUR_MS - 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await ledger.versions([account])).get(account)).toBe(2);
    bench.time.nowMs += 1;
    await vi.waitFor(() => expect(notified).toContain(account), { timeout: 30_000 });
    expect((await ledger.versions([account])).get(account)).toBe(3);
    await ledger.close();
  });

  test('T16 a rate is suspended at the instant at which nothing is left, and the timer does it in time', async () => {
    const account = await openAccount(bench, 10);
    await start(account);
    const exhaustsAt = inMs(10 * 60_000);
    expect(await bench.ledger.rates(account)).toMatchObject({ exhaustsAt, runwayMs: 600_000 });
    const ledger = await bench.openLedger({ expirySweepMs: 5 });
    bench.time.nowMs += 10 * 60_000;
    await vi.waitFor(async () => expect((await ledger.versions([account])).get(account)).toBe(3), { timeout: 30_000 });
    await ledger.close();
    bench.time.nowMs += DAY_MS;
    const page = await bench.ledger.rates(account);
    expect(page).toMatchObject({
      rates: [{ state: 'suspended', charged: 10, settledAt: exhaustsAt }],
      exhaustsAt: null,
      runwayMs: null,
      snapshot: { version: 3, balance: { available: 0 } },
    });
    expect(await newest(account, 1)).toEqual([['suspend', 10]]);
    await expectVerified(account);
  });

  test('T16 the grant that ends a suspension resumes it, and the time in between costs nothing', async () => {
    const account = await openAccount(bench, 10);
    const { rate } = await start(account);
    bench.time.nowMs += DAY_MS;
    expect(await statesOf(account)).toEqual(['suspended']);
    bench.time.nowMs += DAY_MS;
    await bench.ledger.grant({ ...by('system:shop'), account, amount: 5 });
    expect(await newest(account, 2)).toEqual([
      ['resume', 0],
      ['grant', 5],
    ]);
    expect(await bench.ledger.rates(account)).toMatchObject({
      rates: [{ state: 'active', charged: 10, settledAt: inMs(0) }],
      exhaustsAt: inMs(5 * 60_000),
    });
    bench.time.nowMs += 2 * 60_000;
    expect(await available(account)).toBe(3);
    expect((await stop(account, rate.id)).rate.charged).toBe(12);
    await expectVerified(account);
  });

  test('T16 a spend of everything suspends a rate at once, and what was left of a credit is kept', async () => {
    const account = await openAccount(bench, 10);
    await start(account);
    bench.time.nowMs += 90_000;
    await bench.ledger.spend({ ...by(account), account, amount: 9 });
    expect(await statesOf(account)).toEqual(['suspended']);
    bench.time.nowMs += HOUR_MS;
    await bench.ledger.grant({ ...by('system:shop'), account, amount: 5 });
    bench.time.nowMs += 29_999;
    expect(await available(account)).toBe(5);
    bench.time.nowMs += 1;
    expect(await available(account)).toBe(4);
    await expectVerified(account);
  });

  test('T16 the end of a lot suspends a rate at that instant, and what was left of a credit is kept', async () => {
    const account = await openAccount(bench);
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 10, expiresAt: inMs(90_000) });
    await start(account);
    bench.time.nowMs += 60_000;
    expect(await available(account)).toBe(9);
    bench.time.nowMs += 60_000;
    expect(await statesOf(account)).toEqual(['suspended']);
    await bench.ledger.grant({ ...by('system:test'), account, amount: 5 });
    bench.time.nowMs += 29_999;
    expect(await available(account)).toBe(5);
    bench.time.nowMs += 1;
    expect(await available(account)).toBe(4);
    await expectVerified(account);
  });

  test('T16 a suspended rate can be stopped', async () => {
    const account = await openAccount(bench, 1);
    const { rate } = await start(account);
    bench.time.nowMs += HOUR_MS;
    expect((await stop(account, rate.id)).rate).toMatchObject({ state: 'stopped', charged: 1 });
    await bench.ledger.grant({ ...by('system:shop'), account, amount: 5 });
    bench.time.nowMs += HOUR_MS;
    expect(await available(account)).toBe(5);
    await expectVerified(account);
  });

  test('T16 of rates whose credits come due at one instant, what cannot be paid is the first to be paid later', async () => {
    const account = await openAccount(bench, 3);
    for (const resource of ['a', 'b']) await start(account, { resource });
    bench.time.nowMs += HOUR_MS;
    const charged = async () => (await bench.ledger.rates(account)).rates.map((rate) => rate.charged);
    expect((await charged()).toSorted((a, b) => a - b)).toEqual([1, 2]);
    await bench.ledger.grant({ ...by('system:shop'), account, amount: 5 });
    expect(await charged()).toEqual([2, 2]);
    expect(await available(account)).toBe(4);
    bench.time.nowMs += 60_000;
    expect(await charged()).toEqual([3, 3]);
    await expectVerified(account);
  });

  test('T16 what was due earlier is paid first, also by a newer rate', async () => {
    const account = await openAccount(bench, 4);
    const startsAt = inMs(1);
    for (const resource of ['a', 'b']) await start(account, { resource, startsAt });
    bench.time.nowMs += 1;
    await start(account, { resource: 'c', startsAt: inMs(30_000) });
    bench.time.nowMs += HOUR_MS;
    // Two after a minute, one half a minute later, and of the next two the last credit pays one.
    const { rates } = await bench.ledger.rates(account);
    expect(rates.map(({ charged }) => charged).toSorted((a, b) => a - b)).toEqual([1, 1, 2]);
    expect(rates.find(({ resource }) => resource === 'c')?.charged).toBe(1);
    await expectVerified(account);
  });

  test('T20 what is charged is pro rata to the instant, in both directions', async () => {
    waitForMonth(30);
    const account = await openAccount(bench, 10_000);
    const { rate } = await start(account, { amount: 3_000, per: 'month' });
    bench.time.nowMs += 10 * DAY_MS;
    await stop(account, rate.id);
    const larger = await start(account, { amount: 9_000, per: 'month' });
    bench.time.nowMs += 20 * DAY_MS;
    await stop(account, larger.rate.id);
    expect(await available(account)).toBe(10_000 - 1_000 - 6_000);
    await expectVerified(account);
  });

  test.each([7, 11, 13, 1_009])(
    'T21 %i credits that do not divide a day are charged exactly, however often',
    async (amount) => {
      const account = await openAccount(bench, 100_000);
      const { rate } = await start(account, { amount, per: 'day' });
      let passedMs = 0;
      for (let step = 1; step <= 40; step += 1) {
        const ms = (step * 7_919_977) % (5 * HOUR_MS);
        passedMs += ms;
        bench.time.nowMs += ms;
        expect(await available(account)).toBe(100_000 - Math.floor((amount * passedMs) / DAY_MS));
      }
      expect((await stop(account, rate.id)).rate.charged).toBe(Math.floor((amount * passedMs) / DAY_MS));
      await expectVerified(account);
    },
  );

  test('T22 a clock that goes back charges nothing twice, and nothing for time that did not pass', async () => {
    const account = await openAccount(bench, 1_000);
    const { rate } = await start(account);
    bench.time.nowMs += HOUR_MS;
    expect(await available(account)).toBe(940);
    bench.time.nowMs -= HOUR_MS / 2;
    expect(await available(account)).toBe(940);
    await bench.ledger.spend({ ...by(account), account, amount: 40 });
    bench.time.nowMs += HOUR_MS / 2;
    expect(await available(account)).toBe(900);
    bench.time.nowMs += 60_000;
    expect(await available(account)).toBe(899);
    bench.time.nowMs -= 60_000;
    expect((await stop(account, rate.id)).rate).toMatchObject({ charged: 61, settledAt: inMs(60_000) });
    bench.time.nowMs += 60_000;
    await expectVerified(account);
  });

  test('a start in the past is charged at once, and one in the future when it comes', async () => {
    const account = await openAccount(bench, 100);
    await refusal(start(account, { amount: 100, startsAt: inMs(-HOUR_MS) }), 'insufficient_credits');
    const late = await start(account, { startsAt: inMs(-HOUR_MS) });
    expect(late.rate).toMatchObject({ charged: 0, settledAt: inMs(-HOUR_MS) });
    expect(await available(account)).toBe(40);
    await stop(account, late.rate.id);
    await start(account, { startsAt: inMs(HOUR_MS) });
    bench.time.nowMs += HOUR_MS;
    expect(await available(account)).toBe(40);
    bench.time.nowMs += 60_000;
    expect(await available(account)).toBe(39);
    await expectVerified(account);
  });

  test('rates take lots in spending order, and what is left at their instant expires', async () => {
    const account = await openAccount(bench, 100);
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 50, expiresAt: inMs(10 * 60_000) });
    await start(account);
    bench.time.nowMs += HOUR_MS;
    // 10 of the lot before it expired, and 50 of the others.
    expect(await available(account)).toBe(50);
    expect(await newest(account, 3)).toEqual([
      ['charge', 50],
      ['breakage', 40],
      ['charge', 10],
    ]);
    await expectVerified(account);
  });

  test('what ends a hold in between resumes a rate from that instant', async () => {
    const account = await openAccount(bench, 40);
    await bench.ledger.hold({ ...by(account), account, amount: 30, expiresAfterMs: 30 * 60_000 });
    await start(account);
    bench.time.nowMs += HOUR_MS;
    // 10 minutes until nothing was left, 20 suspended, 30 from the end of the hold: all that there was.
    expect(await newest(account, 4)).toEqual([
      ['suspend', 30],
      ['resume', 0],
      ['expire', 30],
      ['suspend', 10],
    ]);
    expect(await statesOf(account)).toEqual(['suspended']);
    await expectVerified(account);
  });

  test('the exhaustion considers when lots expire', async () => {
    const account = await openAccount(bench, 10);
    await bench.ledger.grant({ ...by('system:promo'), account, amount: 50, expiresAt: inMs(20 * 60_000) });
    await start(account);
    expect((await bench.ledger.rates(account)).runwayMs).toBe(30 * 60_000);
    bench.time.nowMs += 30 * 60_000 - 1;
    expect(await statesOf(account)).toEqual(['active']);
    bench.time.nowMs += 1;
    expect(await statesOf(account)).toEqual(['suspended']);
  });

  test('every command sees what has accrued', async () => {
    const account = await openAccount(bench, 100);
    await start(account);
    bench.time.nowMs += HOUR_MS;
    const error = await refusal(
      bench.ledger.hold({ ...by(account), account, amount: 41, expiresAfterMs: 1_000 }),
      'insufficient_credits',
    );
    expect(error.details).toEqual({ requested: 41, available: 40 });
    bench.time.nowMs += HOUR_MS / 2;
    const destination = fresh('user');
    await refusal(
      bench.ledger.transfer({ ...by(account), source: account, destination, amount: 11 }),
      'insufficient_credits',
    );
    await bench.ledger.transfer({ ...by(account), source: account, destination, amount: 10 });
    expect(await statesOf(account)).toEqual(['suspended']);
    await expectVerified(account);
  });

  test('an account has at most 1,000 rates', async () => {
    const account = await openAccount(bench, 10);
    await Promise.all(Array.from({ length: 1_000 }, () => start(account, { amount: 1, per: 'month' })));
    const error = await refusal(start(account), 'invalid_request');
    expect(error.details).toEqual({ field: 'account' });
  });

  test('a snapshot says what time does to the balance, and nothing where it does nothing', async () => {
    const account = await openAccount(bench, 100);
    expect(await bench.ledger.snapshot(account)).not.toHaveProperty('time');
    const at = inMs(0);
    await bench.ledger.grant({ ...by('system:test'), account, amount: 20, expiresAt: inMs(HOUR_MS) });
    await bench.ledger.grant({ ...by('system:test'), account, amount: 5, expiresAt: inMs(HOUR_MS) });
    await bench.ledger.grant({ ...by('system:test'), account, amount: 7, expiresAt: inMs(DAY_MS) });
    const expires = { at: inMs(HOUR_MS), amount: 25 };
    expect((await bench.ledger.snapshot(account)).time).toEqual({
      at,
      rates: [],
      exhaustsAt: null,
      expires,
      refills: null,
    });
    const { rate } = await start(account, { amount: 12, minimum: 3 });
    const { time, version } = await bench.ledger.snapshot(account);
    const terms = { resource: 'server:1', amount: 12, per: 'hour', settledAt: at, prepaid: 3, remainder: 0 };
    const { exhaustsAt } = await bench.ledger.rates(account);
    expect(time).toEqual({ at, rates: [terms], exhaustsAt, expires: { ...expires, amount: 22 }, refills: null });
    // Time alone changes nothing but the instant.
    bench.time.nowMs += 60_000;
    const later = await bench.ledger.snapshot(account);
    expect(later).toMatchObject({ version, time: { ...time, at: inMs(0) } });
    await stop(account, rate.id);
    expect((await bench.ledger.snapshot(account)).time).toMatchObject({ rates: [], exhaustsAt: null });
  });

  test('a snapshot counts no more rates than it can hold', async () => {
    const account = await openAccount(bench, 1_000);
    for (let index = 0; index < SNAPSHOT_RATES_MAX; index += 1) await start(account, { resource: `server:${index}` });
    expect((await bench.ledger.snapshot(account)).time?.rates).toHaveLength(SNAPSHOT_RATES_MAX);
    await start(account, { resource: 'one more' });
    expect(await bench.ledger.snapshot(account)).not.toHaveProperty('time');
  });
}
