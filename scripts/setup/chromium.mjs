// Finds a Chromium for the browser tests, or gets one: the system's own, else Debian's package, else Playwright's.
import { join } from 'node:path';
import { findInPath, installDebianPackages, isExecutable } from './debian.mjs';
import { ROOT } from './install.mjs';
import { run, step, StepFailure } from './step.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Starts it once: on some systems the name belongs to a placeholder that only says how to install the real one.
 *
 * @param {string} path
 */
async function works(path) {
  const { code, output } = await run(path, ['--version', '--no-sandbox'], { allowFailure: true }).catch(() => ({
    code: 1,
    output: '',
  }));
  return code === 0 && /chrom/i.test(output);
}

/** The same engine without windows: half the processor time, and what Playwright takes by itself. */
const SHELL = 'chromium-headless-shell';

/** @param {boolean} isShell */
async function findSystemChromium(isShell) {
  const candidates = isShell ? [findInPath(SHELL)] : [...NAMES.map(findInPath), ...MAC_PATHS.filter(isExecutable)];
  for (const path of candidates) {
    if (path !== undefined && (await works(path))) return path;
  }
  return null;
}

async function findPlaywrightChromium() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return isExecutable(path) && (await works(path)) ? path : null;
}

/**
 * Returns the path of a Chromium that starts.
 *
 * @param {{ shell?: boolean }} [options] - Whether the headless shell will do. Without one, it is the full browser.
 * @throws {StepFailure} None was found and none could be had.
 */
export async function ensureChromium({ shell = false } = {}) {
  return step('Chromium', async (report) => {
    const given = process.env['CHROMIUM_PATH'];
    if (given !== undefined) {
      if (await works(given)) return given;
      throw new StepFailure(`CHROMIUM_PATH names ${given}, which does not start.`);
    }
    for (const isShell of shell ? [true, false] : [false]) {
      const found = (await findSystemChromium(isShell)) ?? (isShell ? null : await findPlaywrightChromium());
      if (found !== null) {
        report(found);
        return found;
      }
      if (await installDebianPackages(isShell ? SHELL : 'chromium')) {
        const installed = await findSystemChromium(isShell);
        if (installed !== null) {
          report(`${installed}, installed now from Debian's packages`);
          return installed;
        }
      }
    }
    const cli = join(ROOT, 'node_modules/@playwright/test/cli.js');
    await run(process.execPath, [cli, 'install', 'chromium'], { cwd: ROOT, allowFailure: true });
    const downloaded = await findPlaywrightChromium();
    if (downloaded !== null) {
      report(`${downloaded}, downloaded now`);
      return downloaded;
    }
    throw new StepFailure(
      'The browser tests need a Chromium, and none was found, installed or downloaded. ' +
        'Install chromium or Google Chrome, or name one with CHROMIUM_PATH=/path/to/chromium.',
    );
  });
}
