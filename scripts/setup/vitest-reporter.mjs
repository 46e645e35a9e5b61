// Writes what `npm test` says at its end to the file named by TEST_REPORT. Errors outside of tests are among the failures:
// a promise that nobody waited for fails the run, and belongs to no test.
import { writeFileSync } from 'node:fs';

/**
 * @typedef {import('vitest/node').TestModule} TestModule
 * @typedef {import('vitest/node').SerializedError} TestError
 */

/** @param {string} name @param {readonly TestError[]} errors */
function toFailures(name, errors) {
  return errors.map(({ message, stack }) => ({
    name,
    message: stack?.includes(message) ? stack : `${message}\n${stack ?? ''}`,
  }));
}

/** A file that could not be loaded, and hooks around tests. @param {TestModule} module */
function listErrorsAround(module) {
  const suites = [...module.children.allSuites()];
  return [
    ...toFailures(module.relativeModuleId, module.errors()),
    ...suites.flatMap((suite) => toFailures(`${module.relativeModuleId} › ${suite.fullName}`, suite.errors())),
  ];
}

export default class {
  /** @param {readonly TestModule[]} modules @param {readonly TestError[]} unhandled */
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failures = [
      ...tests.flatMap((test) => {
        const { state, errors } = test.result();
        const name = `${test.module.relativeModuleId} › ${test.fullName}`;
        return state === 'failed' ? toFailures(name, (errors ?? []).slice(0, 1)) : [];
      }),
      ...modules.flatMap(listErrorsAround),
      ...unhandled.flatMap((error) =>
        toFailures(`outside of any test, during ${String(error['VITEST_TEST_PATH'] ?? 'the run')}`, [error]),
      ),
    ];
    const count = (/** @type {string} */ state) => tests.filter((test) => test.result().state === state).length;
    const report = { passed: count('passed'), failed: failures.length, skipped: count('skipped'), failures };
    writeFileSync(/** @type {string} */ (process.env['TEST_REPORT']), JSON.stringify(report));
  }
}
