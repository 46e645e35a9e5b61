// `npm run mutate`: takes one rule at a time out of the package's source and requires its tests to fail. A rule whose
// loss nobody notices is a rule that nobody keeps. `npm run mutate -- gap fence` tries those whose rule, or suite
// (sync, element), says one of the words. Ends with 1 when a rule is lost unnoticed, or when the text of a mutation is not
// found exactly once.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findRot, firstTestsOf, SUITES } from './mutate/mutation.mjs';
import { ensureInstalled, ROOT } from './setup/install.mjs';
import { formatSeconds, runMain, StepFailure } from './setup/step.mjs';

/**
 * @typedef {import('./mutate/mutation.mjs').Mutation} Mutation
 * @typedef {{ run: (task: import('./mutate/runner.mjs').Task) => Promise<import('./mutate/runner.mjs').Result>, stop: () => void }} Runner
 */

const RUNNERS = 2;

/** Seeds for each profile of the simulator. */
const SEEDS = '40';

const words = process.argv.slice(2).map((word) => word.toLowerCase());

/** @returns {Promise<Runner>} */
async function startRunner() {
  const child = fork(join(ROOT, 'scripts/mutate/runner.mjs'), {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'test', NODE_NO_WARNINGS: '1', SEEDS: process.env['SEEDS'] ?? SEEDS },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new StepFailure(`The tests' process ended with code ${code}.`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, 'message'), ended]);
  return {
    async run(task) {
      child.send(task);
      const [result] = await Promise.race([once(child, 'message'), ended]);
      return result;
    },
    stop: () => child.disconnect(),
  };
}

/** The tests as they are. @param {import('./mutate/mutation.mjs').Suite} suite @param {Runner} runner */
async function requireGreen({ name, tests }, runner) {
  const since = performance.now();
  const { passed, killer, broken } = await runner.run({ mutation: null, tests, name: null });
  if (killer !== null || broken !== null) {
    throw new StepFailure(`The tests must be green before anything is taken out: ${killer ?? broken}`);
  }
  if (passed === 0) throw new StepFailure(`There are no tests in ${tests.join(', ')}.`);
  console.log(`  ${name}: ${passed} tests pass with all rules (${formatSeconds(since)})`);
}

/** @param {Mutation} mutation @param {string[]} tests @param {Runner} runner @returns {Promise<boolean>} - Was it noticed? */
async function isNoticed(mutation, tests, runner) {
  const since = performance.now();
  let outcome = await runner.run({ mutation, ...firstTestsOf(mutation) });
  if (outcome.killer === null && outcome.broken === null) outcome = await runner.run({ mutation, tests, name: null });
  const { killer, broken } = outcome;
  const { rule, mistake, file } = mutation;
  const verdict = killer === null ? `SURVIVED: ${broken ?? mistake} (${file})` : `killed by "${killer}"`;
  console.log(`  ${rule}\n      ${verdict} (${formatSeconds(since)})`);
  return killer !== null;
}

await runMain(async () => {
  const since = performance.now();
  console.log('\nReal-Time Credits: one rule less at a time\n');
  await ensureInstalled();
  const suites = SUITES.map(({ name, tests, mutations }) => ({
    name,
    tests,
    mutations: mutations.filter(
      ({ rule }) => words.length === 0 || words.some((word) => `${name}: ${rule}`.toLowerCase().includes(word)),
    ),
  })).filter(({ mutations }) => mutations.length > 0);
  const waiting = suites.flatMap(({ mutations, tests }) => mutations.map((mutation) => ({ mutation, tests })));
  const count = waiting.length;
  if (count === 0) throw new StepFailure(`No rule says ${words.join(' or ')}.`);
  const rotten = waiting.flatMap(({ mutation }) => findRot(mutation) ?? []);
  if (rotten.length > 0) throw new StepFailure(`The source has moved on:\n\n  ${rotten.join('\n  ')}`);

  const unnoticed = /** @type {Mutation[]} */ ([]);
  const runners = await Promise.all(Array.from({ length: RUNNERS }, startRunner));
  try {
    const unproven = [...suites];
    await Promise.all(
      runners.map(async (runner) => {
        for (let suite = unproven.shift(); suite !== undefined; suite = unproven.shift()) {
          await requireGreen(suite, runner);
        }
      }),
    );
    console.log('');
    await Promise.all(
      runners.map(async (runner) => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          if (!(await isNoticed(next.mutation, next.tests, runner))) unnoticed.push(next.mutation);
        }
      }),
    );
  } finally {
    for (const { stop } of runners) stop();
  }
  console.log(`\n${count - unnoticed.length} of ${count} lost rules were noticed (${formatSeconds(since)}).`);
  for (const { rule, mistake, file } of unnoticed) console.log(`  nobody noticed: ${rule}: ${mistake} (${file})`);
  return unnoticed.length === 0 ? 0 : 1;
});
