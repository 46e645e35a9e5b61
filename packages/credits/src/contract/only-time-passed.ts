import { accrue } from './accrual.ts';
import type { Snapshot } from './snapshot.ts';

type State = Pick<Snapshot, 'balance' | 'time'>;
type Time = NonNullable<State['time']>;

/**
 * Whether the later of two states of an account differs from the earlier one by what rates accrued, and by nothing else: their
 * settlement is a new version, and the number on the page has counted it already. What shows entries need not read them again.
 *
 * @returns False where there are no rates, or more than `SNAPSHOT_RATES_MAX`.
 */
export function onlyTimePassed(before: State, after: State): boolean {
  if (before.time === undefined || after.time === undefined || before.time.rates.length === 0) return false;
  return (
    describeRest(before.time) === describeRest(after.time) &&
    before.balance.held === after.balance.held &&
    availableAt(before, before.time, after.time.at) === availableAt(after, after.time, after.time.at)
  );
}

/** What settlement leaves as it is. */
function describeRest({ rates, expires, refills }: Time): string {
  return JSON.stringify([rates.map(({ resource, amount, per }) => [resource, amount, per]), expires, refills]);
}

function availableAt({ balance }: State, { rates }: Time, at: string): bigint {
  const due = rates.map((rate) => accrue({ ...rate, settledUntilMs: Date.parse(rate.settledAt) }, Date.parse(at)).due);
  return due.reduce((left, credits) => left - credits, BigInt(balance.available));
}
