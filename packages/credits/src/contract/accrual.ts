import type { Credits } from './amount.ts';
import type { RatePeriod } from './rate.ts';

/**
 * What rates accrue. From its settlement until an instant a rate accrues `floor((amount × passed + remainder) / period)`
 * credits, less what its minimum charge paid ahead. Both ends compute it here, so a number that counts down in a browser
 * is the ledger's number at the same instant.
 *
 * All arithmetic is on whole numbers: `passed` counts units of which a period has a whole number.
 */

const DAY_MS = 86_400_000;

/** 377,580 is a multiple of 28, 29, 30 and 31: a millisecond of any month is a whole number of units. */
const MONTH_UNITS = 377_580n * BigInt(DAY_MS);

/** Units of each period. Except for months they are milliseconds. */
export const PERIOD_UNITS: Readonly<Record<RatePeriod, bigint>> = {
  hour: 3_600_000n,
  day: BigInt(DAY_MS),
  week: 7n * BigInt(DAY_MS),
  month: MONTH_UNITS,
};

/** Later instants count as never. Milliseconds since 1970. */
export const NEVER_MS = Date.UTC(9999, 0, 1);

/** Where a rate stands. */
export interface Accrual {
  /** Per period. */
  amount: Credits;
  per: RatePeriod;
  /** Until when it is charged, in milliseconds since 1970. */
  settledUntilMs: number;
  /** What was left of a credit then, in units of {@link PERIOD_UNITS}. Of a period or more, where it could not be paid. */
  remainder: number;
  /** What is left of the minimum charge: so many of the next credits are paid. */
  prepaid: Credits;
}

/** How many units have passed at an instant since 1970. */
export function unitsAt(per: RatePeriod, ms: number): bigint {
  if (per !== 'month') return BigInt(ms);
  const date = new Date(ms);
  const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  const [first, next] = [Date.UTC(1970, months), Date.UTC(1970, months + 1)];
  return BigInt(months) * MONTH_UNITS + BigInt(ms - first) * (MONTH_UNITS / BigInt(next - first));
}

/** The first instant at which so many units have passed. */
function instantOf(per: RatePeriod, units: bigint): number {
  if (per !== 'month') return Math.min(Number(units), NEVER_MS);
  const months = Number(units / MONTH_UNITS);
  if (months > 12 * 8_029) return NEVER_MS;
  const [first, next] = [Date.UTC(1970, months), Date.UTC(1970, months + 1)];
  const unitsPerMs = MONTH_UNITS / BigInt(next - first);
  return first + Number(((units % MONTH_UNITS) + unitsPerMs - 1n) / unitsPerMs);
}

/** What a rate has accrued at an instant: what is due, and what is left of its minimum and of a credit. */
export function accrue(rate: Accrual, atMs: number): { due: bigint; prepaid: bigint; remainder: bigint } {
  const { per, settledUntilMs } = rate;
  const passed = unitsAt(per, Math.max(atMs, settledUntilMs)) - unitsAt(per, settledUntilMs);
  const accrued = BigInt(rate.amount) * passed + BigInt(rate.remainder);
  const whole = accrued / PERIOD_UNITS[per];
  const prepaid = BigInt(rate.prepaid);
  const covered = whole < prepaid ? whole : prepaid;
  return { due: whole - covered, prepaid: prepaid - covered, remainder: accrued % PERIOD_UNITS[per] };
}

/** The first instant at which so many credits of a rate are due. */
export function nextCreditMs(rate: Accrual, due = 1n): number {
  const { per, amount, prepaid, remainder, settledUntilMs } = rate;
  const wanted = (BigInt(prepaid) + due) * PERIOD_UNITS[per] - BigInt(remainder);
  const passed = wanted <= 0n ? 0n : (wanted + BigInt(amount) - 1n) / BigInt(amount);
  return instantOf(per, unitsAt(per, settledUntilMs) + passed);
}
