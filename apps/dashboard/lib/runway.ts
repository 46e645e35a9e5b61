import { readComma } from './format.ts';
import { formatLeft, formatUntil } from '../components/credits/format.ts';

/** How long credits last, in words. Instants are milliseconds since 1970. */

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** A price per hour is shown with what it makes of so many days: months differ. */
export const MONTH_DAYS = 30;

export function toMonthly(perHour: number): number {
  return perHour * 24 * MONTH_DAYS;
}

/** What a person has and spends by the hour, as far as a runway depends on it. */
export interface Spending {
  /** Credits. */
  available: number;
  perHour: number;
  /** As the ledger computed it; null: nothing runs out. */
  exhaustsAtMs: number | null;
}

/**
 * When credits run out if so many more (or less) are spent by the hour, from now on; null: never. Exact where nothing
 * changes. Otherwise what the running servers have paid ahead counts as credits, and credits that expire are left out.
 */
export function runwayWith(
  { available, perHour, exhaustsAtMs }: Spending,
  change: number,
  nowMs: number,
): number | null {
  if (change === 0) return exhaustsAtMs;
  const after = perHour + change;
  if (after <= 0) return null;
  const credits = exhaustsAtMs === null ? available : ((exhaustsAtMs - nowMs) / HOUR_MS) * perHour;
  return nowMs + (Math.max(0, credits) / after) * HOUR_MS;
}

/** `until Tue 14:20, 19 h left`. */
export function formatRunway(untilMs: number, nowMs: number, timeZone: string): string {
  const until = formatUntil(untilMs, nowMs, timeZone);
  return untilMs - nowMs > 365 * DAY_MS ? until : `${until}${readComma()}${formatLeft(untilMs - nowMs)}`;
}
