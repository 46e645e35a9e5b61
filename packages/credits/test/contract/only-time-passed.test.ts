import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accrue,
  onlyTimePassed,
  PERIOD_UNITS,
  type AccruingRate,
  type Snapshot,
  type SnapshotTime,
} from '../../src/contract.ts';

const START_MS = Date.parse('2026-11-28T00:00:00.000Z');
const toInstant = (ms: number) => new Date(ms).toISOString();

const rates = fc.array(
  fc.record({
    resource: fc.constantFrom('server:1', 'server:2', 'server:3'),
    amount: fc.integer({ min: 1, max: 1_000_000 }),
    per: fc.constantFrom(...(Object.keys(PERIOD_UNITS) as AccruingRate['per'][])),
    settledAt: fc.integer({ min: START_MS - 100_000_000, max: START_MS }).map(toInstant),
    prepaid: fc.integer({ min: 0, max: 50 }),
    remainder: fc.integer({ min: 0, max: 3_599_999 }),
  }),
  { minLength: 1, maxLength: 4 },
);

type State = Pick<Snapshot, 'balance'> & { time: SnapshotTime };

function toState(time: Pick<SnapshotTime, 'at' | 'rates'>, available: number): State {
  const balance = { posted: available + 7, held: 7, available };
  return { balance, time: { exhaustsAt: null, expires: null, refills: null, ...time } };
}

/** What the ledger does when it charges some of the rates: credits leave, and each rate carries on from there. */
function settle({ balance, time }: State, passedMs: number, which: (index: number) => boolean): State {
  const settledMs = START_MS + passedMs;
  let { available } = balance;
  const settled = time.rates.map((rate, index) => {
    if (!which(index)) return rate;
    const after = accrue({ ...rate, settledUntilMs: Date.parse(rate.settledAt) }, settledMs);
    available -= Number(after.due);
    const [prepaid, remainder] = [Number(after.prepaid), Number(after.remainder)];
    return { ...rate, settledAt: toInstant(settledMs), prepaid, remainder };
  });
  return toState({ at: toInstant(settledMs + 25), rates: settled }, available);
}

const scenarios = fc.record({ rates, passedMs: fc.integer({ min: 0, max: 40 * 86_400_000 }), odd: fc.boolean() });

test('rates that were charged, all or some of them, are time alone', () => {
  fc.assert(
    fc.property(scenarios, ({ rates: running, passedMs, odd }) => {
      const before = toState({ at: toInstant(START_MS), rates: running }, 1_000_000_000_000);
      const after = settle(before, passedMs, (index) => odd || index % 2 === 0);
      expect(onlyTimePassed(before, after)).toBe(true);
    }),
  );
});

test('whatever else happened beside is not', () => {
  fc.assert(
    fc.property(scenarios, fc.integer({ min: 1, max: 1_000_000 }), ({ rates: running, passedMs }, amount) => {
      const before = toState({ at: toInstant(START_MS), rates: running }, 1_000_000_000_000);
      const { balance, time } = settle(before, passedMs, () => true);
      const [first, ...others] = time.rates as [AccruingRate, ...AccruingRate[]];
      const upcoming = { at: toInstant(START_MS + 1), amount };
      const happenings: State[] = [
        { time, balance: { ...balance, posted: balance.posted + amount, available: balance.available + amount } },
        { time, balance: { ...balance, posted: balance.posted - amount, available: balance.available - amount } },
        {
          time,
          balance: { posted: balance.posted + amount, held: balance.held + amount, available: balance.available },
        },
        { balance, time: { ...time, rates: others } },
        { balance, time: { ...time, rates: [{ ...first, resource: 'server:9' }, ...others] } },
        { balance, time: { ...time, expires: upcoming } },
        { balance, time: { ...time, refills: upcoming } },
      ];
      expect(happenings.map((after) => onlyTimePassed(before, after))).toEqual(happenings.map(() => false));
    }),
  );
});

test('without rates a version is never time alone', () => {
  const { balance } = toState({ at: toInstant(START_MS), rates: [] }, 5);
  expect(onlyTimePassed({ balance }, { balance })).toBe(false);
});
