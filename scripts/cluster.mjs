// `npm run cluster -- --streams 200 --seconds 10 --seed 1`: three instances behind HAProxy, PgBouncer, a primary and its
// standby, all on this machine, under load. An instance is killed, all are replaced, and the primary is killed. It installs
// Debian's packages where it may, and removes what it started.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackagesBuilt } from './setup/build.mjs';
import { ensureProgram, installDebianPackages } from './setup/debian.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runMain, step, StepFailure } from './setup/step.mjs';

/** @typedef {import('../packages/server/test/cluster/run-cluster.ts').ClusterReport} ClusterReport */

const BARS = '▁▂▃▄▅▆▇█';

/** One character for each second: a dot for nothing. @param {number[]} counts */
function draw(counts) {
  const most = Math.max(1, ...counts);
  return counts.map((count) => (count === 0 ? '·' : BARS[Math.ceil((count / most) * BARS.length) - 1])).join('');
}

/** @param {ClusterReport} report */
function printChart({ seconds }) {
  const events = seconds.flatMap(({ marks }, second) => marks.map((mark) => ({ second, mark })));
  const line = seconds.map(() => ' ');
  for (const [index, { second }] of events.entries()) line[second] = String(index + 1);
  const most = Math.max(...seconds.map(({ acknowledged }) => acknowledged));
  const streams = Math.max(...seconds.map(({ live }) => live));
  console.log(`\n  commands/s  ${draw(seconds.map(({ acknowledged }) => acknowledged))}  at most ${most}`);
  console.log(`  unavailable ${draw(seconds.map(({ unavailable }) => unavailable))}`);
  console.log(`  live        ${draw(seconds.map(({ live }) => live))}  of ${streams}`);
  console.log(`              ${line.join('')}`);
  for (const [index, { second, mark }] of events.entries())
    console.log(`  ${index + 1}: second ${second + 1}, ${mark}`);
}

/** @param {ClusterReport} report */
function printFigures({ faults, calmMs, asked, acknowledged, survived }) {
  /** @param {number} share */
  const quantile = (share) => (calmMs[Math.floor(calmMs.length * share)] ?? Number.NaN).toFixed(1);
  console.log(`\n  without a fault: a command takes ${quantile(0.5)} ms (p50), ${quantile(0.99)} ms (p99)`);
  for (const { name, unavailable, silenceMs, streamsMs } of faults) {
    console.log(
      `  ${name}: ${unavailable} commands without an outcome, no command acknowledged for ${(silenceMs / 1000).toFixed(2)} s, ` +
        `not all streams live for ${(streamsMs / 1000).toFixed(2)} s`,
    );
  }
  console.log(
    `  ${acknowledged} of ${asked} commands were acknowledged; ${survived} without a response were committed`,
  );
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      streams: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  console.log('\nReal-Time Credits: a cluster on this machine\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureProgram('haproxy', 'haproxy');
  await ensureProgram('pgbouncer', 'pgbouncer');
  const { findPrograms } = await import('../packages/server/test/support/postgres-pair.ts');
  await step('postgresql', async (report) => {
    try {
      report(findPrograms());
    } catch (error) {
      if (!(await installDebianPackages('postgresql'))) throw new StepFailure(/** @type {Error} */ (error).message);
      report(findPrograms());
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  const { runCluster } = await import('../packages/server/test/cluster/run-cluster.ts');
  console.log(`\n  --seed ${values.seed}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
  const since = performance.now();
  const report = await runCluster({
    streams: Number(values.streams),
    calmSeconds: Number(values.seconds),
    seed: Number(values.seed),
    onMark: (what) => console.log(`  ${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s  ${what}`),
  });
  printChart(report);
  printFigures(report);
  for (const problem of report.problems.slice(0, 20)) console.log(`  PROBLEM: ${problem}`);
  console.log(
    report.problems.length === 0
      ? '\nNothing that was acknowledged was lost or done twice, and every stream shows its balance.'
      : `\n${report.problems.length} problems.`,
  );
  process.exit(report.problems.length === 0 ? 0 : 1);
});
