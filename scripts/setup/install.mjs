// Brings node_modules to what the lock file says. Runs before anything is installed: only Node's own modules here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, step, StepFailure } from './step.mjs';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The oldest Node that Next, the ledger and the tests work on; the same number stands in every `engines`. */
const NODE_FLOOR = [20, 19];

/** @throws {StepFailure} This Node is too old. */
function assertNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [floorMajor = 0, floorMinor = 0] = NODE_FLOOR;
  if (major > floorMajor || (major === floorMajor && minor >= floorMinor)) return;
  throw new StepFailure(
    `This needs Node ${NODE_FLOOR.join('.')} or newer, and this is Node ${version}. Install a newer one from https://nodejs.org.`,
  );
}

/**
 * Whether every package of the lock file is installed at its version. npm writes `node_modules/.package-lock.json` at
 * the end of an installation, so one that was interrupted is seen as missing.
 */
function isInstalled() {
  const installedPath = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    // Optional packages are for other platforms more often than not; workspaces are links, always current.
    if (!path.includes('node_modules/') || entry.link || entry.optional) return true;
    return installed[path]?.version === entry.version;
  });
}

/** Installs the dependencies when they are missing or are not those of the lock file. */
export async function ensureInstalled() {
  assertNodeVersion();
  await step('dependencies', async (report) => {
    if (isInstalled()) return report('installed');
    // The tools that build are development dependencies: a NODE_ENV of production must not leave them out.
    await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']);
    report('installed now');
  });
}

/**
 * Runs npm: the same one that runs this script, when one does.
 *
 * @param {string[]} args
 */
export async function runNpm(args) {
  const npm = process.env['npm_execpath'];
  return npm !== undefined && /npm-cli\.c?js$/.test(npm)
    ? run(process.execPath, [npm, ...args], { cwd: ROOT })
    : run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd: ROOT });
}
