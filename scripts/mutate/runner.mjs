// Runs the package's tests again and again, each time with one rule taken out: a process that `mutate.mjs` talks to. The
// change is made while a file is loaded, so the working tree stays as it is; all that is set up for a run is kept, since
// setting up takes longer than most tests.
import { BaseSequencer, createVitest } from 'vitest/node';
import { ROOT } from '../setup/install.mjs';
import { viteAliases } from '../setup/source-aliases.mjs';
import { pathOf } from './mutation.mjs';

/**
 * @typedef {{ mutation: import('./mutation.mjs').Mutation | null, tests: string[], name: string | null }} Task
 *   - `name`: only tests whose name contains it; null for all.
 * @typedef {{ passed: number, killer: string | null, broken: string | null }} Result - `killer`: the test that failed
 *   first. `broken`: nothing was tested, for this reason.
 */

/** A rule that is lost may show as something that never ends. */
const TEST_MS_MAX = 30_000;

let mutation = /** @type {import('./mutation.mjs').Mutation | null} */ (null);
let killer = /** @type {string | null} */ (null);

/** Unit tests first: what they find, they find sooner than a simulator or a database. */
class QuickFirst extends BaseSequencer {
  /** @param {import('vitest/node').TestSpecification[]} files @override */
  async sort(files) {
    /** @param {import('vitest/node').TestSpecification} file */
    const rank = ({ moduleId }) => (/property|simulation|convergence|pglite/.test(moduleId) ? 1 : 0);
    return files.toSorted((one, other) => rank(one) - rank(other) || one.moduleId.localeCompare(other.moduleId));
  }
}

const vitest = await createVitest(
  'test',
  {
    root: ROOT,
    config: false,
    watch: false,
    include: ['packages/{credits,server}/test/**/*.test.{ts,tsx}'],
    exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
    isolate: false,
    maxWorkers: 1,
    testTimeout: TEST_MS_MAX,
    hookTimeout: 2 * TEST_MS_MAX,
    sequence: { sequencer: QuickFirst },
    reporters: [
      {
        onTestCaseResult(test) {
          if (test.result().state !== 'failed') return;
          killer ??= test.fullName;
          void vitest.cancelCurrentRun('test-failure');
        },
      },
    ],
  },
  {
    resolve: { alias: viteAliases() },
    plugins: [
      {
        name: 'mutation',
        enforce: 'pre',
        transform(code, id) {
          if (mutation === null || id.split('?')[0] !== pathOf(mutation)) return null;
          const { find, replace } = mutation;
          return { code: code.replace(find, () => replace), map: null };
        },
      },
    ],
  },
);

/** @param {Task} task @returns {Promise<Result>} */
async function runTests(task) {
  mutation = task.mutation;
  killer = null;
  if (task.name === null) vitest.resetGlobalTestNamePattern();
  else vitest.setGlobalTestNamePattern(task.name);
  if (mutation !== null) vitest.invalidateFile(pathOf(mutation));
  const specifications = await vitest.globTestSpecifications(task.tests);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, true);
  if (mutation !== null) vitest.invalidateFile(pathOf(mutation));
  const ran = new Set(specifications.map(({ moduleId }) => moduleId));
  const modules = testModules.filter(({ moduleId }) => ran.has(moduleId));
  const passed = modules.flatMap((module) => [...module.children.allTests('passed')]).length;
  const errors = [...modules.flatMap((module) => module.errors()), ...unhandledErrors];
  // A file that cannot be loaded would fail every test: that shows a broken mutation, not a rule that is kept.
  const [error] = killer === null ? errors : [];
  const broken = error === undefined ? null : String(/** @type {{ message?: string }} */ (error).message);
  return { passed, killer, broken };
}

process.on('message', (task) => {
  runTests(/** @type {Task} */ (task)).then(
    (result) => process.send?.(result),
    (error) => process.send?.({ passed: 0, killer: null, broken: String(error.stack) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
