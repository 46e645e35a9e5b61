import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { findPrograms } from '../support/postgres-pair.ts';
import { runFailoverLoop } from './failover-loop.ts';

// npm run failover -- [--cycles 100] [--seed 1]

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [cycles, seed] = [Number(values.cycles), Number(values.seed)];
try {
  findPrograms();
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** Median and maximum. */
function describe(durations: readonly number[]): string {
  const sorted = durations.toSorted((a, b) => a - b);
  const [median, max] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  return `${median.toFixed(0)} ms (longest ${max.toFixed(0)} ms)`;
}

console.log(`failover of a primary under load, ${cycles} cycles, --seed ${seed}`);
const startedAt = performance.now();
const report = await runFailoverLoop({
  cycles,
  seed,
  onProgress: ({ cycles: done, acknowledged, survived, fenced, acceptedMs }) =>
    console.log(
      `${((performance.now() - startedAt) / 60_000).toFixed(1)} min · ${done} cycles · ${acknowledged} acknowledged · ` +
        `${survived} committed without an answer · ${fenced} refused by an old primary · ` +
        `accepted ${acceptedMs.at(-1)?.toFixed(0)} ms after the promotion · load ${loadavg()[0]?.toFixed(1)}`,
    ),
});
console.log(`from the kill to accepted commands: ${describe(report.outageMs)}`);
console.log(`from the promotion to accepted commands: ${describe(report.acceptedMs)}`);
console.log(`from the promotion to live streams: ${describe(report.streamsMs)}`);
if (report.problems.length === 0) {
  console.log(
    `Nothing that was acknowledged was lost, or done twice: ${report.acknowledged} of ${report.asked} in ${report.cycles} cycles.`,
  );
} else {
  console.log(`${report.problems.length} problems in cycle ${report.cycles}:`);
  for (const problem of report.problems.slice(0, 20)) console.log(problem);
}
process.exit(report.problems.length === 0 ? 0 : 1);
