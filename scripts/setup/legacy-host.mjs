// The host in test/hosts/legacy with the registry's items in it, built: what a dashboard of a stranger is after
// docs/install.md. That the real command line puts the files there is shown by fresh.mjs; here they are copied by the same list,
// into a folder inside the repository: the host is built with the repository's own packages.
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildWhenChanged, DASHBOARD, hashFiles, listSources, packageSources } from './build.mjs';
import { findFreePort } from './dashboard.mjs';
import { ROOT } from './install.mjs';
import { run, StepFailure } from './step.mjs';

export const LEGACY_HOST = join(ROOT, 'test/hosts/legacy');
/** Git does not keep it. */
const INSTALLED = join(ROOT, 'test/hosts/.legacy');
const NEXT = join(ROOT, 'node_modules/next/dist/bin/next');

/**
 * @typedef {{ name: string, files?: { path: string, target: string }[], registryDependencies?: string[],
 *   cssVars?: Record<string, Record<string, string>> }} Item
 */

/** The item and what it asks for, each once. @param {string} name @returns {Item[]} */
function readItems(name) {
  const { items } = /** @type {{ items: Item[] }} */ (
    JSON.parse(readFileSync(join(DASHBOARD, 'registry.json'), 'utf8'))
  );
  const wanted = new Set([name]);
  for (const next of wanted) {
    const item = items.find((one) => one.name === next);
    if (item === undefined) throw new StepFailure(`registry.json has no item ${next}.`);
    for (const other of item.registryDependencies ?? []) wanted.add(basename(other, '.json'));
  }
  return items.filter((item) => wanted.has(item.name));
}

/** What the command line of shadcn adds to a stylesheet: the variables that it does not have. @param {Item[]} items @param {string} css */
function writeVariables(items, css) {
  const present = readFileSync(css, 'utf8');
  for (const [theme, selector] of /** @type {const} */ ([
    ['theme', '@theme inline'],
    ['light', ':root'],
    ['dark', '.dark'],
  ])) {
    const missing = items
      .flatMap(({ cssVars }) => Object.entries(cssVars?.[theme] ?? {}))
      .filter(([name]) => !present.includes(` --${name}:`));
    appendFileSync(css, `\n${selector} {\n${missing.map(([name, value]) => `  --${name}: ${value};\n`).join('')}}\n`);
  }
}

/** Makes the installed host when its sources, the registry's or the package's changed. */
export async function ensureLegacyHostBuilt() {
  const items = readItems('credits');
  const files = items.flatMap((item) => item.files ?? []);
  const sources = files.map(({ path }) => join(DASHBOARD, path));
  const hash = hashFiles([
    ...listSources(LEGACY_HOST),
    ...sources,
    join(DASHBOARD, 'registry.json'),
    ...packageSources(),
  ]);
  await buildWhenChanged('legacy host', join(INSTALLED, '.sources'), hash, async () => {
    rmSync(INSTALLED, { recursive: true, force: true });
    cpSync(LEGACY_HOST, INSTALLED, { recursive: true, filter: (path) => path !== join(LEGACY_HOST, 'test') });
    for (const { path, target } of files) {
      const place = join(INSTALLED, target);
      if (existsSync(place)) throw new StepFailure(`The host has a ${target} of its own, which would be written over.`);
      mkdirSync(dirname(place), { recursive: true });
      copyFileSync(join(DASHBOARD, path), place);
    }
    writeVariables(items, join(INSTALLED, 'app/globals.css'));
    await run(process.execPath, [NEXT, 'build'], {
      cwd: INSTALLED,
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    });
  });
}

/**
 * Starts the built host on a free port, with the route by which tests make trouble.
 *
 * @returns {Promise<{ url: string, output: () => string, stop: () => void }>}
 * @throws {StepFailure} It did not answer in time: with what it printed.
 */
export async function startLegacyHost() {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  // Next drops a connection that is idle for 5 s, which a test's next order on it may just run into.
  const keepAlive = ['--keepAliveTimeout', '120000'];
  const child = spawn(process.execPath, [NEXT, 'start', '-H', '127.0.0.1', '-p', String(port), ...keepAlive], {
    cwd: INSTALLED,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', LEGACY_HOST_CONTROL: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  // Everything that it knows is in its memory: there is nothing to put away, and requests may hang for ever.
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  for (let left = 150; left > 0 && child.exitCode === null; left -= 1) {
    const answer = await fetch(`${url}/api/user/me`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.status === 401) return { url, output: () => output, stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  stop();
  throw new StepFailure(`${output.trimEnd()}\n\nThe legacy host did not start.`);
}
