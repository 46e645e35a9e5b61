/**
 * What a number that counts down costs a page: `npx tsx bench/counting.ts [--minutes 10] [--per-hour 4000] [--table FILE]`.
 *
 * Chromium shows the dashboard to somebody with one rate. Compared in every second: what is painted, and what the ledger
 * has by definition. Counted: requests of the page, and the time of its main thread and of its process, beside the same
 * page before the rate began. Needs a built dashboard (`npm run build`); `CHROMIUM_PATH` names another browser.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium, type CDPSession } from '@playwright/test';
import {
  availableAt,
  compareSeconds,
  reachedAtMs,
  signUpForCounting,
  startCountingDashboard,
  waitForQuiet,
  type Shown,
} from '../apps/dashboard/test/support/counting.ts';
import { describeMachine, print, printTable, quantile } from './measure.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'per-hour': { type: 'string', default: '4000' },
    table: { type: 'string' },
  },
});
const SECONDS = Number(values.minutes) * 60;
const PER_HOUR = Number(values['per-hour']);
const STREAM = '/api/credits/stream';

/** Seconds that the renderer of a page has used so far: its main thread by kind of work, and all of its threads, without waiting for a processor. */
interface Used {
  task: number;
  script: number;
  layout: number;
  process: number;
}

async function readUsed(cdp: CDPSession, system: CDPSession): Promise<Used> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return {
    task: of('TaskDuration'),
    script: of('ScriptDuration'),
    layout: of('LayoutDuration') + of('RecalcStyleDuration'),
    process: renderers.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
  };
}

/** Runs in the page: notes each number with the frame that paints it, and otherwise leaves the page alone. */
const RECORD = `{
  window.shown = [];
  const element = document.querySelector('header [data-variant="prominent"] [data-credits-number]');
  const note = () => {
    const amount = Number(element.textContent.replaceAll(/[^\\d-]/g, ''));
    const atMs = performance.timeOrigin + performance.now();
    if (window.shown.at(-1)?.amount !== amount) window.shown.push({ amount, atMs });
  };
  note();
  const observer = new MutationObserver(() => requestAnimationFrame(note));
  observer.observe(element, { subtree: true, childList: true, characterData: true });
}`;

const dashboard = await startCountingDashboard();
const path = process.env['CHROMIUM_PATH'];
const browser = await chromium.launch({
  ...(path === undefined ? {} : { executablePath: path }),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const account = await signUpForCounting(context, dashboard.url);
  await dashboard.grant(account, PER_HOUR + 10_000);
  const page = await context.newPage();
  const requests: { path: string; atMs: number }[] = [];
  page.on('request', (request) => requests.push({ path: new URL(request.url()).pathname, atMs: Date.now() }));
  await page.goto(dashboard.url);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const system = await browser.newBrowserCDPSession();
  await waitForQuiet(page, 10_000);

  /** Lets time pass. Returns shares of a core. */
  async function measure(seconds: number): Promise<Record<keyof Used, string>> {
    const before = await readUsed(cdp, system);
    const startedAt = performance.now();
    await page.waitForTimeout(seconds * 1_000);
    const after = await readUsed(cdp, system);
    const passed = (performance.now() - startedAt) / 1_000;
    const share = (of: keyof Used): string => `${(((after[of] - before[of]) / passed) * 100).toFixed(2)} %`;
    return { task: share('task'), script: share('script'), layout: share('layout'), process: share('process') };
  }

  print(`${PER_HOUR} credits per hour for ${SECONDS} s; ${describeMachine()}, ${browser.version()}`);
  const idle = await measure(60);
  const { rate, balance } = await dashboard.startRate(account, PER_HOUR);
  const definition = { startedAtMs: Date.parse(rate.startedAt), available: balance.available, perHour: PER_HOUR };
  await waitForQuiet(page);
  requests.length = 0;
  await page.evaluate(RECORD);
  const fromMs = Date.now();
  const counting = await measure(SECONDS);
  const shown = await page.evaluate<Shown[]>('window.shown');
  // A stream ends after 8 to 12 minutes. The next one begins with what is settled by then, which the page's lists read again.
  const renewal = requests.findIndex(({ path: of }) => of === STREAM);
  const [open, renewed] = renewal === -1 ? [requests, []] : [requests.slice(0, renewal), requests.slice(renewal)];
  const renewedAt = renewed[0] === undefined ? 'not' : `at ${Math.round((renewed[0].atMs - fromMs) / 1_000)} s`;

  const seconds = compareSeconds(shown, definition, { fromMs, seconds: SECONDS });
  const lateness = shown.slice(1).map(({ amount, atMs }) => atMs - reachedAtMs(definition, amount));
  const behind = seconds.map(({ behindMs }) => behindMs);
  const equal = behind.filter((ms) => ms === 0).length;
  const late = [0.5, 0.99, 1].map((part) => quantile(lateness, part).toFixed(0)).join(' · ');
  printTable(
    ['what', 'before the rate, a minute', 'while it counts'],
    [
      ['main thread of the page', idle.task, counting.task],
      ['of it script', idle.script, counting.script],
      ['of it style and layout', idle.layout, counting.layout],
      ['all threads of the renderer', idle.process, counting.process],
      ['requests while the stream was open', '', String(open.length)],
      [`requests after it was renewed (${renewedAt})`, '', String(renewed.length)],
      ['numbers that were painted', '', String(lateness.length)],
      ['painted after its instant, p50 · p99 · latest', '', `${late} ms`],
      ['seconds in which it is the ledger’s number of that very instant', '', `${equal} of ${SECONDS}`],
      ['in the other ones: of so long before, at most', '', `${Math.max(...behind).toFixed(0)} ms`],
    ],
  );
  const { available, untilMs } = await dashboard.readAvailable(account);
  print(
    `\nThe ledger has ${available} at the end, by definition ${availableAt(definition, untilMs)}; ${describeMachine()}`,
  );
  if (requests.length > 0) print(`Asked for: ${requests.map((each) => each.path).join(', ')}`);
  if (values.table !== undefined) {
    const rows = seconds.map(({ painted, ledger, behindMs }, index) =>
      [index, painted, ledger, behindMs === 0 ? 'equal' : `${Math.round(behindMs)} ms before`].join(' | '),
    );
    const head = '| second | painted | ledger | |\n|---|---|---|---|\n';
    writeFileSync(values.table, `${head}${rows.map((row) => `| ${row} |\n`).join('')}`);
  }
  if (open.length > 0 || behind.some((ms) => ms === Infinity)) process.exitCode = 1;
} finally {
  await browser.close();
  await dashboard.stop();
}
