/**
 * What the dashboard costs who looks at it, and the server: `npx tsx bench/vitals.ts [--only cold,slow,navigation,cpu,memory]`.
 *
 * Chromium opens the main pages of the demo, each with an empty cache. Then the same over a slow mobile network, then from
 * page to page; then the server renders pages for nobody. Needs a built dashboard (`npm run build`); `CHROMIUM_PATH` names
 * another browser, `--runs` how often each page is opened.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import { startDashboard } from '../scripts/setup/dashboard.mjs';
import { describeMachine, print, printTable, quantile } from './measure.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'cold,slow,navigation,cpu,memory' },
    runs: { type: 'string', default: '3' },
    renders: { type: 'string', default: '2000' },
    streams: { type: 'string', default: '500' },
  },
});
const RUNS = Number(values.runs);
const PASSWORD = 'a password of the bench';
const PAGES = [
  '/sign-in',
  '/',
  '/servers',
  '/servers/new',
  '/earn',
  '/referrals',
  '/transfers',
  '/activity',
  '/settings',
];
/** A slow 4G connection on a phone that is a quarter as fast as this machine. */
const SLOW = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const SLOW_CPU = 4;

/** Runs in the page before its own scripts. */
const OBSERVE = `{
  window.vitals = { lcp: 0, cls: 0, answers: null };
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) vitals.lcp = entry.startTime; })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) vitals.cls += entry.value; })
    .observe({ type: 'layout-shift', buffered: true });
  const look = () => {
    const control = document.querySelector('header button, form button');
    // React keeps what a control does beside its element once it answers.
    if (control !== null && Object.keys(control).some((key) => key.startsWith('__reactProps'))) vitals.answers = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;

interface Loaded {
  lcp: number;
  cls: number;
  answers: number;
  requests: number;
  scriptRaw: number;
  scriptWire: number;
  wire: number;
}

async function open(browser: Browser, state: BrowserState, path: string, isSlow: boolean): Promise<Loaded> {
  const context = await newContext(browser, path === '/sign-in' ? undefined : state, isSlow);
  try {
    const page = await context.newPage();
    await page.addInitScript(OBSERVE);
    const cdp = await context.newCDPSession(page);
    const traffic = await countTraffic(cdp);
    if (isSlow) {
      await cdp.send('Network.emulateNetworkConditions', SLOW);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOW_CPU });
    }
    await page.goto(url + path, { timeout: 120_000 });
    // Not Playwright's own waiting, which evaluates a text: the page's policy forbids it.
    while ((await page.evaluate<number | null>('window.vitals.answers')) === null) await page.waitForTimeout(50);
    await traffic.untilQuiet(page);
    const vitals = await page.evaluate<{ lcp: number; cls: number; answers: number }>('window.vitals');
    return { ...vitals, ...traffic.read() };
  } finally {
    await context.close();
  }
}

/** Bytes as they came over the network, and as the page has them. */
async function countTraffic(cdp: CDPSession) {
  await cdp.send('Network.enable');
  const types = new Map<string, string>();
  const loading = new Set<string>();
  const counted = { requests: 0, scriptRaw: 0, scriptWire: 0, wire: 0 };
  let changedAt = performance.now();
  cdp.on('Network.requestWillBeSent', ({ requestId, type }) => {
    types.set(requestId, type ?? '');
    if (type !== 'EventSource') loading.add(requestId);
    counted.requests += 1;
    changedAt = performance.now();
  });
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    // A stream never ends.
    if (response.mimeType === 'text/event-stream') loading.delete(requestId);
  });
  cdp.on('Network.dataReceived', ({ requestId, dataLength }) => {
    if (types.get(requestId) === 'Script') counted.scriptRaw += dataLength;
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counted.wire += encodedDataLength;
    if (types.get(requestId) === 'Script') counted.scriptWire += encodedDataLength;
    loading.delete(requestId);
    changedAt = performance.now();
  });
  cdp.on('Network.loadingFailed', ({ requestId }) => loading.delete(requestId));
  return {
    read: () => ({ ...counted }),
    async untilQuiet(page: Page): Promise<void> {
      const deadline = performance.now() + 60_000;
      while ((loading.size > 0 || performance.now() - changedAt < 1_500) && performance.now() < deadline) {
        await page.waitForTimeout(100);
      }
    },
  };
}

type BrowserState = Awaited<ReturnType<BrowserContext['storageState']>>;

async function newContext(browser: Browser, state?: BrowserState, isSlow = false): Promise<BrowserContext> {
  const viewport = isSlow ? { width: 390, height: 844 } : { width: 1440, height: 900 };
  return browser.newContext({ viewport, ...(state === undefined ? {} : { storageState: state }) });
}

async function measurePages(browser: Browser, state: BrowserState, isSlow: boolean): Promise<void> {
  const rows: string[][] = [];
  for (const path of PAGES) {
    const runs: Loaded[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await open(browser, state, path, isSlow));
    const median = (pick: (run: Loaded) => number): number => quantile(runs.map(pick), 0.5);
    const kib = (pick: (run: Loaded) => number): string => (median(pick) / 1024).toFixed(0);
    rows.push([
      path,
      median(({ answers }) => answers).toFixed(0),
      median(({ lcp }) => lcp).toFixed(0),
      median(({ cls }) => cls).toFixed(3),
      median(({ requests }) => requests).toFixed(0),
      `${kib(({ scriptRaw }) => scriptRaw)} / ${kib(({ scriptWire }) => scriptWire)}`,
      kib(({ wire }) => wire),
    ]);
  }
  print(isSlow ? `\n1.6 Mbit/s, 150 ms, processor × ${SLOW_CPU}` : '\nCold, no limit');
  printTable(
    ['page', 'controls answer, ms', 'LCP, ms', 'CLS', 'requests', 'script KiB, raw / wire', 'all KiB, wire'],
    rows,
  );
}

/** Runs in a page: from a click on a link to the frame that paints another title. */
const FOLLOW = `(href) => new Promise((resolve) => {
  const title = () => document.querySelector('main h1')?.textContent ?? '';
  const before = title();
  const startedAt = performance.now();
  let skeletonAt = null;
  performance.clearResourceTimings();
  const look = () => {
    const now = title();
    if (now === '' && skeletonAt === null) skeletonAt = performance.now() - startedAt;
    if (now !== '' && now !== before) {
      const answered = performance.getEntriesByType('resource').filter(({ name }) => name.includes('_rsc=') && name.includes(href))
        .map(({ responseEnd }) => responseEnd);
      const painted = performance.now();
      resolve({ all: painted - startedAt, after: painted - Math.max(startedAt, ...answered), skeletonAt });
    } else requestAnimationFrame(look);
  };
  document.querySelector('aside a[href="' + href + '"]').click();
  requestAnimationFrame(look);
})`;

async function measureNavigation(browser: Browser, state: BrowserState): Promise<void> {
  const context = await newContext(browser, state);
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForTimeout(3_000);
  const found = new Map<string, { all: number; after: number; skeletonAt: number | null }[]>();
  for (let run = 0; run < Math.max(3, RUNS); run += 1) {
    for (const href of ['/servers', '/earn', '/referrals', '/transfers', '/activity', '/settings', '/']) {
      const measured = await page.evaluate<{ all: number; after: number; skeletonAt: number | null }>(
        `(${FOLLOW})(${JSON.stringify(href)})`,
      );
      found.set(href, [...(found.get(href) ?? []), measured]);
      await page.waitForTimeout(1_000);
    }
  }
  await context.close();
  print('\nFrom page to page');
  printTable(
    ['to', 'click to paint, ms', 'response to paint, ms: median · slowest', 'skeletons'],
    [...found].map(([href, runs]) => [
      href,
      quantile(
        runs.map(({ all }) => all),
        0.5,
      ).toFixed(0),
      [0.5, 1]
        .map((part) =>
          quantile(
            runs.map(({ after }) => after),
            part,
          ).toFixed(0),
        )
        .join(' · '),
      `${runs.filter(({ skeletonAt }) => skeletonAt !== null).length} of ${runs.length}`,
    ]),
  );
}

/** Milliseconds of processor that the server has used, and what it has in memory. */
function readProcess(pid: number): { cpuMs: number; residentMb: number } {
  const [, , , , , , , , , , , user = '0', system = '0'] = (
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? ''
  ).split(' ');
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return { cpuMs: (Number(user) + Number(system)) * 10, residentMb: Number(resident) / 1_024 };
}

async function measureCpu(cookie: string): Promise<void> {
  const rows: string[][] = [];
  for (const path of ['/', '/servers', '/settings']) {
    const render = async (): Promise<number> => {
      const page = await fetch(url + path, { headers: { cookie, accept: 'text/html', 'accept-encoding': 'gzip, br' } });
      if (page.status !== 200) throw new Error(`${path} was answered ${page.status}.`);
      return (await page.text()).length;
    };
    for (let warm = 0; warm < 150; warm += 1) await render();
    const before = readProcess(pid);
    const startedAt = performance.now();
    const count = 300;
    let bytes = 0;
    for (let index = 0; index < count; index += 1) bytes = await render();
    const cpuMs = (readProcess(pid).cpuMs - before.cpuMs) / count;
    rows.push([
      path,
      cpuMs.toFixed(1),
      ((performance.now() - startedAt) / count).toFixed(1),
      (bytes / 1024).toFixed(0),
    ]);
  }
  print('\nA rendered page');
  printTable(['page', 'processor of the server, ms', 'one after the other, ms', 'HTML, KiB'], rows);
}

async function measureMemory(cookie: string): Promise<void> {
  const rows = [['started', readProcess(pid).residentMb.toFixed(0)]];
  const note = (what: string) => rows.push([what, readProcess(pid).residentMb.toFixed(0)]);
  const headers = { cookie, accept: 'text/html' };
  const renders = Number(values.renders);
  for (let index = 1; index <= renders; index += 1) {
    await (await fetch(url + (PAGES[1 + (index % (PAGES.length - 1))] ?? '/'), { headers })).text();
    if (index % (renders / 4) === 0) note(`after ${index} pages`);
  }
  const streams: ClientRequest[] = [];
  for (let index = 0; index < Number(values.streams); index += 1) {
    await new Promise<void>((resolve, reject) => {
      const stream = get(
        `${url}/api/credits/stream`,
        { headers: { cookie, accept: 'text/event-stream' } },
        (response) => {
          response.once('data', () => resolve());
          response.on('error', () => undefined);
          if (response.statusCode !== 200) reject(new Error(`A stream was answered ${response.statusCode}.`));
        },
      );
      stream.on('error', () => undefined);
      streams.push(stream);
    });
  }
  note(`with ${streams.length} streams`);
  for (const stream of streams) stream.destroy();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  note('5 s after they ended');
  print('\nMemory of the server');
  printTable(['when', 'resident, MB'], rows);
}

const directory = await mkdtemp(join(tmpdir(), 'vitals-'));
const { url, pid, stop } = await startDashboard({
  dataDirectory: directory,
  name: 'localhost',
  env: { DEMO: '1', DEMO_PASSWORD: PASSWORD, REQUESTS_PER_ACCOUNT: '0', REQUESTS_PER_ADDRESS: '0' },
});
const path = process.env['CHROMIUM_PATH'];
const browser = await chromium.launch({
  ...(path === undefined ? {} : { executablePath: path }),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  print(`${describeMachine()}, ${browser.version()}`);
  const context = await newContext(browser);
  const signedIn = await context.request.post(`${url}/api/auth/sign-in/email`, {
    headers: { origin: url },
    data: { email: 'player@demo.test', password: PASSWORD },
  });
  if (!signedIn.ok()) throw new Error(`Signing in was answered ${signedIn.status()}: ${await signedIn.text()}`);
  const state = await context.storageState();
  await context.close();
  const cookie = state.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');

  const only = new Set(values.only.split(','));
  if (only.has('cold')) await measurePages(browser, state, false);
  if (only.has('slow')) await measurePages(browser, state, true);
  if (only.has('navigation')) await measureNavigation(browser, state);
  if (only.has('cpu')) await measureCpu(cookie);
  if (only.has('memory')) await measureMemory(cookie);
  print(`\n${describeMachine()}`);
} finally {
  await browser.close();
  await stop();
  await rm(directory, { recursive: true, force: true });
}
