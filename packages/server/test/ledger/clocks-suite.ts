import { expect, test } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { by, openAccount, type Bench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';

/** Clocks that jump or disagree: nothing is charged, granted or expired twice, nor for time that did not pass. */
export function testClocks(bench: Bench): void {
  const YEAR_MS = 365 * DAY_MS;
  const inMs = (ms: number): string => new Date(bench.time.nowMs + ms).toISOString();
  const available = async (account: string, ledger = bench.ledger): Promise<number> =>
    (await ledger.balance(account)).balance.available;
  const start = (account: string, amount: number) =>
    bench.ledger.startRate({ ...by('system:panel'), account, resource: 'server', amount, per: 'hour' });
  const expectVerified = async (account: string): Promise<void> =>
    expect((await bench.ledger.verify({ account })).differences).toEqual([]);

  /** Moves the clock for a while, and puts it back. */
  async function jump(ms: number, work: () => Promise<void>): Promise<void> {
    bench.time.nowMs += ms;
    await work();
    bench.time.nowMs -= ms;
  }

  test('T22 a clock that jumps a year ahead and back charges that year once', async () => {
    const account = await openAccount(bench, 10_000);
    const { rate } = await start(account, 1);
    await jump(YEAR_MS, async () => expect(await available(account)).toBe(1_240));
    expect(await available(account)).toBe(1_240);
    await bench.ledger.spend({ ...by(account), account, amount: 240 });
    // The year passes a second time: it is paid already.
    bench.time.nowMs += YEAR_MS - HOUR_MS;
    expect(await available(account)).toBe(1_000);
    bench.time.nowMs += 3 * HOUR_MS;
    expect(await available(account)).toBe(998);
    const stopped = await bench.ledger.stopRate({ ...by('system:panel'), account, rate: rate.id });
    expect(stopped.rate).toMatchObject({ charged: 8_762 });
    await expectVerified(account);
  });

  test('T22 a clock that jumps a year ahead charges no more than there is, and suspends at the instant', async () => {
    const account = await openAccount(bench, 60);
    const exhaustedAt = inMs(HOUR_MS);
    await start(account, 60);
    await jump(YEAR_MS, async () => {
      expect(await available(account)).toBe(0);
      expect((await bench.ledger.rates(account)).rates).toMatchObject([
        { state: 'suspended', charged: 60, settledAt: exhaustedAt },
      ]);
    });
    // Resumed before the instant until which it paid: nothing accrues until then.
    await bench.ledger.grant({ ...by('system:test'), account, amount: 60 });
    bench.time.nowMs += HOUR_MS;
    expect(await available(account)).toBe(60);
    bench.time.nowMs += HOUR_MS / 2;
    expect(await available(account)).toBe(30);
    bench.time.nowMs += YEAR_MS;
    await expectVerified(account);
  });

  test('T22 a clock that jumps ahead and back refills no period twice', async () => {
    const account = await openAccount(bench);
    const terms = { amount: 10, per: 'day' as const, anchor: inMs(0), timeZone: 'UTC' };
    await bench.ledger.startAllowance({ ...by('system:plans'), account, ...terms });
    await jump(10 * DAY_MS, async () => expect(await available(account)).toBe(10));
    await bench.ledger.spend({ ...by(account), account, amount: 10 });
    for (let day = 1; day <= 10; day += 1) {
      bench.time.nowMs += DAY_MS;
      expect(await available(account)).toBe(0);
    }
    bench.time.nowMs += DAY_MS;
    expect(await available(account)).toBe(10);
    const { allowances } = await bench.ledger.allowances(account);
    expect(allowances).toMatchObject([{ granted: 30, nextRefillAt: inMs(DAY_MS) }]);
    await expectVerified(account);
  });

  test('T22 credits that expired under a clock that was ahead expire once, and others keep their instant', async () => {
    const account = await openAccount(bench);
    const grant = (expiresAt: string) => bench.ledger.grant({ ...by('system:promo'), account, amount: 5, expiresAt });
    await grant(inMs(HOUR_MS));
    await grant(inMs(3 * HOUR_MS));
    await jump(2 * HOUR_MS, async () => expect(await available(account)).toBe(5));
    expect(await available(account)).toBe(5);
    bench.time.nowMs += 2 * HOUR_MS;
    expect(await available(account)).toBe(5);
    bench.time.nowMs += HOUR_MS;
    expect(await available(account)).toBe(0);
    expect((await bench.ledger.history(account)).entries.map(({ verb }) => verb)).toEqual([
      'breakage',
      'breakage',
      'grant',
      'grant',
    ]);
    await expectVerified(account);
  });

  test('T22 instances whose clocks disagree charge each credit and grant each period once', async () => {
    const [ahead, behind] = [
      await bench.openLedger({ aheadMs: HOUR_MS / 2 }),
      await bench.openLedger({ aheadMs: -HOUR_MS / 2 }),
    ];
    const account = await openAccount(bench, 1_000);
    await start(account, 60);
    const terms = { amount: 1, per: 'day' as const, anchor: inMs(HOUR_MS / 4), timeZone: 'UTC' };
    await bench.ledger.startAllowance({ ...by('system:plans'), account, ...terms });
    const all: Ledger[] = [behind, ahead, bench.ledger];
    const read = () => Promise.all(all.flatMap((ledger) => [ledger.snapshot(account), ledger.rates(account)]));
    for (let minutes = 0; minutes <= 120; minutes += 20) {
      await read();
      await bench.ledger.spend({ ...by(account), account, amount: 1 });
      bench.time.nowMs += 20 * 60_000;
    }
    await read();
    // What the one that is ahead saw pass is charged, by whomever, and no more than that.
    const { rates } = await behind.rates(account);
    expect(rates).toMatchObject([{ charged: 7 * 20 + 30 }]);
    expect((await behind.allowances(account)).allowances).toMatchObject([{ granted: 1 }]);
    expect(
      (await bench.ledger.history(account, { limit: 100 })).entries.filter(({ verb }) => verb === 'refill'),
    ).toHaveLength(1);
    bench.time.nowMs += HOUR_MS;
    await expectVerified(account);
  });
}
