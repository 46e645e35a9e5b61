// `npm run fuzz -- --requests 100000 --seed 1`: hostile requests against a real dashboard with data of its own. What is
// found is printed as the smallest request that shows it; `--save` also adds it to the corpus that `npm test` sends.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDashboardBuilt, ensureDocsBuilt, ensurePackagesBuilt, ensureRegistryBuilt } from './setup/build.mjs';
import { startDashboard } from './setup/dashboard.mjs';
import { ensureInstalled, ROOT } from './setup/install.mjs';
import { runMain, step, StepFailure } from './setup/step.mjs';

const CORPUS = join(ROOT, 'apps/dashboard/test/fuzz/corpus.json');
/** Between two lines of progress. */
const REPORT_MS = 30_000;

/** What may be used more at the end than at the first look, when everything was loaded. */
const GROWTH_MAX = { mib: 256, sockets: 8, files: 100 };

/** @param {number} pid @returns {typeof GROWTH_MAX | null} - Null where there is no /proc. */
function measure(pid) {
  try {
    const kib = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    const links = readdirSync(`/proc/${pid}/fd`).map((name) => readLink(`/proc/${pid}/fd/${name}`));
    const sockets = links.filter((link) => link.startsWith('socket:')).length;
    return { mib: Math.round(kib / 1024), sockets, files: links.length - sockets };
  } catch {
    return null;
  }
}

/** @param {string} path */
function readLink(path) {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

/** @param {ReadonlyMap<number, number>} statuses */
function describeStatuses(statuses) {
  return [...statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status} × ${count}`)
    .join(', ');
}

/** Every line is one event, and none was written by a request. @param {string} log @returns {string[]} */
function findBadLines(log) {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .filter((line) => {
      try {
        const { level, time, message } = JSON.parse(line);
        const isEvent = typeof time === 'string' && typeof message === 'string';
        return !isEvent || level === 'fatal' || level === 'error';
      } catch {
        return true;
      }
    });
}

/** What is the same in every line of one event. @param {string} line */
function withoutIds(line) {
  return line.replace(/"(time|requestId)":"[^"]*",/g, '');
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '100000' },
      minutes: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      save: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const requests = Number(values.requests);
  console.log(`\nReal-Time Credits: ${requests} hostile requests, --seed ${seed}\n`);
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  await ensureDocsBuilt();
  await ensureDashboardBuilt();
  const { fuzz } = await import('../apps/dashboard/test/fuzz/run.ts');
  const { assertExplained } = await import('../apps/dashboard/test/fuzz/effects.ts');
  const { CORPUS_ENVIRONMENT } = await import('../apps/dashboard/test/fuzz/environment.ts');

  const dataDirectory = mkdtempSync(join(tmpdir(), 'realtime-credits-fuzz-'));
  const DEMO_PASSWORD = randomUUID();
  const problems = /** @type {string[]} */ ([]);
  let stop = async () => {};
  try {
    const dashboard = await step('start the dashboard', () =>
      startDashboard({ dataDirectory, env: { ...CORPUS_ENVIRONMENT, DEMO_PASSWORD } }),
    );
    stop = async () => void (await dashboard.stop());
    const startedAt = performance.now();
    const since = new Date();
    let first = measure(dashboard.pid);
    let reportedAt = startedAt;
    const report = await fuzz({
      url: dashboard.url,
      seed,
      requests,
      minutesMax: Number(values.minutes),
      password: DEMO_PASSWORD,
      onProgress: (sent, statuses) => {
        if (performance.now() - reportedAt < REPORT_MS) return;
        // The first look is at a process that has loaded everything.
        if (reportedAt === startedAt) first = measure(dashboard.pid);
        reportedAt = performance.now();
        console.log(`  ${sent} sent ${JSON.stringify(measure(dashboard.pid))} · ${describeStatuses(statuses)}`);
      },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    for (const { wrong, request, count } of report.findings) {
      problems.push(`${wrong} (${count} times)\n    ${JSON.stringify(request)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const last = measure(dashboard.pid);
    const stopped = await dashboard.stop();
    if (stopped.code !== 0) problems.push(`The dashboard ended with code ${stopped.code}.`);
    const badLines = new Map(findBadLines(dashboard.log()).map((line) => [withoutIds(line), line]));
    for (const line of badLines.values()) problems.push(`log: ${line.slice(0, 600)}`);
    const { transfers } = await assertExplained(join(dataDirectory, 'database'), since, report.effects);
    console.log(
      `\n  ${report.sent} requests in ${seconds.toFixed(0)} s (${(report.sent / seconds).toFixed(0)}/s), ${transfers} transfers, all explained; the ledger verifies.`,
    );
    console.log(`  Statuses: ${describeStatuses(report.statuses)}`);
    console.log(
      `  ${dashboard.log().split('\n').length - 1} log lines. ${JSON.stringify(first)} → ${JSON.stringify(last)}`,
    );
    for (const name of /** @type {(keyof typeof GROWTH_MAX)[]} */ (Object.keys(GROWTH_MAX))) {
      const growth = (last?.[name] ?? 0) - (first?.[name] ?? 0);
      if (growth > GROWTH_MAX[name]) problems.push(`${growth} ${name} more than at the first look.`);
    }
    if (values.save && report.findings.length > 0) {
      const corpus = JSON.parse(readFileSync(CORPUS, 'utf8'));
      const found = report.findings.map(({ wrong, request }) => ({ name: wrong, ...request }));
      writeFileSync(CORPUS, `${JSON.stringify([...corpus, ...found], null, 2)}\n`);
    }
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    problems.push(String(error instanceof Error ? error.stack : error));
  } finally {
    await stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
  for (const problem of problems) console.log(`\n  ${problem}`);
  console.log(`\n${problems.length === 0 ? 'Nothing was found.' : `${problems.length} problems.`}`);
  return problems.length === 0 ? 0 : 1;
});
