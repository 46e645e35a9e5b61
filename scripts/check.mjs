// `npm run check`: everything that can be said about the code without running it, one line per check. All checks run
// even when one fails: one run tells the whole story. `npm run check -- lint types` runs only those.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiChanged, readReport, reportApi } from './package/api-report.mjs';
import { findMissingChangeset } from './package/changesets.mjs';
import { proveInstallation } from './package/scratch.mjs';
import { dashboardBuildDirectory, ensureDocsBuilt, ensurePackagesBuilt, packPackages } from './setup/build.mjs';
import { ensureInstalled, ROOT } from './setup/install.mjs';
import { PACKAGES } from './setup/source-aliases.mjs';
import { run, runMain, step, StepFailure } from './setup/step.mjs';
import { findForbiddenTerms } from './terms.mjs';

/** @param {string} script - Path of a tool's own script, below node_modules. @param {string[]} args */
async function tool(script, ...args) {
  return run(process.execPath, [join(ROOT, 'node_modules', script), ...args], { cwd: ROOT });
}

/**
 * The tarballs, as npm would publish them, read by two tools that know what consumers stumble over, and installed elsewhere.
 * Of what the second knows one is meant: they are modules, which older CommonJS cannot require.
 *
 * @param {(what: string) => void} report
 */
async function checkPackage(report) {
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-pack-'));
  try {
    const tarballs = await packPackages(directory);
    for (const folder of PACKAGES)
      await tool('publint/src/cli.js', 'run', `packages/${folder}`, '--strict', '--pack', 'npm');
    for (const tarball of tarballs)
      await tool('@arethetypeswrong/cli/dist/index.js', tarball, '--ignore-rules', 'cjs-resolves-to-esm');
    await proveInstallation(tarballs, report);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @type {Record<string, (report: (what: string) => void) => unknown>} */
const CHECKS = {
  format: () => tool('oxfmt/bin/oxfmt', '--check'),
  lint: () => tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '--report-unused-disable-directives'),
  types: async () => {
    // Writes next-env.d.ts and the routes' types, which the dashboard's program consists of and git does not keep.
    await tool('next/dist/bin/next', 'typegen', 'apps/dashboard');
    for (const project of [
      'packages/credits',
      'packages/server',
      'apps/dashboard',
      'examples',
      'docs',
      'scripts',
      'test/hosts/legacy/test',
    ]) {
      await tool('typescript/bin/tsc', '--noEmit', '--project', project);
    }
  },
  // VitePress fails on a link between pages that leads nowhere; remark also reads anchors, and the files without a page.
  links: async () => {
    await tool('remark-cli/cli.js', '.', '--frail', '--quiet', '--ignore-path', '.gitignore');
    await ensureDocsBuilt();
  },
  terms: () => {
    const found = findForbiddenTerms();
    if (found.length > 0) throw new StepFailure(found.join('\n'));
  },
  'dead code': () => tool('knip/bin/knip.js', '--no-progress'),
  package: checkPackage,
  'api report': () => {
    for (const folder of PACKAGES)
      if (readReport(folder) !== reportApi(folder)) throw new StepFailure(apiChanged(folder));
  },
  changeset: () => {
    const problem = findMissingChangeset();
    if (problem !== null) throw new StepFailure(problem);
  },
  sizes: async (report) => {
    const { output } = await tool('size-limit/bin.js', '--json');
    const sizes = /** @type {{ name: string, size: number, sizeLimit: number }[]} */ (
      JSON.parse(output.slice(output.indexOf('[')))
    );
    report(
      sizes
        .map(({ name, size, sizeLimit }) => `${name} ${(size / 1000).toFixed(2)} of ${sizeLimit / 1000} kB`)
        .join(' · '),
    );
  },
  'first load': async (report) => {
    if (!existsSync(join(dashboardBuildDirectory(), 'BUILD_ID'))) return report('no build of the dashboard to measure');
    const { measureFirstLoad } = await import('./size/first-load.mjs');
    report(measureFirstLoad(dashboardBuildDirectory()));
  },
};

await runMain(async () => {
  const wanted = process.argv.slice(2);
  const names = Object.keys(CHECKS).filter((name) => wanted.length === 0 || wanted.includes(name));
  const failures = /** @type {{ name: string, message: string }[]} */ ([]);

  console.log('\nReal-Time Credits: checks\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  for (const name of names) {
    try {
      await step(name, (report) => CHECKS[name]?.(report));
    } catch (error) {
      failures.push({
        name,
        message: error instanceof StepFailure ? error.message : String(error instanceof Error ? error.stack : error),
      });
    }
  }
  for (const { name, message } of failures) console.error(`\n${name}\n\n${message}`);
  console.log(
    failures.length === 0
      ? `\nAll ${names.length} checks are green.`
      : `\n${failures.length} of ${names.length} checks failed: ${failures.map(({ name }) => name).join(', ')}.`,
  );
  return failures.length === 0 ? 0 : 1;
});
