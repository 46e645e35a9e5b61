/**
 * `npm run simulate`: schedules by the thousand. `--profile name|all`, `--seeds count`, `--from first` (1), `--seed one`,
 * `--trace`, `--jobs count` (2), `--budget-seconds limit`, `--keep-going` to count failures where the first one would end it.
 *
 * Ends with 1 when a schedule went wrong, and names the command that shows it. A run that its budget ended says how far it
 * came: the next one goes on with `--from`.
 */
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleProgram } from '../support/bundle.ts';
import { watchEventLoop } from './event-loop.ts';
import { findProfile, PROFILES } from './profiles.ts';
import { simulate } from './simulate.ts';
import type { Answer, Chunk } from './worker.ts';

/** Seeds that a worker runs before it asks for more. */
const CHUNK = 100;
const REPORT_MS = 60_000;

const { values: asked } = parseArgs({
  options: {
    profile: { type: 'string', default: 'all' },
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    'budget-seconds': { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
  },
});

const names = asked.profile === 'all' ? Object.keys(PROFILES) : asked.profile.split(',');
for (const name of names) findProfile(name);

if (asked.seed !== undefined) process.exitCode = await replay(Number(asked.seed));
else process.exitCode = await run();

/** One seed in each profile, with everything that happened where that is asked for. */
async function replay(seed: number): Promise<number> {
  const loop = watchEventLoop();
  let failures = 0;
  for (const name of names) {
    const { wrong, hash, events, trace } = await simulate(seed, findProfile(name), { loop, traced: true });
    if (asked.trace) process.stdout.write(`${trace.join('\n')}\n`);
    process.stdout.write(`${name}, seed ${seed}: ${wrong ?? 'nothing wrong'} (${events} events, trace ${hash})\n`);
    if (wrong !== null) failures += 1;
  }
  return failures === 0 ? 0 : 1;
}

async function run(): Promise<number> {
  const from = Number(asked.from);
  const seeds = Number(asked.seeds);
  const startedAt = performance.now();
  const budgetMs = asked['budget-seconds'] === undefined ? Infinity : Number(asked['budget-seconds']) * 1_000;
  const tallies = new Map(names.map((name) => [name, { done: 0, events: 0, failures: 0 }]));
  let failures = 0;

  // Round by round through the profiles: a run that ends early has run all of them.
  const chunks = (function* (): Generator<Chunk> {
    for (let at = 0; at < seeds; at += CHUNK) {
      for (const name of names) yield { name, from: from + at, count: Math.min(CHUNK, seeds - at) };
    }
  })();

  function describe(): string {
    const done = [...tallies.values()].reduce((sum, tally) => sum + tally.done, 0);
    const events = [...tallies.values()].reduce((sum, tally) => sum + tally.events, 0);
    const seconds = (performance.now() - startedAt) / 1_000;
    const each = [...tallies].map(([name, tally]) => `${name} ${tally.done}`).join(', ');
    return (
      `${done} schedules, ${events} events checked, ${failures} wrong, in ${seconds.toFixed(0)} s ` +
      `(${(done / seconds).toFixed(0)}/s): ${each}`
    );
  }

  function take(answer: Answer): void {
    const tally = tallies.get(answer.name);
    if (tally === undefined) return;
    tally.done += answer.count;
    tally.events += answer.events;
    for (const { seed, wrong } of answer.failures) {
      failures += 1;
      process.stdout.write(`${answer.name}, seed ${seed}: ${wrong}\n`);
      process.stdout.write(`  npm run simulate -- --profile ${answer.name} --seed ${seed} --trace\n`);
    }
  }

  const isOver = (): boolean => performance.now() - startedAt > budgetMs || (failures > 0 && !asked['keep-going']);

  const timer = setInterval(() => process.stdout.write(`${describe()}\n`), REPORT_MS);
  const program = await bundleProgram(fileURLToPath(new URL('worker.ts', import.meta.url)), 'simulation');
  try {
    await Promise.all(Array.from({ length: Number(asked.jobs) }, () => startWorker(program)));
  } finally {
    clearInterval(timer);
    rmSync(program);
  }
  process.stdout.write(`${describe()}\n`);
  return failures === 0 ? 0 : 1;

  function startWorker(modulePath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = fork(modulePath, [], { execArgv: [] });
      let ended = false;
      const next = (): void => {
        const { value: chunk } = isOver() ? { value: undefined } : chunks.next();
        if (chunk !== undefined) return void worker.send(chunk);
        ended = true;
        worker.disconnect();
        resolve();
      };
      worker.on('message', (answer: Answer) => {
        take(answer);
        next();
      });
      worker.on('exit', (code) => {
        if (!ended) reject(new Error(`A worker ended with ${code}.`));
      });
      next();
    });
  }
}
