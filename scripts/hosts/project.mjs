// A project of somebody else, in a folder outside of this repository, and what `npm` and `shadcn add` do to it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../setup/install.mjs';
import { run, step, StepFailure } from '../setup/step.mjs';
import { ITEMS } from './guide.mjs';

/** @param {boolean} condition @param {string} otherwise */
export function must(condition, otherwise) {
  if (!condition) throw new StepFailure(otherwise);
}

/**
 * @template T
 * @param {string} name
 * @param {(host: string) => Promise<T>} work - Gets the project's folder, which is gone afterwards.
 */
export async function inProject(name, work) {
  const host = mkdtempSync(join(tmpdir(), `realtime-credits-host-${name}-`));
  try {
    return await work(host);
  } finally {
    rmSync(host, { recursive: true, force: true });
  }
}

/** @param {string} host @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
export function runIn(host, command, args, env) {
  return run(command, args, { cwd: host, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env } });
}

/** Runs what a package of the host has. @param {string} host @param {string} script - Below its `node_modules`. @param {string[]} args */
export function runTool(host, script, ...args) {
  return runIn(host, process.execPath, [join(host, 'node_modules', script), ...args]);
}

/** @param {string} host @param {string[]} packages */
export function npmInstall(host, ...packages) {
  return runIn(host, 'npm', ['install', ...packages, '--no-audit', '--no-fund']);
}

/** @param {string} directory @param {import('./guide.mjs').File[]} files */
export function writeFiles(directory, files) {
  for (const { path, code } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), code);
  }
}

/** @param {string} host @param {string} path @param {(text: string) => string} change */
export function editFile(host, path, change) {
  const before = readFileSync(join(host, path), 'utf8');
  const after = change(before);
  must(after !== before, `There is nothing to change in ${path}.`);
  writeFileSync(join(host, path), after);
}

/**
 * Installs every item of the registry by the real command line of shadcn, and sees that the host's own files stay as
 * they were.
 *
 * @param {string} host
 * @param {{ name: string, registry: string, sources: string, stylesheet: string }} options
 */
export async function addItems(host, { name, registry, sources, stylesheet }) {
  await step(`${name}: npm install`, () => npmInstall(host));
  const before = readTree(host);
  await step(`${name}: shadcn add`, async () => {
    // One after the other, as the guide does: each finds what the ones before it have brought.
    for (const item of ITEMS) {
      const shadcn = join(ROOT, 'node_modules/shadcn/dist/index.js');
      await runIn(host, process.execPath, [shadcn, 'add', registry + item, '--yes']);
    }
    compare(before, readTree(host), sources, stylesheet);
  });
}

/** @param {string} directory @returns {Map<string, string>} */
function readTree(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(node_modules|\.next|\.data)\//.test(path));
  return new Map(files.map((path) => [path, readFileSync(join(directory, path), 'utf8')]));
}

/** @param {Map<string, string>} before @param {Map<string, string>} after @param {string} sources @param {string} stylesheet */
function compare(before, after, sources, stylesheet) {
  for (const [path, text] of before) {
    const now = after.get(path);
    if (path === 'package.json') {
      const [was, is] = [text, now ?? '{}'].map((json) => JSON.parse(json));
      must(
        Object.entries(was.dependencies).every(([name, version]) => is.dependencies[name] === version),
        'The installation changed a dependency of the host.',
      );
    } else if (path === stylesheet) {
      const lines = new Set((now ?? '').split('\n'));
      must(
        text.split('\n').every((line) => lines.has(line)),
        'The installation changed a line of the stylesheet.',
      );
    } else if (path !== 'package-lock.json') must(now === text, `The installation changed ${path}.`);
  }
  for (const path of [
    'components/CreditsDisplay.tsx',
    'components/credits/activity/activity-list.tsx',
    'components/credits/admin/adjust-dialog.tsx',
    'components/examples/CreditsUpdateExample.tsx',
    'hooks/useCreditsUpdate.ts',
    'stores/credits-store.ts',
    'stores/user-store.ts',
  ]) {
    must(after.has(sources + path), `The installation did not make ${sources + path}.`);
  }
}
