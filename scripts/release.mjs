// `npm run release`: turns the changesets into the next version of the packages, one for both, and their CHANGELOG.md, and brings along
// whatever names that version. Publishes nothing and commits nothing: what it says at the end is done by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMissingChangeset, readChangesets, rememberRelease } from './package/changesets.mjs';
import { ensureInstalled, ROOT, runNpm } from './setup/install.mjs';
import { run, runMain, step, StepFailure } from './setup/step.mjs';

/** Not a dependency: it brings a hundred packages, is wanted once in a while, and its next major needs Node 22. */
const CHANGESETS = '@changesets/cli@2.31.1';
const REGISTRY = join(ROOT, 'apps/dashboard/registry.json');
const INSTALL = join(ROOT, 'docs/install.md');

const readVersion = () => String(JSON.parse(readFileSync(join(ROOT, 'packages/credits/package.json'), 'utf8')).version);

await runMain(async () => {
  console.log('\nReal-Time Credits: the next version\n');
  await ensureInstalled();
  const problem = findMissingChangeset();
  if (problem !== null) throw new StepFailure(problem);
  if (readChangesets().size === 0) throw new StepFailure('There is nothing to release: .changeset holds no changeset.');
  const before = readVersion();
  await step('changesets', async (report) => {
    await run('npx', ['--yes', CHANGESETS, 'version'], { cwd: ROOT });
    report(`${before} becomes ${readVersion()}`);
  });
  const version = readVersion();
  await step('registry', () => {
    const items = readFileSync(REGISTRY, 'utf8');
    writeFileSync(REGISTRY, items.replaceAll(`"realtime-credits@${before}"`, `"realtime-credits@${version}"`));
  });
  await step('install guide', () => {
    const guide = readFileSync(INSTALL, 'utf8');
    writeFileSync(INSTALL, guide.replaceAll(`-${before}.tgz`, `-${version}.tgz`)); // of both packages
  });
  await step('lock file', () => runNpm(['install', '--package-lock-only', '--no-audit', '--no-fund']));
  await step('released surface', () => rememberRelease(version));
  console.log(`
Read packages/*/CHANGELOG.md, run \`bash .ci/run\`, commit, and then:

  git tag realtime-credits@${version}
  npm publish --workspace realtime-credits --access public
  npm publish --workspace realtime-credits-server --access public
`);
  return 0;
});
