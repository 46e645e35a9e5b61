/**
 * Whether the dashboard keeps its memory, its descriptors and its balances over a long time:
 * `npx tsx bench/soak.ts [--minutes 30] [--streams 5000]`, after `npm run build`. Exits with 1 when it does not.
 *
 * The dashboard's API on an embedded database in a directory, a process of its own. Everybody has one stream and a session.
 * All the time there are transfers between two of them, grants, reads, and streams that are cut and return. Memory is what is
 * in use after a collection. At the end every client must show what the ledger has, and the ledger must verify.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { CrowdFigures } from './crowd-people.ts';
import { Crowd } from './crowd.ts';
import { describeMachine, milliseconds, print, printTable, quantile } from './measure.ts';

const read = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};
const MINUTES = read('--minutes', 30);
const PEOPLE = read('--streams', 5_000);
/** Of the time, before anything is compared: caches fill, code is compiled. */
const WARM_UP = 0.25;
const SAMPLES = 40;
/** Of each, in pause: what a machine carries that others use as well. */
const PAUSE_MS = 20;
/** What is in use may differ by so much between the first third after the warm-up and the last. */
const GROWTH_MAX = { share: 0.05, bytes: 8 * 1_048_576, descriptors: 32 };

interface Sample extends CrowdFigures {
  minute: number;
  open: number;
  commands: number;
  failed: number;
  latencyMs: number[];
}

const crowd = new Crowd(PEOPLE);
const somebody = (): number => randomInt(PEOPLE);
const counted = { commands: 0, failed: 0, latencyMs: [] as number[] };
const stopping = new AbortController();

async function repeat(work: () => Promise<unknown> | void): Promise<void> {
  while (!stopping.signal.aborted) {
    await work();
    await wait(PAUSE_MS);
  }
}

async function transfer(): Promise<void> {
  const startedAt = performance.now();
  const [from, to] = [somebody(), somebody()];
  const status = await crowd.transfer(from, from === to ? (to + 1) % PEOPLE : to).catch(() => 0);
  counted.latencyMs.push(performance.now() - startedAt);
  // Who has nothing left is refused.
  if (status === 200 || status === 402 || status === 409 || status === 422) counted.commands += 1;
  else counted.failed += 1;
}

async function look(path: string): Promise<void> {
  if ((await crowd.ask(somebody(), path).catch(() => 0)) !== 200) counted.failed += 1;
}

print(`# Soak\n\n${describeMachine()}\n${PEOPLE} streams, ${MINUTES} minutes`);
await crowd.start();
crowd.connectAll();
await crowd.whenOpen();
let key = 0;
const load = [
  repeat(transfer),
  repeat(transfer),
  repeat(() => look('/api/user/me')),
  repeat(() => look('/api/credits')),
  repeat(() => crowd.send({ do: 'grant', index: somebody(), key: `soak:${(key += 1)}` })),
  repeat(() => crowd.cut(somebody())),
];
const startedAt = performance.now();
const samples: Sample[] = [];
for (let sample = 1; sample <= SAMPLES; sample += 1) {
  await wait(Math.max(0, startedAt + (sample * MINUTES * 60_000) / SAMPLES - performance.now()));
  const figures = await crowd.measure();
  const minute = (performance.now() - startedAt) / 60_000;
  samples.push({ ...figures, minute, open: crowd.openCount, ...counted, latencyMs: counted.latencyMs.splice(0) });
}
stopping.abort();
await Promise.all(load);
await crowd.whenOpen();
const differences = await crowd.compare();
await crowd.end();

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
printTable(
  ['minute', 'heap', 'RSS', 'descriptors', 'streams', 'commands', 'failed', 'p50 / p99', 'statements'],
  samples.map(({ minute, heap, rss, descriptors, streams, commands, failed, latencyMs, queries }) => [
    minute.toFixed(1),
    `${megabytes(heap)} MB`,
    `${megabytes(rss)} MB`,
    `${descriptors}`,
    `${streams}`,
    commands.toLocaleString('en-US'),
    `${failed}`,
    `${milliseconds(quantile(latencyMs, 0.5))} / ${milliseconds(quantile(latencyMs, 0.99))} ms`,
    queries.all.toLocaleString('en-US'),
  ]),
);

const warm = samples.slice(Math.floor(SAMPLES * WARM_UP));
const third = Math.floor(warm.length / 3);
function growth(pick: (sample: Sample) => number): { from: number; to: number } {
  const of = (part: readonly Sample[]): number => quantile(part.map(pick), 0.5);
  return { from: of(warm.slice(0, third)), to: of(warm.slice(-third)) };
}
const heap = growth((sample) => sample.heap);
const descriptors = growth((sample) => sample.descriptors);
const problems = differences.slice(0, 10);
if (heap.to > heap.from * (1 + GROWTH_MAX.share) && heap.to > heap.from + GROWTH_MAX.bytes) {
  problems.push(`Memory grew from ${megabytes(heap.from)} to ${megabytes(heap.to)} MB.`);
}
if (descriptors.to > descriptors.from + GROWTH_MAX.descriptors) {
  problems.push(`Descriptors grew from ${descriptors.from} to ${descriptors.to}.`);
}
print(
  `\n${crowd.opened.toLocaleString('en-US')} streams were opened. After the warm-up: heap ${megabytes(heap.from)} → ${megabytes(heap.to)} MB, descriptors ${descriptors.from} → ${descriptors.to}. ${differences.length} of ${PEOPLE} balances differ from the ledger; ${counted.failed} of the requests had no response, or 503.`,
);
for (const problem of problems) print(problem);
print(`\nAt the end: ${describeMachine()}`);
process.exitCode = problems.length === 0 ? 0 : 1;
