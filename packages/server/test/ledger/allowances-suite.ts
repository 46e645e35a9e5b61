import { expect, test } from 'vitest';
import type { StartAllowanceCommand } from '../../src/ledger/commands.ts';
import { by, fresh, openAccount, refusal, type Bench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';

/** An amount for each calendar period, granted once, with a bounded carry-over. */
export function testAllowances(bench: Bench): void {
  const moveTo = (instant: string): void => {
    expect(Date.parse(instant)).toBeGreaterThanOrEqual(bench.time.nowMs);
    bench.time.nowMs = Date.parse(instant);
  };

  /** Tests have months of their own, so each knows what day it is. The first one is far from other suites. */
  let month = 0;
  function nextMonths(count: number): (text: string) => string {
    const first = month;
    month += count;
    const toDate = (text: string): string => {
      const rest = text.slice(text.indexOf('-'));
      const total = first + Number.parseInt(text, 10) - 1;
      return `${2060 + Math.floor(total / 12)}-${String((total % 12) + 1).padStart(2, '0')}${rest}`;
    };
    return toDate;
  }

  async function start(account: string, terms: Partial<StartAllowanceCommand> & { anchor: string }) {
    const plan = { account, amount: 500, per: 'month' as const, timeZone: 'UTC' };
    return bench.ledger.startAllowance({ ...by('system:plans'), ...plan, ...terms });
  }

  async function available(account: string): Promise<number> {
    return (await bench.ledger.balance(account)).balance.available;
  }

  async function spend(account: string, amount: number) {
    return bench.ledger.spend({ ...by(account), account, amount });
  }

  async function newest(account: string, limit: number): Promise<[string, number][]> {
    const { entries } = await bench.ledger.history(account, { limit });
    return entries.map(({ verb, amount }) => [verb, amount]);
  }

  async function expectVerified(account: string): Promise<void> {
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);
  }

  test('an allowance grants its amount for each period, and tells when it is refilled next', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench, 10);
    const { allowance, balance, version } = await start(account, { anchor: date('1-01T00:00:00Z'), name: 'Plan S' });
    expect(allowance).toEqual({
      id: expect.any(String) as string,
      account,
      name: 'Plan S',
      amount: 500,
      per: 'month',
      anchor: date('1-01T00:00:00.000Z'),
      timeZone: 'UTC',
      carryOver: 0,
      state: 'active',
      granted: 500,
      nextRefillAt: date('2-01T00:00:00.000Z'),
    });
    expect([version, balance.available]).toEqual([2, 510]);
    await spend(account, 200);
    moveTo(date('1-31T23:59:59.999Z'));
    expect(await available(account)).toBe(310);
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(510);
    expect(await newest(account, 4)).toEqual([
      ['refill', 500],
      ['breakage', 300],
      ['spend', 200],
      ['allowance', 500],
    ]);
    const { allowances, snapshot } = await bench.ledger.allowances(account);
    expect(allowances).toEqual([{ ...allowance, granted: 1_000, nextRefillAt: date('3-01T00:00:00.000Z') }]);
    expect(snapshot).toMatchObject({ version: 5, balance: { available: 510 } });
    const [refill] = (await bench.ledger.history(account, { limit: 1 })).entries;
    expect(refill).toMatchObject({
      kind: 'transfer',
      actor: 'system:ledger',
      reason: 'Refill: Plan S',
      counterparty: 'system:issued',
      before: { available: 10 },
      after: { available: 510 },
    });
    await expectVerified(account);
  });

  test('T6 a refill adds to its own lot, and never takes what was bought', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench, 2_000);
    await start(account, { anchor: date('1-01T00:00:00Z'), amount: 100 });
    const { lots } = await bench.ledger.lots(account);
    expect(lots.map((lot) => lot.available)).toEqual([100]);
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(2_100);
    await spend(account, 350);
    moveTo(date('3-01T00:00:00Z'));
    expect(await available(account)).toBe(1_850);
    await spend(account, 1_850);
    moveTo(date('4-01T00:00:00Z'));
    expect(await available(account)).toBe(100);
    await expectVerified(account);
  });

  test('T7 a spend on the first instant of a period has the refill, and all who meet it refill once', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const other = await bench.openLedger();
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-01T00:00:00Z'), amount: 100 });
    await spend(account, 100);
    moveTo(date('2-01T00:00:00Z'));
    await spend(account, 100);
    moveTo(date('3-01T00:00:00Z'));
    const ledgers = [bench.ledger, other, bench.ledger];
    const reads = await Promise.all(
      [...ledgers, ...ledgers].flatMap((ledger) => [
        ledger.balance(account),
        ledger.snapshot(account),
        ledger.lots(account),
        ledger.allowances(account),
      ]),
    );
    expect(reads).toHaveLength(24);
    expect(await available(account)).toBe(100);
    expect(await newest(account, 3)).toEqual([
      ['refill', 100],
      ['spend', 100],
      ['refill', 100],
    ]);
    await expectVerified(account);
  });

  test('T7 the sweep refills accounts that nobody reads', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-15T00:00:00Z'), amount: 7 });
    moveTo(date('1-15T00:00:00Z'));
    const before = (await bench.ledger.versions([account])).get(account);
    await bench.ledger.allHolds();
    expect([before, (await bench.ledger.versions([account])).get(account)]).toEqual([1, 2]);
  });

  test('T8 what is carried over is bounded, and each lot ends at its own instant, settled or not', async () => {
    const date = nextMonths(24);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-01T00:00:00Z'), amount: 500, carryOver: 200 });
    await spend(account, 50);
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(700);
    moveTo(date('3-01T00:00:00Z'));
    expect(await available(account)).toBe(700);
    await spend(account, 600);
    moveTo(date('4-01T00:00:00Z'));
    expect(await available(account)).toBe(600);
    await spend(account, 600);
    moveTo(date('5-01T00:00:00Z'));
    expect(await available(account)).toBe(500);
    const { lots } = await bench.ledger.lots(account);
    expect(lots.map((lot) => [lot.available, lot.expiresAt])).toEqual([
      [300, date('6-01T00:00:00.000Z')],
      [200, date('7-01T00:00:00.000Z')],
    ]);
    // A whole year in which nothing reads the account.
    moveTo(date('17-10T00:00:00Z'));
    const { version } = (await bench.ledger.allowances(account)).snapshot;
    expect(await available(account)).toBe(700);
    expect(await newest(account, 4)).toEqual([
      ['refill', 700],
      ['breakage', 200],
      ['breakage', 300],
      ['refill', 500],
    ]);
    expect(version).toBe(14);
    await expectVerified(account);
  });

  test('T8 after years of an outage one command writes one refill', async () => {
    const date = nextMonths(48);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    const { version } = await start(account, { anchor: date('1-01T00:00:00Z'), per: 'day', amount: 9, carryOver: 9 });
    moveTo(date('40-01T12:00:00Z'));
    const spent = await spend(account, 18);
    // Two lots expire, one refill, one spend.
    expect(spent).toMatchObject({ version: version + 3, balance: { available: 0 } });
    expect(await bench.ledger.allowances(account)).toMatchObject({
      allowances: [{ granted: 27, nextRefillAt: date('40-02T00:00:00.000Z') }],
    });
    await expectVerified(account);
  });

  test('T9 the end of what was granted is fixed, whatever happens to the allowance', async () => {
    const date = nextMonths(12);
    moveTo(date('1-10T00:00:00Z'));
    const account = await openAccount(bench);
    const terms = { anchor: date('1-01T00:00:00Z'), amount: 310, carryOver: 10 };
    const { allowance } = await start(account, terms);
    // 22 of 31 days are left.
    expect(allowance.granted).toBe(220);
    const lots = async () =>
      (await bench.ledger.lots(account)).lots.map((lot) => [lot.available, lot.expiresAt?.slice(0, 10)]);
    const granted = [
      [210, date('2-01')],
      [10, date('3-01')],
    ];
    expect(await lots()).toEqual(granted);
    const about = { ...by('system:plans'), account, allowance: allowance.id };
    await bench.ledger.changeAllowance({ ...about, amount: 20, carryOver: 5 });
    expect(await lots()).toEqual(granted);
    await bench.ledger.stopAllowance({ ...about, ...by('system:plans') });
    expect(await lots()).toEqual(granted);
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(10);
    moveTo(date('3-01T00:00:00Z'));
    expect(await available(account)).toBe(0);
    expect((await bench.ledger.allowances(account)).allowances).toEqual([]);
    await expectVerified(account);
  });

  test('T20 a start within a period grants what is left of it to the millisecond, rounded down', async () => {
    const date = nextMonths(12);
    const anchor = date('4-01T00:00:00Z');
    moveTo(anchor);
    bench.time.nowMs += 1;
    const account = await openAccount(bench);
    const granted = async (amount: number) =>
      (await start(account, { anchor, amount, name: `of ${amount}` })).allowance.granted;
    expect(await granted(30)).toBe(29);
    moveTo(date('4-16T00:00:00Z'));
    expect([await granted(30), await granted(31)]).toEqual([15, 15]);
    moveTo(date('4-30T23:59:59.999Z'));
    expect(await granted(1_000_000_000)).toBe(0);
    moveTo(date('5-01T00:00:00Z'));
    expect(await available(account)).toBe(30 + 30 + 31 + 1_000_000_000);
    await expectVerified(account);
  });

  test('before its anchor an allowance grants nothing, and a period that ended is not granted later', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    const { allowance, version } = await start(account, { anchor: date('2-28T08:00:00Z'), amount: 5 });
    expect([version, allowance.granted, allowance.nextRefillAt]).toEqual([1, 0, date('2-28T08:00:00.000Z')]);
    moveTo(date('2-28T07:59:59Z'));
    expect(await available(account)).toBe(0);
    moveTo(date('2-28T08:00:00Z'));
    expect(await available(account)).toBe(5);
    const { entries } = await bench.ledger.history(account);
    expect(entries.map(({ kind, verb, amount }) => [kind, verb, amount])).toEqual([
      ['transfer', 'refill', 5],
      ['allowance', 'allowance', 0],
    ]);
    await expectVerified(account);
  });

  test('a change counts from the next refill on, and a stop ends the refills', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    const { allowance } = await start(account, { anchor: date('1-01T00:00:00Z'), amount: 100, carryOver: 100 });
    const change = { ...by('system:plans'), account, allowance: allowance.id, amount: 40, carryOver: 10 };
    await refusal(bench.ledger.changeAllowance({ ...change, carryOver: 41 }), 'invalid_request');
    const changed = await bench.ledger.changeAllowance(change);
    expect(changed.allowance).toEqual({ ...allowance, amount: 40, carryOver: 10 });
    expect(await available(account)).toBe(100);
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(140);
    moveTo(date('3-01T00:00:00Z'));
    expect(await available(account)).toBe(50);
    expect(await bench.ledger.changeAllowance(change)).toEqual({ ...changed, replayed: true });
    const raise = { ...by('system:plans'), account, allowance: allowance.id, amount: 60 };
    expect((await bench.ledger.changeAllowance(raise)).allowance).toMatchObject({ amount: 60, carryOver: 10 });
    const stop = { ...by('system:plans'), account, allowance: allowance.id };
    const stopped = await bench.ledger.stopAllowance(stop);
    expect(stopped.allowance).toMatchObject({ state: 'stopped', nextRefillAt: null });
    expect(await bench.ledger.stopAllowance(stop)).toEqual({ ...stopped, replayed: true });
    await refusal(bench.ledger.stopAllowance({ ...stop, ...by('system:plans') }), 'allowance_not_found');
    await refusal(bench.ledger.changeAllowance({ ...raise, ...by('system:plans') }), 'allowance_not_found');
    moveTo(date('5-01T00:00:00Z'));
    expect(await available(account)).toBe(0);
    await expectVerified(account);
  });

  test('a repeated start starts once, and has its first receipt', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    const command = { ...by('system:plans'), account, per: 'day' as const, timeZone: 'Asia/Kathmandu' };
    const terms = { amount: 10, carryOver: 3, anchor: date('1-01T00:00:00+05:45'), name: 'Daily "bonus"' };
    const started = await bench.ledger.startAllowance({ ...command, ...terms });
    moveTo(date('2-10T00:00:00Z'));
    expect(await available(account)).toBe(13);
    expect(await bench.ledger.startAllowance({ ...command, ...terms })).toEqual({ ...started, replayed: true });
    await refusal(bench.ledger.startAllowance({ ...command, ...terms, amount: 11 }), 'idempotency_key_reused');
    expect((await bench.ledger.allowances(account)).allowances).toHaveLength(1);
    const claim = { claimKey: 'welcome', ...terms };
    await bench.ledger.startAllowance({ ...command, ...claim, ...by('system:plans') });
    await refusal(bench.ledger.startAllowance({ ...command, ...claim, ...by('system:plans') }), 'already_claimed');
    await expectVerified(account);
  });

  test.each([
    ['Europe/Berlin', '3-25T00:00:00+01:00', '10-25T00:00:00+02:00'],
    ['America/New_York', '3-08T00:00:00-05:00', '11-01T00:00:00-04:00'],
    ['Asia/Kathmandu', '3-25T00:00:00+05:45', '10-25T00:00:00+05:45'],
  ])('each local day of %s is granted once, also where clocks change', async (timeZone, spring, autumn) => {
    const date = nextMonths(12);
    const account = await openAccount(bench);
    moveTo(date(spring));
    const { allowance } = await start(account, { anchor: date(spring), per: 'day', amount: 5, timeZone });
    const day = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
    for (const season of [spring, autumn]) {
      if (season === autumn) moveTo(date(autumn));
      const { granted = 0 } = (await bench.ledger.allowances(account)).allowances[0] ?? {};
      const days = new Set<string>([day.format(bench.time.nowMs)]);
      for (let quarter = 0; quarter < 9 * 96; quarter += 1) {
        bench.time.nowMs += HOUR_MS / 4;
        days.add(day.format(bench.time.nowMs));
        if (quarter % 2 === 0) await bench.ledger.balance(account);
      }
      const [now] = (await bench.ledger.allowances(account)).allowances;
      expect(now?.granted).toBe(granted + 5 * (days.size - 1));
    }
    await bench.ledger.stopAllowance({ ...by('system:plans'), account, allowance: allowance.id });
    await expectVerified(account);
  });

  test('a held part of a refill does not expire, and expires when it is released after its end', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-01T00:00:00Z'), amount: 100 });
    moveTo(date('1-31T00:00:00Z'));
    const { hold } = await bench.ledger.hold({ ...by(account), account, amount: 60, expiresAfterMs: 5 * DAY_MS });
    moveTo(date('2-01T00:00:00Z'));
    expect(await bench.ledger.balance(account)).toMatchObject({ balance: { held: 60, available: 100 } });
    await bench.ledger.void({ ...by(account), hold: hold.id });
    expect(await bench.ledger.balance(account)).toMatchObject({ balance: { held: 0, available: 100 } });
    await expectVerified(account);
  });

  test('a rate is paid from refills that came due while nothing settled it', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const [account, often] = [await openAccount(bench, 50), await openAccount(bench, 50)];
    for (const each of [account, often]) {
      await start(each, { anchor: date('1-01T00:00:00Z'), per: 'day', amount: 24, carryOver: 3 });
      const rate = { resource: 'server', amount: 1, per: 'hour' as const };
      await bench.ledger.startRate({ ...by('system:panel'), account: each, ...rate });
    }
    for (let hour = 0; hour < 20 * 24; hour += 1) {
      bench.time.nowMs += HOUR_MS;
      await bench.ledger.balance(often);
    }
    const [late, read] = [await bench.ledger.balance(account), await bench.ledger.balance(often)];
    expect([late.balance.available, read.balance.available]).toEqual([74, 74]);
    expect((await bench.ledger.rates(account)).rates).toMatchObject([{ state: 'active', charged: 480 }]);
    await expectVerified(account);
    await expectVerified(often);
  });

  test('a refill resumes a suspended rate, and the runway counts on refills', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-01T00:00:00Z'), per: 'day', amount: 12 });
    await bench.ledger.startRate({
      ...by('system:panel'),
      account,
      resource: 'server',
      amount: 1,
      per: 'hour',
    });
    expect((await bench.ledger.rates(account)).exhaustsAt).toBe(date('1-01T12:00:00.000Z'));
    moveTo(date('1-01T20:00:00Z'));
    expect((await bench.ledger.rates(account)).rates).toMatchObject([{ state: 'suspended', charged: 12 }]);
    moveTo(date('1-02T01:00:00Z'));
    expect((await bench.ledger.rates(account)).rates).toMatchObject([{ state: 'active', charged: 13 }]);
    await bench.ledger.grant({ ...by('system:shop'), account, amount: 25 });
    // The refill of each day pays until noon, and what was bought pays the nights, one hour of the third day included.
    expect((await bench.ledger.rates(account)).exhaustsAt).toBe(date('1-04T13:00:00.000Z'));
    await bench.ledger.grant({ ...by('system:shop'), account, amount: 10_000 });
    expect((await bench.ledger.rates(account)).exhaustsAt).toBeNull();
  });

  test('a refill grants no more than there is room for', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-01T00:00:00Z'), amount: 100, carryOver: 40 });
    // Another instance issues from an account of its own, which has the room.
    const other = await bench.openLedger();
    const room = Number.MAX_SAFE_INTEGER - 170;
    await other.grant({ ...by('system:test'), account, amount: room });
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(Number.MAX_SAFE_INTEGER - 30);
    moveTo(date('3-01T00:00:00Z'));
    await bench.ledger.grant({ ...by('system:test'), account, amount: 30 });
    expect(await available(account)).toBe(Number.MAX_SAFE_INTEGER);
    await expectVerified(account);
    const { version } = await other.balance(account);
    await other.adjust({ ...by('system:test'), account, available: 0, expectedVersion: version });
  });

  test('T7 equal versions mean equal state: a refill is an entry of its own', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    await start(account, { anchor: date('1-01T00:00:00Z'), amount: 100 });
    const changed: string[] = [];
    const stop = bench.ledger.onChange((accounts) => changed.push(...accounts));
    const first = await bench.ledger.snapshot(account);
    moveTo(date('2-01T00:00:00Z'));
    const second = await bench.ledger.snapshot(account);
    stop();
    expect([first.version, second.version, changed.includes(account)]).toEqual([1, 3, true]);
  });

  test('allowances that cannot be are refused with what is wrong', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = fresh('user');
    const anchor = date('1-01T00:00:00Z');
    const field = async (terms: Record<string, unknown>): Promise<unknown> => {
      const error = await refusal(start(account, { anchor, ...terms }), 'invalid_request');
      return [(error.details as { field?: string } | undefined)?.field, error.message.endsWith('.')];
    };
    const inMs = (ms: number) => new Date(bench.time.nowMs + ms).toISOString();
    const wrong: [string, unknown[]][] = [
      ['amount', [0, -1, 0.5, 1_000_000_001, '5', null, Number.NaN]],
      ['per', ['hour', 'year', '', 'constructor', null]],
      ['anchor', ['now', '2026-01-01', '', null, 0, inMs(-3_654 * DAY_MS), inMs(367 * DAY_MS), '9999-12-31T00:00:00Z']],
      ['timeZone', ['Berlin', '+02:00', '', null, 'Europe/Nowhere', 'x'.repeat(99)]],
      ['carryOver', [-1, 501, 1.5, null]],
      ['name', ['', 'x'.repeat(129), 'a\u0000b', null]],
    ];
    for (const [name, values] of wrong) {
      for (const value of values)
        expect([name, value, await field({ [name]: value })]).toEqual([name, value, [name, true]]);
    }
    expect(await available(account)).toBe(0);
    expect(await start(account, { anchor: inMs(-3_652 * DAY_MS), amount: 1 })).toMatchObject({ account });
    expect(await start(account, { anchor: inMs(366 * DAY_MS), amount: 1 })).toMatchObject({ account });
  });

  test('an account has at most 20 allowances', async () => {
    const date = nextMonths(12);
    moveTo(date('1-01T00:00:00Z'));
    const account = await openAccount(bench);
    const anchor = date('1-01T00:00:00Z');
    const { allowance } = await start(account, { anchor, amount: 1 });
    for (let count = 1; count < 20; count += 1) await start(account, { anchor, amount: 1 });
    await refusal(start(account, { anchor, amount: 1 }), 'invalid_request');
    moveTo(date('2-01T00:00:00Z'));
    expect(await available(account)).toBe(20);
    await bench.ledger.stopAllowance({ ...by('system:plans'), account, allowance: allowance.id });
    await start(account, { anchor, amount: 1 });
    expect((await bench.ledger.allowances(account)).allowances).toHaveLength(20);
    await expectVerified(account);
  });
}
