// A host's server, and a browser that looks at it. `HOSTS_SCREENSHOTS` names a directory for pictures of what was seen, on a
// wide screen and on a phone, in light and in dark.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure } from '../setup/step.mjs';
import { must } from './project.mjs';

const SCREENS = /** @type {const} */ ([
  ['wide', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
]);

const STOP_MS_MAX = 10_000;

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Starts a server of Node, waits until it answers, and stops it when the work is done.
 *
 * @param {string[]} command - For Node.
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, url: string, isReady: (response: Response) => boolean }} options
 * @param {() => Promise<unknown>} work
 * @returns {Promise<number | null>} - The exit code after SIGTERM; null where that did not end it in time.
 * @throws {StepFailure} It did not answer, or the work failed: with what the server printed.
 */
export async function withServer(command, { cwd, env, url, isReady }, work) {
  const child = spawn(process.execPath, command, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = once(child, 'exit');
  try {
    for (let left = 120; ; left -= 1) {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
      if (response !== null && isReady(response)) break;
      must(left > 0 && child.exitCode === null, 'The host did not answer.');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await work();
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    const [code] = await ended;
    clearTimeout(force);
    return code;
  } catch (error) {
    throw new StepFailure(`${error instanceof StepFailure ? error.message : String(error)}\n${output}`);
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * @param {string} executablePath
 * @param {(openPage: (cookies?: { name: string, value: string, url: string }[]) => Promise<Page>) => Promise<void>} work
 *   Each page is of a session of its own.
 * @throws {StepFailure} A page threw.
 */
export async function withBrowser(executablePath, work) {
  // Not at the top: this file is loaded before anything is installed.
  const { chromium } = await import('@playwright/test');
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const errors = /** @type {string[]} */ ([]);
  try {
    await work(async (cookies = []) => {
      const context = await browser.newContext({ viewport: SCREENS[0][1] });
      await context.addCookies(cookies);
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      return page;
    });
    must(errors.length === 0, `The page failed: ${errors.join('; ')}`);
  } finally {
    await browser.close();
  }
}

/** Also sees that nothing is wider than the screen. @param {Page} page @param {string} name */
export async function takePictures(page, name) {
  const directory = process.env['HOSTS_SCREENSHOTS'];
  for (const [screen, size] of SCREENS) {
    await page.setViewportSize(size);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    must(excess <= 0, `${name} is ${excess} pixels wider than a screen of ${size.width}.`);
    if (directory === undefined) continue;
    mkdirSync(directory, { recursive: true });
    for (const theme of ['light', 'dark']) {
      await page.evaluate((dark) => document.documentElement.classList.toggle('dark', dark), theme === 'dark');
      await page.screenshot({ path: join(directory, `${name}-${screen}-${theme}.png`), animations: 'disabled' });
    }
    await page.evaluate(() => document.documentElement.classList.remove('dark'));
  }
  await page.setViewportSize(SCREENS[0][1]);
}
