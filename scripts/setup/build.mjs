// Builds what changed and nothing else. Beside each build is the hash of the sources that it was made from: a second
// start takes seconds, and an edited file is always rebuilt.
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compressFiles } from './compress-files.mjs';
import { ROOT, runNpm } from './install.mjs';
import { PACKAGES } from './source-aliases.mjs';
import { run, step } from './step.mjs';

const DOCS = join(ROOT, 'docs');
export const DASHBOARD = join(ROOT, 'apps/dashboard');

/** Folders that hold no source of a build. Dot folders (`.next`, `.data`) are left out as well. */
const NOT_SOURCES = new Set(['node_modules', 'cache', 'dist', 'test', 'coverage', 'test-results']);

/** Where Next puts its build: the folder that `next.config.mjs` reads from the same variable. */
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
  await step(name, async (report) => {
    if (readStamp(stampPath) === hash) return report('up to date');
    // A build that is interrupted half-way must not look like the finished one before it.
    rmSync(stampPath, { force: true });
    await build();
    writeFileSync(stampPath, hash);
    report('built');
  });
}

/** What the packages are built from; of one of them with those that are built before it. @param {string} [last] */
export function packageSources(last = 'server') {
  const folders = PACKAGES.slice(0, PACKAGES.findIndex((folder) => folder === last) + 1);
  return [
    ...folders.flatMap((folder) => listSources(join(ROOT, 'packages', folder))),
    join(ROOT, 'scripts/setup/bundle-element.mjs'),
    join(ROOT, 'tsconfig.base.json'),
    join(ROOT, 'package-lock.json'),
  ];
}

/** Builds the `dist` of each package when its sources, or those of the one before it, changed. */
export async function ensurePackagesBuilt() {
  for (const folder of PACKAGES) await ensurePackageBuilt(folder);
}

/** @param {(typeof PACKAGES)[number]} folder */
async function ensurePackageBuilt(folder) {
  const directory = join(ROOT, 'packages', folder);
  const dist = join(directory, 'dist');
  await buildWhenChanged(`package ${folder}`, join(dist, '.sources'), hashFiles(packageSources(folder)), async () => {
    // A file that lost its source would otherwise stay in the build, and in the published tarball, for ever.
    rmSync(dist, { recursive: true, force: true });
    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
      cwd: directory,
    });
    if (folder !== 'credits') return;
    // Not at the top: this file runs before anything is installed.
    const { bundleElement } = await import('./bundle-element.mjs');
    await bundleElement(dist);
  });
}

/** Builds the dashboard for production when its sources, or the package's, changed. */
export async function ensureDashboardBuilt() {
  const hash = hashFiles([...listSources(DASHBOARD), ...packageSources()]);
  await buildWhenChanged('dashboard', join(dashboardBuildDirectory(), '.sources'), hash, async () => {
    await run(process.execPath, [join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
      cwd: DASHBOARD,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    });
    await compressFiles(join(dashboardBuildDirectory(), 'static'));
  });
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
    ...listSources(join(ROOT, 'packages/credits/src/contract')),
    ...listSources(join(ROOT, 'packages/server/src/http')),
    // Its icon is the dashboard's.
    join(DASHBOARD, 'branding.ts'),
    join(DASHBOARD, 'lib/mark.ts'),
    join(ROOT, 'package-lock.json'),
  ]);
  await buildWhenChanged('documentation', join(DOCS, '.vitepress/dist/.sources'), hash, () =>
    run(process.execPath, [join(ROOT, 'node_modules/vitepress/bin/vitepress.js'), 'build'], { cwd: DOCS }),
  );
}

/** Builds what `/r/*` serves, the items of `registry.json`, the packed packages and the element's script, when their sources changed. */
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
    await packPackages(directory);
    cpSync(join(ROOT, 'packages/credits/dist/credits-balance.js'), join(directory, 'credits-balance.js'));
  });
}

/** Packs the packages as npm would publish them. @param {string} destination @returns {Promise<string[]>} - Their tarballs, in the order of `PACKAGES`. */
export async function packPackages(destination) {
  const tarballs = /** @type {string[]} */ ([]);
  for (const folder of PACKAGES) {
    const { output } = await runNpm([
      'pack',
      '--json',
      '--ignore-scripts',
      '--workspace',
      `packages/${folder}`,
      '--pack-destination',
      destination,
    ]);
    const [packed] = /** @type {{ filename: string }[]} */ (JSON.parse(output.slice(output.indexOf('['))));
    tarballs.push(join(destination, packed?.filename ?? ''));
  }
  return tarballs;
}
