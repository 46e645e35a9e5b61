import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCreditsError, type RatePeriod, type Snapshot } from 'realtime-credits/contract';
import { Countdown } from '../../../credits/src/sync/countdown.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { by, fresh, type Bench } from '../support/ledger.ts';
import { DAY_MS, HOUR_MS } from '../support/lots.ts';
import { RatesModel } from '../support/rates-model.ts';

const step = fc.record({
  kind: fc.constantFrom(
    ...(['grant', 'lot', 'lot', 'spend', 'hold', 'post', 'void', 'start', 'start', 'stop'] as const),
    ...(['wait', 'wait', 'wait', 'wait', 'read'] as const),
  ),
  /** Few are large: accounts run out often. */
  amount: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 60 })),
  /** Few values: credits of several rates come due at one instant. */
  perSecond: fc.constantFrom(0.25, 1, 1, 1, 1.7, 3, 11, 1_300),
  isDaily: fc.boolean(),
  minimum: fc.constantFrom(0, 0, 0, 3, 20),
  agoMs: fc.constantFrom(0, 0, 1_500),
  priority: fc.constantFrom(0, 50),
  afterMs: fc.integer({ min: 1_000, max: 9_000 }),
  pick: fc.nat(20),
  instance: fc.nat(1),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** One account, and what it must be. */
interface Run {
  account: string;
  model: RatesModel;
}

const NOTHING: [null, null] = [null, null];

/** Whether a command was accepted. */
async function isAccepted(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    if (isCreditsError(error) && error.code !== 'invalid_request') return false;
    throw error;
  }
}

/** Carries a step out on both. Returns what the ledger said of it, and what it must be. */
async function carryOut(
  { account, model }: Run,
  ledger: Ledger,
  taken: Step,
): Promise<[found: unknown, wanted: unknown]> {
  const { kind, amount, priority, afterMs, minimum, agoMs, perSecond, isDaily } = taken;
  const base = { ...by(account), account };
  const atMs = (ms: number): string => new Date(model.nowMs + ms).toISOString();
  switch (kind) {
    case 'grant':
      await ledger.grant({ ...base, amount });
      model.grant(amount);
      return NOTHING;
    case 'lot':
      await ledger.grant({ ...base, amount, priority, expiresAt: atMs(afterMs) });
      model.grant(amount, priority, model.nowMs + afterMs);
      return NOTHING;
    case 'spend':
      return [await isAccepted(ledger.spend({ ...base, amount })), model.take(amount) !== null];
    case 'hold': {
      const id = await ledger.hold({ ...base, amount, expiresAfterMs: afterMs }).then(
        ({ hold }) => hold.id,
        () => null,
      );
      return [id !== null, model.hold(id ?? '', amount, model.nowMs + afterMs)];
    }
    case 'post':
    case 'void': {
      const id = [...model.holds.keys()][taken.pick % Math.max(model.holds.size, 1)];
      if (id === undefined) return NOTHING;
      await (kind === 'post' ? ledger.post({ ...base, hold: id }) : ledger.void({ ...base, hold: id }));
      if (kind === 'post') model.post(id);
      else model.release(id);
      return NOTHING;
    }
    case 'start': {
      const [per, periodMs] = isDaily ? (['day', DAY_MS] as const) : (['hour', HOUR_MS] as const);
      const terms = { amount: Math.round((perSecond * periodMs) / 1_000), periodMs, minimum };
      const command = { ...base, amount: terms.amount, per, minimum, resource: 'server', startsAt: atMs(-agoMs) };
      const id = await ledger.startRate(command).then(
        ({ rate }) => rate.id,
        () => null,
      );
      return [id !== null, model.start(id ?? '', terms, agoMs)];
    }
    case 'stop': {
      const open = [...model.rates].filter(([, { state }]) => state !== 'stopped');
      const [id, rate] = open[taken.pick % Math.max(open.length, 1)] ?? [];
      if (id === undefined || rate === undefined) return NOTHING;
      const stopped = await ledger.stopRate({ ...base, rate: id });
      rate.state = 'stopped';
      return [stopped.rate.charged, rate.charged];
    }
    case 'read':
      return [(await ledger.balance(account)).balance.available, model.available];
    case 'wait':
      return NOTHING;
  }
}

async function expectEqual(ledger: Ledger, { account, model }: Run): Promise<void> {
  expect((await ledger.balance(account)).balance).toMatchObject({ held: model.held, available: model.available });
  const { rates } = await ledger.rates(account);
  const open = [...model.rates].filter(([, { state }]) => state !== 'stopped');
  expect(rates.map(({ id, state, charged }) => [id, state, charged])).toEqual(
    open.map(([id, { state, charged }]) => [id, state, charged]),
  );
  const { lots } = await ledger.lots(account, { limit: 100 });
  const lotsOfModel = model.spendable.filter(({ priority }) => priority !== Infinity);
  expect(lots.map(({ available }) => available)).toEqual(lotsOfModel.map(({ free }) => free));
  expect((await ledger.verify({ account })).differences).toEqual([]);
}

const periods: Readonly<Record<RatePeriod, number>> = { hour: 1, day: 24, week: 168, month: 720 };

const terms = fc.record({
  perHour: fc.constantFrom(1, 40, 3_600, 100_000),
  per: fc.constantFrom(...(Object.keys(periods) as RatePeriod[])),
  minimum: fc.constantFrom(0, 0, 30),
});

/** A client that has read one snapshot: what it shows at a later instant. */
function countFrom(snapshot: Snapshot, nowMs: () => number): () => number {
  const environment = { active: false, isVisible: () => true, now: nowMs, setTimer: () => () => undefined };
  const countdown = new Countdown(environment, () => undefined);
  if (snapshot.time !== undefined) countdown.compareClock(snapshot.time);
  return () => snapshot.balance.available - countdown.count(snapshot);
}

/** Any commands at any instants, settled by whom and when it happens, come to what the definition says. */
export function testRatesDefinition(bench: Bench, { numRuns }: { numRuns: number }): void {
  test(
    'T21 whenever two instances settle rates, lots and holds, the account is what the definition says',
    {
      timeout: 300_000,
    },
    async () => {
      const ledgers = [await bench.openLedger(), await bench.openLedger()];
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 5, max: 60 }),
          fc.array(step, { minLength: 5, maxLength: 40 }),
          async (...all) => {
            const [credits, steps] = all;
            const run: Run = { account: fresh('user'), model: new RatesModel(bench.time.nowMs) };
            await bench.ledger.grant({ ...by(run.account), account: run.account, amount: credits });
            run.model.grant(credits);
            for (const taken of steps) {
              // Whole seconds where rates can start, but for the milliseconds that give their ids an order.
              bench.time.nowMs += taken.kind === 'wait' ? taken.afterMs : taken.kind === 'start' ? 1_000 : 1;
              run.model.waitUntil(bench.time.nowMs);
              const ledger = ledgers[taken.instance] ?? bench.ledger;
              const [found, wanted] = await carryOut(run, ledger, taken);
              expect(found).toEqual(wanted);
              run.model.settle();
            }
            bench.time.nowMs += 5_000;
            run.model.waitUntil(bench.time.nowMs);
            await expectEqual(bench.ledger, run);
          },
        ),
        { numRuns, endOnFailure: true },
      );
    },
  );

  test('what a client counts from one snapshot is the ledger’s number at every later instant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3_000 }),
        fc.array(terms, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 3_600_000 }), { minLength: 1, maxLength: 8 }),
        fc.nat(3_600_000),
        async (credits, rates, waits, beforeMs) => {
          const account = fresh('user');
          const base = { ...by(account), account };
          await bench.ledger.grant({ ...base, ...by('system:test'), amount: credits + 200 });
          for (const [index, { perHour, per, minimum }] of rates.entries()) {
            const resource = `server:${index}`;
            await bench.ledger.startRate({
              ...base,
              ...by(account),
              amount: perHour * periods[per],
              per,
              minimum,
              resource,
            });
          }
          bench.time.nowMs += beforeMs;
          const count = countFrom(await bench.ledger.snapshot(account), () => bench.time.nowMs);
          for (const waitMs of waits) {
            bench.time.nowMs += waitMs;
            const counted = count();
            expect(counted).toBe((await bench.ledger.balance(account)).balance.available);
          }
        },
      ),
      { numRuns, endOnFailure: true },
    );
  });
}
