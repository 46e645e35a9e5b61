// Finds programs, and installs Debian's packages where that is possible.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, step, StepFailure } from './step.mjs';

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name */
export function findInPath(name) {
  return `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin`
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** @param {string[]} names - Debian's packages. @returns {Promise<boolean>} - Whether they are there now. */
export async function installDebianPackages(...names) {
  const aptGet = findInPath('apt-get');
  if (aptGet === undefined || process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const updated = await run(aptGet, ['update'], { env, allowFailure: true });
  if (updated.code !== 0) return false;
  const installed = await run(aptGet, ['install', '-y', '--no-install-recommends', ...names], {
    env,
    allowFailure: true,
  });
  return installed.code === 0;
}

/** @param {string} program @param {string[]} packages @returns {Promise<string>} - Its path. */
export async function ensureProgram(program, ...packages) {
  return step(packages.join(', '), async (report) => {
    const path = findInPath(program) ?? ((await installDebianPackages(...packages)) ? findInPath(program) : undefined);
    if (path === undefined) {
      throw new StepFailure(
        `${program} was not found, and Debian's packages ${packages.join(' and ')} could not be installed.`,
      );
    }
    report(path);
    return path;
  });
}
