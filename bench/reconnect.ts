/**
 * What it takes to have everybody back after a crash of the server, and what commands wait meanwhile:
 * `npx tsx bench/reconnect.ts [--streams 5000]`, after `npm run build`.
 *
 * The dashboard's API on an embedded database in a directory, a process of its own, that is killed with SIGKILL and started
 * again. Everybody has a session and one stream, and connects again within a second, with the version that they have. All the
 * time some send credits to each other.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Crowd } from './crowd.ts';
import { describeMachine, milliseconds, print, printTable, quantile } from './measure.ts';

const at = process.argv.indexOf('--streams');
const PEOPLE = at === -1 ? 5_000 : Number(process.argv[at + 1]);
const CALLERS = 4;
const PAUSE_MS = 20;
const CALM_MS = 20_000;
const RESTARTS = 3;

const crowd = new Crowd(PEOPLE);
/** When each command was sent, and what it took. */
const commands: { sentMs: number; tookMs: number }[] = [];
const stopping = new AbortController();

async function call(): Promise<void> {
  while (!stopping.signal.aborted) {
    const sentMs = performance.now();
    const from = randomInt(PEOPLE);
    const status = await crowd.transfer(from, (from + 1 + randomInt(PEOPLE - 1)) % PEOPLE).catch(() => 0);
    if (status === 200) commands.push({ sentMs, tookMs: performance.now() - sentMs });
    await wait(PAUSE_MS);
  }
}

function describe(fromMs: number, toMs: number): { count: number; p50: number; p99: number } {
  const took = commands.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs).map(({ tookMs }) => tookMs);
  return { count: took.length, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
}

print(`# Reconnecting\n\n${describeMachine()}\n${PEOPLE} streams, ${CALLERS} callers`);
await crowd.start();
crowd.connectAll();
await crowd.whenOpen();
const callers = Array.from({ length: CALLERS }, call);
const rows: string[][] = [];
for (let restart = 1; restart <= RESTARTS; restart += 1) {
  const calmMs = performance.now();
  await wait(CALM_MS);
  const killedMs = performance.now();
  await crowd.kill();
  await crowd.start();
  const listeningMs = performance.now();
  await crowd.whenOpen();
  const openMs = performance.now();
  const { queries } = await crowd.measure();
  const [before, meanwhile] = [describe(calmMs, killedMs), describe(listeningMs, openMs)];
  rows.push([
    `${restart}`,
    `${((openMs - listeningMs) / 1_000).toFixed(1)} s`,
    `${queries.all} (${queries.snapshots} · ${queries.sessions})`,
    `${before.count}`,
    `${milliseconds(before.p50)} / ${milliseconds(before.p99)} ms`,
    `${meanwhile.count}`,
    `${milliseconds(meanwhile.p50)} / ${milliseconds(meanwhile.p99)} ms`,
    (meanwhile.p99 / before.p99).toFixed(1),
  ]);
}
stopping.abort();
await Promise.all(callers);
const differences = await crowd.compare();
await crowd.end();
printTable(
  [
    'restart',
    'all connected after',
    'statements (snapshots · sessions)',
    'commands before',
    'p50 / p99',
    'meanwhile',
    'p50 / p99',
    'ratio of p99',
  ],
  rows,
);
for (const difference of differences.slice(0, 10)) print(difference);
print(`\n${differences.length} of ${PEOPLE} balances differ from the ledger.\nAt the end: ${describeMachine()}`);
process.exitCode = differences.length === 0 ? 0 : 1;
