// Builds what changed and nothing else. Next to each build lies the hash of the sources that it was made from, so that
// a second start takes seconds and an edited file is never forgotten.
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT, runNpm } from './install.mjs';
import { run, step } from './step.mjs';

const PACKAGE = join(ROOT, 'packages/credits');
const DOCS = join(ROOT, 'docs');
export const DASHBOARD = join(ROOT, 'apps/dashboard');

/** Folders that hold no source of a build. Dot folders (`.next`, `.data`) are left out as well. */
const NOT_SOURCES = new Set(['node_modules', 'cache', 'dist', 'test', 'coverage', 'test-results']);

/** Where Next puts its build: the folder that `next.config.ts` reads from the same variable. */
export function dashboardBuildDirectory() {
  return join(DASHBOARD, process.env['NEXT_DIST_DIR'] ?? '.next');
}

/** @param {string} directory @returns {string[]} */
export function listSources(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) => {
      // Next writes next-env.d.ts itself, with other lines after a build than after a start in development.
      if (entry.name.startsWith('.') || entry.name === 'next-env.d.ts') return [];
      const path = join(directory, entry.name);
      if (!entry.isDirectory()) return entry.name.endsWith('.md') ? [] : [path];
      return NOT_SOURCES.has(entry.name) ? [] : listSources(path);
    })
    .toSorted();
}

/** @param {string[]} paths */
export function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash
      .update(`${relative(ROOT, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} path */
function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} stampPath @param {string} hash @param {() => Promise<unknown>} build */
export async function buildWhenChanged(name, stampPath, hash, build) {
  await step(name, async (say) => {
    if (readStamp(stampPath) === hash) return say('up to date');
    // A build that is interrupted half-way must not look like the finished one before it.
    rmSync(stampPath, { force: true });
    await build();
    writeFileSync(stampPath, hash);
    say('built');
  });
}

export function packageSources() {
  return [
    ...listSources(PACKAGE),
    join(ROOT, 'scripts/setup/bundle-element.mjs'),
    join(ROOT, 'tsconfig.base.json'),
    join(ROOT, 'package-lock.json'),
  ];
}

/** Builds `packages/credits/dist` when its sources changed. */
export async function ensurePackageBuilt() {
  const dist = join(PACKAGE, 'dist');
  await buildWhenChanged('package', join(dist, '.sources'), hashFiles(packageSources()), async () => {
    // A file that lost its source would otherwise stay in the build, and in the published tarball, for ever.
    rmSync(dist, { recursive: true, force: true });
    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
      cwd: PACKAGE,
    });
    // Not at the top: this file runs before anything is installed.
    const { bundleElement } = await import('./bundle-element.mjs');
    await bundleElement(dist);
  });
}

/** Builds the dashboard for production when its sources, or the package's, changed. */
export async function ensureDashboardBuilt() {
  const hash = hashFiles([...listSources(DASHBOARD), ...packageSources()]);
  await buildWhenChanged('dashboard', join(dashboardBuildDirectory(), '.sources'), hash, () =>
    run(process.execPath, [join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
      cwd: DASHBOARD,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    }),
  );
}

/** Builds the documentation site when a page, the site itself or the HTTP API changed. */
export async function ensureDocsBuilt() {
  const sections = /** @type {{ pages: { file: string }[] }[]} */ (
    JSON.parse(readFileSync(join(DOCS, 'pages.json'), 'utf8'))
  );
  const hash = hashFiles([
    ...listSources(DOCS),
    ...listSources(join(DOCS, '.vitepress')),
    ...sections.flatMap(({ pages }) => pages.map(({ file }) => join(ROOT, file))),
    ...listSources(join(PACKAGE, 'src/contract')),
    ...listSources(join(PACKAGE, 'src/http')),
    join(ROOT, 'package-lock.json'),
  ]);
  await buildWhenChanged('documentation', join(DOCS, '.vitepress/dist/.sources'), hash, () =>
    run(process.execPath, [join(ROOT, 'node_modules/vitepress/bin/vitepress.js'), 'build'], { cwd: DOCS }),
  );
}

/** Builds what `/r/*` serves, the items of `registry.json`, the packed package and its element's script, when their sources changed. */
export async function ensureRegistryBuilt() {
  const directory = join(DASHBOARD, '.registry');
  const items = /** @type {{ items: { files: { path: string }[] }[] }} */ (
    JSON.parse(readFileSync(join(DASHBOARD, 'registry.json'), 'utf8'))
  ).items;
  const files = [...new Set(items.flatMap(({ files: ofItem }) => ofItem.map(({ path }) => join(DASHBOARD, path))))];
  const hash = hashFiles([join(DASHBOARD, 'registry.json'), ...files, ...packageSources()]);
  await buildWhenChanged('registry', join(directory, '.sources'), hash, async () => {
    rmSync(directory, { recursive: true, force: true });
    await run(process.execPath, [join(ROOT, 'node_modules/shadcn/dist/index.js'), 'build', '--output', '.registry'], {
      cwd: DASHBOARD,
    });
    await runNpm(['pack', '--workspace', 'realtime-credits', '--pack-destination', directory]);
    cpSync(join(PACKAGE, 'dist/credits-balance.js'), join(directory, 'credits-balance.js'));
  });
}
