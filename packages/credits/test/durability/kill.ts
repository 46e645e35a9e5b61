import { parseArgs } from 'node:util';
import { runKillLoop } from './kill-loop.ts';

// npm run kill -- --database embedded --cycles 1000 [--seed 1]

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'embedded' },
    cycles: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const { database } = values;
if (database !== 'embedded' && database !== 'postgres') throw new Error('--database is embedded or postgres.');
const seed = Number(values.seed);
console.log(`kill -9 on ${database}, ${values.cycles} cycles, --seed ${seed}`);
const startedAt = performance.now();
let shownAt = 0;
const report = await runKillLoop({
  database,
  cycles: Number(values.cycles),
  seed,
  onProgress: ({ cycles, asked, acknowledged, survived, kills }) => {
    if (cycles - shownAt < 10) return;
    shownAt = cycles;
    const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
    console.log(
      `${minutes} min · ${cycles} cycles · ${asked} asked · ${acknowledged} acknowledged · ${survived} committed without ` +
        `an answer · killed ${JSON.stringify(kills)}`,
    );
  },
});
const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
console.log(JSON.stringify({ ...report, problems: report.problems.slice(0, 20), minutes }, null, 2));
if (report.problems.length > 0) {
  console.log(`${report.problems.length} problems in cycle ${report.cycles}. Look at ${report.left}.`);
  process.exitCode = 1;
} else {
  console.log(
    `Nothing that was acknowledged was lost, or done twice: ${report.acknowledged} in ${report.cycles} cycles.`,
  );
}
