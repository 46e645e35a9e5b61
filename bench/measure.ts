/** What the benches measure with: callers in a closed loop, medians over rounds, and the machine as it was. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** One run of one contestant. Milliseconds. */
export interface Figure {
  perSecond: number;
  p50: number;
  p99: number;
}

/** Several runs of one contestant. */
export interface Median extends Figure {
  /** Slowest and fastest run, in calls per second. */
  slowest: number;
  fastest: number;
  runs: number;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Callers that each wait for their answer before they call again. */
export async function measure(call: () => Promise<unknown>, callers: number, seconds: number): Promise<Figure> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < endsAt) {
        const calledAt = performance.now();
        await call();
        latencies.push(performance.now() - calledAt);
      }
    }),
  );
  const perSecond = (latencies.length / (performance.now() - startedAt)) * 1_000;
  return { perSecond, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

export function toMedian(figures: readonly Figure[]): Median {
  const of = (pick: (figure: Figure) => number): number => quantile(figures.map(pick), 0.5);
  const rates = figures.map(({ perSecond }) => perSecond);
  return {
    perSecond: of((figure) => figure.perSecond),
    p50: of((figure) => figure.p50),
    p99: of((figure) => figure.p99),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    runs: figures.length,
  };
}

/** What an average call costs, in microseconds of CPU: of this process, with its callers, and of others. */
export interface Cost {
  own: number;
  /** Null where it cannot be seen: they run elsewhere, or this is no Linux. */
  others: number | null;
}

/**
 * Measures calls by CPU time, which a busy machine distorts less than time that passes.
 *
 * @param findPids - The other processes that work for the calls.
 */
export async function measureCost(
  work: () => Promise<Figure>,
  findPids: () => Promise<readonly number[]>,
): Promise<{ figure: Figure; cost: Cost }> {
  const before = process.cpuUsage();
  const othersBefore = readCpu(await findPids());
  const startedAt = performance.now();
  const figure = await work();
  const calls = (figure.perSecond * (performance.now() - startedAt)) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const othersAfter = readCpu(await findPids());
  const others =
    othersBefore === null || othersAfter === null
      ? null
      : [...othersAfter].reduce((sum, [pid, spent]) => sum + spent - (othersBefore.get(pid) ?? 0), 0) / calls;
  return { figure, cost: { own: (user + system) / calls, others } };
}

/** Microseconds that each process has had so far; null where one cannot be read. */
function readCpu(pids: readonly number[]): Map<number, number> | null {
  try {
    return new Map(
      pids.map((pid) => [pid, Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000]),
    );
  } catch {
    return null;
  }
}

export function describeMachine(): string {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  return `${new Date().toISOString().slice(0, 16)}Z, ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, load average ${load}, Node ${process.version}`;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A table in Markdown. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  print(`\n| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  for (const row of rows) print(`| ${row.join(' | ')} |`);
}

export const rate = (value: number): string => `${Math.round(value).toLocaleString('en-US')}/s`;

export function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
