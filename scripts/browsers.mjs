// `npm run browsers`: the important browser tests in Firefox and WebKit, from Debian's packages, and in Chromium.
// `npm run browsers -- webkit network` runs one of them, and the scenarios with the word. Not part of `npm test`: it installs two browsers.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDashboardBuilt, ensureDocsBuilt, ensurePackagesBuilt, ensureRegistryBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { findFreePort, startDashboard } from './setup/dashboard.mjs';
import { ensureProgram } from './setup/debian.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { runMain, step, StepFailure } from './setup/step.mjs';

/** @typedef {import('../apps/dashboard/test/browsers/driver.ts').BrowserDriver} BrowserDriver */
/** @typedef {() => Promise<BrowserDriver>} Opener */

/** WebKitGTK keeps its browser beside its library. */
function findMiniBrowser() {
  const paths = readdirSync('/usr/lib').map((architecture) => `/usr/lib/${architecture}/webkit2gtk-4.1/MiniBrowser`);
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new StepFailure('webkit2gtk-driver is installed without MiniBrowser.');
  return found;
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function spawnUntilExit(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  process.once('exit', () => child.kill());
}

/** @param {() => Promise<boolean> | boolean} isReady @param {string} what */
async function waitUntil(isReady, what) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isReady()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new StepFailure(`${what} did not start.`);
}

/** How each browser is opened, once what it needs is there. @type {Record<string, () => Promise<Opener>>} */
const BROWSERS = {
  async chromium() {
    const path = await ensureChromium({ shell: true });
    const { openWithPuppeteer } = await import('../apps/dashboard/test/browsers/puppeteer-driver.ts');
    return () => openWithPuppeteer('chrome', path);
  },
  async firefox() {
    const path = await ensureProgram('firefox-esr', 'firefox-esr');
    const { openWithPuppeteer } = await import('../apps/dashboard/test/browsers/puppeteer-driver.ts');
    return () => openWithPuppeteer('firefox', path);
  },
  async webkit() {
    const xvfb = await ensureProgram('Xvfb', 'xvfb');
    const driver = await ensureProgram('WebKitWebDriver', 'webkit2gtk-driver');
    const display = `:${90 + (process.pid % 100)}`;
    const port = await findFreePort();
    spawnUntilExit(xvfb, [display, '-screen', '0', '1440x900x24', '-nolisten', 'tcp']);
    await waitUntil(() => existsSync(`/tmp/.X11-unix/X${display.slice(1)}`), 'Xvfb');
    spawnUntilExit(driver, [`--port=${port}`, '--host=127.0.0.1'], {
      DISPLAY: display,
      LIBGL_ALWAYS_SOFTWARE: '1',
      // Root may not make the namespaces of its sandbox.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    });
    const server = `http://127.0.0.1:${port}`;
    await waitUntil(async () => (await fetch(`${server}/status`).catch(() => null))?.ok === true, 'WebKitWebDriver');
    const { openWithWebDriver } = await import('../apps/dashboard/test/browsers/webdriver-driver.ts');
    const browserOptions = { binary: findMiniBrowser(), args: ['--automation'] };
    return () => openWithWebDriver(server, { 'webkitgtk:browserOptions': browserOptions });
  },
};

await runMain(async () => {
  const asked = process.argv.slice(2);
  const wanted = asked.filter((word) => word in BROWSERS);
  const words = asked.filter((word) => !(word in BROWSERS));
  console.log('\nReal-Time Credits: scenarios in three browsers\n');
  await ensureInstalled();
  await ensurePackagesBuilt();
  await ensureRegistryBuilt();
  await ensureDocsBuilt();
  await ensureDashboardBuilt();
  const { SCENARIOS } = await import('../apps/dashboard/test/browsers/scenarios.ts');
  const scenarios = Object.entries(SCENARIOS).filter(
    ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const { openLink } = await import('../apps/dashboard/test/browsers/link.ts');
  const { createPeople } = await import('../apps/dashboard/test/browsers/people.ts');

  const openers = /** @type {[name: string, open: Opener][]} */ ([]);
  for (const [name, prepare] of Object.entries(BROWSERS)) {
    if (wanted.length === 0 || wanted.includes(name)) openers.push([name, await prepare()]);
  }
  const dataDirectory = mkdtempSync(join(tmpdir(), 'realtime-credits-browsers-'));
  const DEMO_PASSWORD = randomUUID();
  let url = '';
  const link = await openLink(() => Number(new URL(url).port));
  const start = () =>
    startDashboard({
      dataDirectory,
      env: { DEMO: '1', DEMO_PASSWORD, TRUST_PROXY: '1', PUBLIC_URL: link.url, ADJUST_DAY_MAX: '1000000000' },
    });
  let failed = 0;
  let passed = 0;
  try {
    let dashboard = await step('start the dashboard', start);
    url = dashboard.url;
    const restart = async () => {
      await dashboard.stop();
      dashboard = await start();
      url = dashboard.url;
    };
    const people = createPeople(() => url, link.url, DEMO_PASSWORD);
    for (const [name, open] of openers) {
      console.log(`\n${name}\n`);
      for (const [scenario, run] of scenarios) {
        const since = performance.now();
        const browser = await open();
        const error = await run({ browser, link, people, restart }).then(
          () => null,
          (caught) => caught,
        );
        await browser.close().catch(() => undefined);
        if (error === null) passed += 1;
        else failed += 1;
        const seconds = ((performance.now() - since) / 1000).toFixed(1);
        console.log(
          `  ${error === null ? 'passed' : 'FAILED'}  ${scenario} (${seconds} s)${error === null ? '' : `\n    ${error.stack}`}`,
        );
      }
    }
    await dashboard.stop();
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
  console.log(
    `\n${passed} passed, ${failed} failed: ${scenarios.length} scenarios in ${openers.map(([name]) => name).join(', ')}`,
  );
  process.exit(failed === 0 ? 0 : 1);
});
