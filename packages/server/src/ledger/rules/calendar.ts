import type { AllowancePeriod } from 'realtime-credits/contract';

/**
 * Calendar periods. They begin at one local time of a time zone, and are numbered: number 0 begins at the anchor. A local
 * time that occurs twice is its first occurrence, and one that clocks skip is as much later as they skip.
 */
export interface Calendar {
  readonly per: AllowancePeriod;
  readonly anchorMs: number;
  /** IANA name. */
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;

/** Days of each period; a month has no fixed number. */
export const PERIOD_DAYS: Readonly<Record<AllowancePeriod, number | null>> = { day: 1, week: 7, month: null };

/** Formats are expensive to make. There are fewer zones than this. */
const FORMATS_MAX = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= FORMATS_MAX) formats.clear();
  formats.set(timeZone, made);
  return made;
}

/** Whether a text names a time zone. Offsets such as `+01:00` are none: they have no calendar. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The local time at an instant, as the instant at which it is that time in UTC. */
function toLocal(timeZone: string, ms: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const [year = 0, month = 0, day, hour, minute, second] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map((type) => parts.get(type));
  return Date.UTC(year, month - 1, day, hour, minute, second) + (ms % 1_000);
}

function toInstant(timeZone: string, localMs: number): number {
  const offsetAt = (ms: number): number => toLocal(timeZone, ms) - ms;
  const [before, after] = [localMs - offsetAt(localMs - DAY_MS), localMs - offsetAt(localMs + DAY_MS)];
  const found = [before, after].filter((ms) => toLocal(timeZone, ms) === localMs);
  return found.length === 0 ? before : Math.min(...found);
}

/** The instant at which a period begins. */
export function startOf({ per, anchorMs, timeZone }: Calendar, period: number): number {
  const local = toLocal(timeZone, anchorMs);
  const days = PERIOD_DAYS[per];
  if (days !== null) return toInstant(timeZone, local + period * days * DAY_MS);
  const anchor = new Date(local);
  const [year, month] = [anchor.getUTCFullYear(), anchor.getUTCMonth() + period];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(anchor.getUTCDate(), lastDay);
  return toInstant(timeZone, Date.UTC(year, month, day) + (local % DAY_MS));
}

/** The number of the period that an instant is in: the last one that begins at it or earlier. */
export function periodAt(calendar: Calendar, ms: number): number {
  const { per, anchorMs, timeZone } = calendar;
  const [local, anchorLocal] = [toLocal(timeZone, ms), toLocal(timeZone, anchorMs)];
  const days = PERIOD_DAYS[per];
  const monthsOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();
  let period =
    days === null
      ? monthsOf(new Date(local)) - monthsOf(new Date(anchorLocal))
      : Math.floor((local - anchorLocal) / (days * DAY_MS));
  while (startOf(calendar, period) > ms) period -= 1;
  while (startOf(calendar, period + 1) <= ms) period += 1;
  return period;
}
