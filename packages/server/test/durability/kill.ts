import { parseArgs } from 'node:util';
import { runKillLoop } from './kill-loop.ts';
import { runPowerLoss } from './power-loss.ts';
import { runSettleLoop } from './settle-loop.ts';

// npm run kill -- --database embedded|postgres [--cycles 1000] [--seed 1]
// npm run kill -- --power [--cycles 300] [--seed 1] [--lying]
// npm run kill -- --settle [--cycles 200] [--seed 1]

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'embedded' },
    cycles: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    power: { type: 'boolean', default: false },
    lying: { type: 'boolean', default: false },
    settle: { type: 'boolean', default: false },
  },
});
const { database } = values;
if (database !== 'embedded' && database !== 'postgres') throw new Error('--database is embedded or postgres.');
const seed = Number(values.seed);
const cycles = Number(values.cycles);
const startedAt = performance.now();
const minutes = (): string => `${((performance.now() - startedAt) / 60_000).toFixed(1)} min`;

/** Shows every tenth. */
function show(count: number, line: string): void {
  if (count % 10 === 0) console.log(`${minutes()} · ${line}`);
}

if (values.power) {
  console.log(`power cuts, ${cycles} of them, --seed ${seed}${values.lying ? ', on a disk that ignores syncs' : ''}`);
  const report = await runPowerLoss({
    cuts: cycles,
    seed,
    honest: !values.lying,
    onProgress: ({ cuts, acknowledged, survived, losses }) =>
      show(
        cuts,
        `${cuts} cuts · ${acknowledged} acknowledged · ${survived} committed without an answer · ${losses.length} with losses`,
      ),
  });
  console.log(JSON.stringify({ ...report, losses: report.losses.slice(0, 20), time: minutes() }, null, 2));
  process.exit(report.losses.length === 0 ? 0 : 1);
}

if (values.settle) {
  console.log(`kill -9 of one of two processes that settle, ${cycles} cycles, --seed ${seed}`);
  const report = await runSettleLoop({
    cycles,
    seed,
    onProgress: ({ cycles: done, kills, checks, charges, refills }) =>
      show(
        done,
        `${done} cycles · killed ${JSON.stringify(kills)} · ${checks} checks, the last one of ${charges} charges and ${refills} refills`,
      ),
  });
  console.log(JSON.stringify({ ...report, problems: report.problems.slice(0, 20), time: minutes() }, null, 2));
  process.exit(report.problems.length === 0 ? 0 : 1);
}

console.log(`kill -9 on ${database}, ${cycles} cycles, --seed ${seed}`);
const report = await runKillLoop({
  database,
  cycles,
  seed,
  onProgress: ({ cycles: done, asked, acknowledged, survived, checks, kills }) =>
    show(
      done,
      `${done} cycles · ${asked} asked · ${acknowledged} acknowledged · ${survived} committed without an answer · ` +
        `${checks} checks · killed ${JSON.stringify(kills)}`,
    ),
});
console.log(JSON.stringify({ ...report, problems: report.problems.slice(0, 20), time: minutes() }, null, 2));
if (report.problems.length === 0) {
  console.log(
    `Nothing that was acknowledged was lost, or done twice: ${report.acknowledged} in ${report.cycles} cycles.`,
  );
} else {
  console.log(`${report.problems.length} problems in cycle ${report.cycles}. Look at ${report.left}.`);
}
process.exit(report.problems.length === 0 ? 0 : 1);
