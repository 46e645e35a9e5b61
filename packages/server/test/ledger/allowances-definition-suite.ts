import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCreditsError } from 'realtime-credits/contract';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { AllowancesModel } from '../support/allowances-model.ts';
import { by, fresh, type Bench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';

const step = fc.record({
  kind: fc.constantFrom(
    ...(['start', 'start', 'change', 'stop', 'spend', 'spend', 'grant', 'lot', 'read'] as const),
    ...(['wait', 'wait', 'wait', 'rate', 'stop rate', 'hold', 'void'] as const),
  ),
  amount: fc.integer({ min: 1, max: 60 }),
  carried: fc.constantFrom(0, 0.2, 0.5, 1),
  per: fc.constantFrom('day', 'day', 'week', 'month'),
  timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'UTC'),
  /** Days and hours from noon of today. */
  anchorDays: fc.integer({ min: -45, max: 4 }),
  anchorHours: fc.nat(4),
  priority: fc.constantFrom(0, 90),
  waitMs: fc.oneof(
    fc.integer({ min: 1, max: 30 * HOUR_MS }),
    fc.integer({ min: 1, max: 9 }).map((days) => days * DAY_MS),
    fc.constantFrom(40, 120, 400).map((days) => days * DAY_MS),
  ),
  pick: fc.nat(20),
  instance: fc.nat(1),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function termsOf({ amount, carried, per, timeZone, anchorDays, anchorHours }: Step, nowMs: number) {
  const noon = nowMs - (nowMs % DAY_MS) + 12 * HOUR_MS;
  const anchorMs = noon + anchorDays * DAY_MS + anchorHours * HOUR_MS;
  return { amount, carryOver: Math.floor(amount * carried), per: per as 'day', timeZone, anchorMs };
}

/** Whether a command was accepted. */
async function isAccepted(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    if (isCreditsError(error) && error.code === 'insufficient_credits') return false;
    throw error;
  }
}

/** One account, and what it must be. */
interface Run {
  account: string;
  model: AllowancesModel;
  /** One allowance with a carry-over, or several without: of several the pots say not whose credits are spent first. */
  isCarrying: boolean;
}

/** What the ledger said of a step, and what it must be. */
type Compared = [found: unknown, wanted: unknown];
const NOTHING: Compared = [null, null];

async function carryOut({ account, model, isCarrying }: Run, ledger: Ledger, taken: Step): Promise<Compared> {
  const base = { ...by('system:test'), account };
  const active = [...model.allowances].filter(([, { nextMs }]) => nextMs !== null);
  const [id, allowance] = active[taken.pick % Math.max(active.length, 1)] ?? [];
  const terms = termsOf(taken, model.nowMs);
  if (!isCarrying) terms.carryOver = 0;
  switch (taken.kind) {
    case 'start': {
      if (model.allowances.size >= (isCarrying ? 1 : 3)) return NOTHING;
      const anchor = new Date(terms.anchorMs).toISOString();
      const started = await ledger.startAllowance({ ...base, ...terms, anchor });
      model.start(started.allowance.id, terms);
      return NOTHING;
    }
    case 'change': {
      if (id === undefined || allowance === undefined) return NOTHING;
      const { amount, carryOver } = terms;
      await ledger.changeAllowance({ ...base, allowance: id, amount, carryOver });
      Object.assign(allowance, { amount, carryOver });
      return NOTHING;
    }
    case 'stop': {
      if (id === undefined || allowance === undefined || taken.pick % 3 > 0) return NOTHING;
      await ledger.stopAllowance({ ...base, allowance: id });
      allowance.nextMs = null;
      return NOTHING;
    }
    case 'spend':
      return [await isAccepted(ledger.spend({ ...base, amount: taken.amount })), model.take(taken.amount)];
    case 'grant':
      await ledger.grant({ ...base, amount: taken.amount });
      model.grant(taken.amount);
      return NOTHING;
    case 'lot': {
      const endsAtMs = model.nowMs + taken.waitMs;
      const expiresAt = new Date(endsAtMs).toISOString();
      await ledger.grant({ ...base, amount: taken.amount, priority: taken.priority, expiresAt });
      model.lot(taken.amount, taken.priority, endsAtMs);
      return NOTHING;
    }
    case 'read':
      return [(await ledger.balance(account)).balance.available, model.available];
    default:
      return NOTHING;
  }
}

/** Carries a step out on an account, with rates and holds. Returns what the ledger made of it. */
async function carryOutAny(account: string, ledger: Ledger, taken: Step, nowMs: number): Promise<unknown> {
  const base = { ...by('system:test'), account };
  const { allowances } = await ledger.allowances(account);
  const allowance = allowances[taken.pick % Math.max(allowances.length, 1)];
  const { amount, carryOver, anchorMs, ...terms } = termsOf(taken, nowMs);
  switch (taken.kind) {
    case 'start': {
      if (allowances.length >= 2) return null;
      const anchor = new Date(anchorMs).toISOString();
      return (await ledger.startAllowance({ ...base, ...terms, amount, carryOver, anchor })).allowance.granted;
    }
    case 'change':
      if (allowance === undefined) return null;
      return (await ledger.changeAllowance({ ...base, allowance: allowance.id, amount, carryOver })).balance;
    case 'stop':
      if (allowance === undefined || taken.pick % 3 > 0) return null;
      return (await ledger.stopAllowance({ ...base, allowance: allowance.id })).balance;
    case 'spend':
      return isAccepted(ledger.spend({ ...base, amount }));
    case 'grant':
      return (await ledger.grant({ ...base, amount })).balance;
    case 'lot': {
      const expiresAt = new Date(nowMs + taken.waitMs).toISOString();
      return (await ledger.grant({ ...base, amount, priority: taken.priority, expiresAt })).balance;
    }
    case 'rate': {
      if ((await ledger.rates(account)).rates.length >= 2) return null;
      return isAccepted(ledger.startRate({ ...base, resource: 'server', amount, per: 'day' }));
    }
    case 'stop rate': {
      const [rate] = (await ledger.rates(account)).rates;
      return rate === undefined ? null : (await ledger.stopRate({ ...base, rate: rate.id })).rate.charged;
    }
    case 'hold':
      return isAccepted(
        ledger.hold({ ...base, amount, expiresAfterMs: Math.min(Math.max(taken.waitMs, 1_000), DAY_MS) }),
      );
    case 'void': {
      const [hold] = (await ledger.holds(account)).holds;
      return hold === undefined ? null : (await ledger.void({ ...base, hold: hold.id })).balance;
    }
    case 'read':
      return (await ledger.balance(account)).balance;
    default:
      return null;
  }
}

/**
 * What an account is, without what names it, and without how much was granted: after an outage that is less. What two
 * lots with the same end had is one lot after an outage.
 */
async function describe(ledger: Ledger, account: string): Promise<unknown> {
  const { balance } = await ledger.balance(account);
  const { lots, hasMore } = await ledger.lots(account, { limit: 100 });
  const byEnd = new Map<string, number>();
  for (const { available, priority, expiresAt } of lots) {
    const end = `${priority} ${expiresAt}`;
    byEnd.set(end, (byEnd.get(end) ?? 0) + available);
  }
  const { rates, exhaustsAt } = await ledger.rates(account);
  const { allowances } = await ledger.allowances(account);
  return {
    balance,
    lots: [...byEnd],
    hasMore,
    rates: rates.map(({ state, charged }) => [state, charged]),
    exhaustsAt,
    allowances: allowances.map(({ amount, nextRefillAt }) => [amount, nextRefillAt]),
  };
}

/** Any commands at any instants, settled by whom and when it happens, come to what the definition says. */
export function testAllowancesDefinition(bench: Bench, { numRuns }: { numRuns: number }): void {
  const timeout = 300_000;

  test(
    'T7 T8 whenever two instances refill, after any outage, the account is what the definition says',
    { timeout },
    async () => {
      const ledgers = [await bench.openLedger(), await bench.openLedger()];
      const steps = fc.array(step, { minLength: 5, maxLength: 30 });
      const property = fc.asyncProperty(fc.boolean(), steps, async (isCarrying, all) => {
        const run: Run = { account: fresh('user'), model: new AllowancesModel(bench.time.nowMs), isCarrying };
        for (const taken of all) {
          bench.time.nowMs += taken.kind === 'wait' ? taken.waitMs : 1;
          run.model.waitUntil(bench.time.nowMs);
          const ledger = ledgers[taken.instance] ?? bench.ledger;
          const [found, wanted] = await carryOut(run, ledger, taken);
          expect(found).toEqual(wanted);
          const isRead = taken.kind === 'wait' && taken.pick % 2 === 0;
          const reads = isRead ? await Promise.all(ledgers.map((each) => each.balance(run.account))) : [];
          expect(reads.map(({ balance }) => balance.available)).toEqual(reads.map(() => run.model.available));
        }
        expect((await bench.ledger.balance(run.account)).balance.available).toBe(run.model.available);
        const active = [...run.model.allowances.values()].filter(({ nextMs }) => nextMs !== null);
        const { allowances } = await bench.ledger.allowances(run.account);
        expect(allowances.map(({ nextRefillAt }) => Date.parse(nextRefillAt ?? ''))).toEqual(
          active.map(({ nextMs }) => nextMs),
        );
        expect((await bench.ledger.verify({ account: run.account })).differences).toEqual([]);
      });
      await fc.assert(property, { numRuns, endOnFailure: true });
    },
  );

  test('T7 T21 with rates and holds an account is the same, however often it is settled', { timeout }, async () => {
    const often = await bench.openLedger();
    const steps = fc.array(step, { minLength: 5, maxLength: 25 });
    const property = fc.asyncProperty(steps, async (all) => {
      const [seldom, read] = [fresh('user'), fresh('user')];
      for (const taken of all) {
        const waitMs = taken.kind === 'wait' ? Math.min(taken.waitMs, 9 * DAY_MS) : 1;
        const untilMs = bench.time.nowMs + waitMs;
        for (; bench.time.nowMs + 5 * HOUR_MS < untilMs; bench.time.nowMs += 5 * HOUR_MS) await often.balance(read);
        bench.time.nowMs = untilMs;
        const [first, second] = [
          await carryOutAny(seldom, bench.ledger, taken, untilMs),
          await carryOutAny(read, often, taken, untilMs),
        ];
        expect(first).toEqual(second);
      }
      expect(await describe(bench.ledger, seldom)).toEqual(await describe(often, read));
      for (const account of [seldom, read]) {
        expect((await bench.ledger.verify({ account })).differences).toEqual([]);
      }
    });
    await fc.assert(property, { numRuns, endOnFailure: true });
  });
}
