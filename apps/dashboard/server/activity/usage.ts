import type { ActivityLine, ActivityPage } from 'realtime-credits-server';

/**
 * Folds what servers cost by the hour. Each credit is a line of the ledger; a list of them would bury everything else.
 *
 * Charges that follow one another on one day are one line for each server. Anything between them ends the lines, so each
 * line's balance is still the balance of the next older line plus its own change.
 */
export interface UsageLine extends ActivityLine {
  /** Of charges by the hour: how much time they were for. Null for every other line. */
  usageMs: number | null;
}

export interface UsagePage {
  lines: UsageLine[];
  next: string | null;
}

export interface UsageOptions {
  /** Reads a page of the ledger's lines. */
  read: (page: { before?: string; limit: number }) => Promise<ActivityPage>;
  before?: string | undefined;
  limit: number;
  /** The day of an ISO instant. */
  toDay: (iso: string) => string;
}

const HOUR_MS = 3_600_000;
const PERIOD_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;

/** What a page reads at a time once there were such charges, and how often: a page is then shorter. */
const READ_LIMIT = 1_000;
const READS_MAX = 4;

/** A page of folded lines. It may have a few more or less than `limit`. */
export async function readUsagePage({ read, before, limit, toDay }: UsageOptions): Promise<UsagePage> {
  const runs: ActivityLine[][] = [];
  let next = before ?? null;
  let count = 0;
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    const page = await read({ limit: reads === 0 ? limit : READ_LIMIT, ...(next === null ? {} : { before: next }) });
    next = page.next;
    for (const line of page.lines) {
      const run = runs.at(-1);
      const last = run?.at(-1);
      if (run !== undefined && last !== undefined && isOneRun(last, line, toDay)) run.push(line);
      else runs.push([line]);
    }
    count = runs.reduce((sum, run) => sum + countLines(run), 0);
    // The last run may go on in the next page.
    if (next === null || count - countLines(runs.at(-1) ?? []) >= limit) break;
    if (runs.every((run) => run[0]?.rate == null)) break;
  }
  const lines: UsageLine[] = [];
  for (const [index, run] of runs.entries()) {
    if (index > 0 && lines.length + countLines(run) > limit) {
      return { lines, next: toCursor(runs[index - 1]?.at(-1)) };
    }
    lines.push(...fold(run));
  }
  return { lines, next };
}

/** Whether the older one of two neighbours belongs to the same line, or to that of another server beside it. */
function isOneRun(newer: ActivityLine, older: ActivityLine, toDay: UsageOptions['toDay']): boolean {
  return isFoldable(newer) && isFoldable(older) && toDay(newer.createdAt) === toDay(older.createdAt);
}

/** What was reversed stands by itself: its reversal leads to it. */
function isFoldable({ kind, rate, reversedBy }: ActivityLine): boolean {
  return kind === 'used' && rate !== null && reversedBy === null;
}

function countLines(run: readonly ActivityLine[]): number {
  return new Set(run.map(keyOf)).size;
}

const keyOf = ({ rate, version }: ActivityLine) => rate?.resource ?? version;

const toCursor = (line: ActivityLine | undefined) =>
  line === undefined ? null : `${line.kind === 'reserved' ? 'r' : ''}${line.version}`;

/** One line for each server of a run, in the order of its newest charge. */
function fold(run: readonly ActivityLine[]): UsageLine[] {
  const groups = new Map<string | number, UsageLine>();
  for (const line of run) {
    const known = groups.get(keyOf(line));
    const usageMs = toUsageMs(line);
    if (known === undefined) groups.set(keyOf(line), { ...line, usageMs });
    else {
      known.amount += line.amount;
      known.change += line.change;
      known.usageMs = (known.usageMs ?? 0) + (usageMs ?? 0);
      // It is several transfers.
      known.transfer = null;
    }
  }
  let balance = run[0]?.balance ?? 0;
  return [...groups.values()].map((line) => {
    const placed = { ...line, balance };
    balance -= line.change;
    return placed;
  });
}

/** How much time a charge was for; null for what is none. */
export function toUsageMs({ rate, amount }: ActivityLine): number | null {
  return rate === null ? null : Math.round((amount / rate.amount) * PERIOD_MS[rate.per]);
}
