// `npm test`: sets up what the tests need, runs them, cleans up, and ends with one line: `N passed, N failed`.
// `npm test -- ledger hold` runs the files whose path contains one of the words. `npm run test:long` runs the longer proofs
// instead: files named `*.long.*`, which kill processes, fill disks or watch a page for minutes.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureDashboardBuilt, ensureDocsBuilt, ensurePackagesBuilt, ensureRegistryBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { startDashboard } from './setup/dashboard.mjs';
import { ensureInstalled, ROOT } from './setup/install.mjs';
import { formatSeconds, runMain, step, StepFailure } from './setup/step.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{ name: string, message: string }} Failure
 * @typedef {Tally & { failures: Failure[] }} Result
 * @typedef {{ name: string, result: Result, seconds: string }} Outcome
 * @typedef {{ code: number, how: string, lastErrors: string }} End
 */

/** One administrator gives every test its credits. */
const GENEROUS = { ADJUST_MAX: '1000000000', ADJUST_DAY_MAX: '1000000000' };

/** Each browser test signs somebody up, and the dashboard shares the processors with the browser. */
const CHEAP_PASSWORDS = `--import=${new URL('setup/test-passwords.mjs', import.meta.url).href}`;

const TEST_FILE = /\.(test|spec)\.tsx?$/;
const LONG_FILE = /\.long\./;
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const wantsLong = process.argv.includes('--long');

/** Files that are named are run, long or not. @param {string} file */
function isWanted(file) {
  return words.length === 0 ? LONG_FILE.test(file) === wantsLong : words.some((word) => file.includes(word));
}

/** @param {Tally} tally */
function formatTally({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** @param {string} directory @returns {string[]} */
function listTestFiles(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : listTestFiles(path);
    return TEST_FILE.test(entry.name) ? [relative(ROOT, path).replaceAll('\\', '/')] : [];
  });
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<End>} */
function runVisibly(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'pipe'] });
    let lastErrors = '';
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk);
      lastErrors = (lastErrors + chunk).slice(-2000);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? 1, how: signal ?? `code ${code}`, lastErrors }));
  });
}

/**
 * A runner that crashed, or says that it failed without naming a failed test, counts as one failure; so does one that
 * ran nothing: a green run of no tests is the one that nobody notices.
 *
 * @param {Result | null} result @param {End} end @returns {Result}
 */
function judge(result, { code, how, lastErrors }) {
  if (result === null) {
    const message = `It ended with ${how}, and left no report.\n${lastErrors}`;
    return { passed: 0, failed: 1, skipped: 0, failures: [{ name: 'the runner', message }] };
  }
  const ranNothing = result.passed + result.failed === 0;
  if ((code === 0 || result.failed > 0) && !ranNothing) return result;
  const message = ranNothing ? 'It ran nothing.' : `It ended with ${how}, with no failed test.\n${lastErrors}`;
  return { ...result, failed: 1, failures: [{ name: 'the runner', message }] };
}

/** The first lines of a message, without the frames of the runner. @param {string | undefined} message */
function shorten(message = '') {
  const lines = stripVTControlCharacters(message).split('\n');
  return lines
    .filter((line) => !line.includes('node_modules'))
    .slice(0, 12)
    .join('\n      ');
}

/** @template T @param {string} path @param {(report: any) => T} read @returns {T | null} */
function readReport(path, read) {
  try {
    return read(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** @param {string[]} files @param {string} directory @returns {Promise<Result>} */
async function runVitest(files, directory) {
  const reportPath = join(directory, 'vitest.json');
  const end = await runVisibly(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...files,
      '--reporter=default',
      `--reporter=${join(ROOT, 'scripts/setup/vitest-reporter.mjs')}`,
    ],
    { ...process.env, NODE_ENV: 'test', TEST_REPORT: reportPath },
  );
  const report = readReport(reportPath, (/** @type {Result} */ read) => read);
  return judge(report && { ...report, failures: report.failures.map(shortenFailure) }, end);
}

/** @param {Failure} failure */
function shortenFailure({ name, message }) {
  return { name, message: shorten(message) };
}

/** @param {{ file: string, specs: any[], suites?: any[] }} suite @returns {Failure[]} */
function listFailedSpecs({ file, specs, suites = [] }) {
  const failed = specs.filter((spec) =>
    spec.tests.some((/** @type {any} */ { status }) => status !== 'expected' && status !== 'skipped'),
  );
  return [
    ...failed.map((spec) => ({
      name: `${file} › ${spec.title}`,
      message: shorten(spec.tests[0].results.find((/** @type {any} */ { error }) => error)?.error.message),
    })),
    ...suites.flatMap(listFailedSpecs),
  ];
}

/** @param {string[]} files @param {string} directory @param {string} chromium @returns {Promise<Result>} */
async function runPlaywright(files, directory, chromium) {
  const dataDirectory = join(directory, 'data');
  const DEMO_PASSWORD = randomUUID();
  const dashboard = await step('start the dashboard', () =>
    startDashboard({
      dataDirectory,
      env: {
        DEMO: '1',
        DEMO_PASSWORD,
        TRUST_PROXY: '1',
        ...GENEROUS,
        ...(wantsLong ? {} : { NODE_OPTIONS: CHEAP_PASSWORDS }),
      },
      // Passkeys belong to a name, and not to an address.
      name: 'localhost',
      otherName: 'panel.test',
    }),
  );
  const reportPath = join(directory, 'playwright.json');
  let end = { code: 1, how: 'code 1', lastErrors: '' };
  try {
    console.log('');
    end = await runVisibly(process.execPath, [join(ROOT, 'node_modules/@playwright/test/cli.js'), 'test', ...files], {
      ...process.env,
      DASHBOARD_URL: dashboard.url,
      DEMO_PASSWORD,
      CHROMIUM_PATH: chromium,
      PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath,
    });
  } finally {
    const stopped = await dashboard.stop();
    console.log(`\n  The dashboard stopped with code ${stopped.code} after ${stopped.ms} ms.`);
    if (end.code !== 0 || stopped.code !== 0) console.log(dashboard.output().split('\n').slice(-40).join('\n'));
    if (stopped.code !== 0)
      end = { code: 1, how: 'a dashboard that did not stop cleanly', lastErrors: dashboard.output().slice(-2000) };
  }
  const result = readReport(reportPath, ({ stats, errors, suites }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
    failures: suites.flatMap(listFailedSpecs),
  }));
  return judge(result, end);
}

/** Sets up what these files need and runs them. @param {string[]} files @returns {Promise<Outcome[]>} */
async function runAll(files) {
  const browserFiles = files.filter((file) => file.endsWith('.spec.ts'));
  const otherFiles = files.filter((file) => !browserFiles.includes(file));
  const outcomes = /** @type {Outcome[]} */ ([]);
  /** @param {string} name @param {() => Promise<Result>} runTests */
  const record = async (name, runTests) => {
    console.log(`\n${name}\n`);
    const since = performance.now();
    const result = await runTests().catch((error) => {
      console.error(error instanceof StepFailure ? error.message : error);
      return judge(null, { code: 1, how: 'an error', lastErrors: String(error) });
    });
    outcomes.push({ name, result, seconds: formatSeconds(since) });
  };

  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  await ensureDocsBuilt();
  if (browserFiles.length > 0) await ensureDashboardBuilt();
  const chromium =
    browserFiles.length > 0
      ? await ensureChromium({ shell: !browserFiles.some((file) => LONG_FILE.test(file)) })
      : null;
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-test-'));
  try {
    if (otherFiles.length > 0)
      await record('Unit, property and database tests', () => runVitest(otherFiles, directory));
    if (chromium !== null) await record('Browser tests', () => runPlaywright(browserFiles, directory, chromium));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return outcomes;
}

await runMain(async () => {
  const since = performance.now();
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log(`\nReal-Time Credits: ${wantsLong ? 'longer proofs' : 'tests'}\n`);
  try {
    const folders = ['packages/credits', 'packages/server', 'apps/dashboard', 'examples', 'docs'];
    const files = folders.flatMap((folder) => listTestFiles(join(ROOT, folder, 'test'))).filter(isWanted);
    if (files.length === 0) throw new StepFailure(`No test file's path contains ${words.join(' or ')}.`);
    const outcomes = await runAll(files);
    console.log(`\nAll tests (${formatSeconds(since)})\n`);
    for (const { name, result, seconds } of outcomes) {
      console.log(`  ${name.padEnd(36)} ${formatTally(result)} (${seconds})`);
      total.passed += result.passed;
      total.failed += result.failed;
      total.skipped += result.skipped;
      for (const failure of result.failures) console.log(`\n    ✗ ${failure.name}\n      ${failure.message}`);
    }
  } catch (error) {
    // A reader of the last line alone must still learn that this was no green run.
    console.error(error instanceof StepFailure ? `\n${error.message}` : error);
    total.failed += 1;
  }
  console.log(`\n${formatTally(total)}`);
  return total.failed === 0 ? 0 : 1;
});
