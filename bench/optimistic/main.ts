/**
 * The same seeded minutes through SWR's and TanStack Query's documented optimistic patterns and through ours:
 * `npm run bench:optimistic`, or `npx tsx bench/optimistic/main.ts --schedules 200 --host plain`.
 *
 * Every contestant is a React component in a document in memory, asks the same routes of the same server, polls every
 * 30 s while visible, looks again on focus and gives a request up after 10 s. What is judged is the text that it paints.
 * Nothing depends on the machine: the same seeds give the same table.
 */
import { parseArgs } from 'node:util';
import type { Contestant } from './contestants/contestant.ts';
import { installPage } from './page.ts';
import type { Host, Outcome } from './run.ts';
import { createSchedule } from './schedule.ts';
import { measureSizes, versionOf } from './sizes.ts';

const HOSTS: Record<Host, string> = {
  plain: 'A host that answers `{user: {coins}}`',
  ours: "A host with the package's server",
};

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    host: { type: 'string' },
    only: { type: 'string', default: '' },
    examples: { type: 'boolean', default: false },
  },
});
const count = Number(values.schedules);
const first = Number(values.seed);

// As it is shipped: React says nothing about what only developers want to know.
process.env['NODE_ENV'] = 'production';
const page = installPage();
// Libraries look for a document, and take hold of timers, while they are loaded.
const { run } = await import('./run.ts');
const contestants: Contestant[] = [
  ...(await import('./contestants/swr.ts')).swrContestants,
  ...(await import('./contestants/tanstack-query.ts')).tanstackContestants,
  ...(await import('./contestants/credits.ts')).ourContestants,
].filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));

console.log(`${count} schedules from seed ${first}; ${describeVersions()}`);
for (const host of ['plain', 'ours'] as const) {
  if (values.host !== undefined && values.host !== host) continue;
  console.log(`\n${HOSTS[host]}\n`);
  console.log(
    '| contestant | minutes with an unexplainable number | an effect twice · missing · refused but kept | seconds of it per minute | flickers per minute | wrong at rest | delay of changes by others, median / p95 | requests: questions + commands + streams |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const contestant of contestants) console.log(toRow(contestant.name, await measure(contestant, host)));
}
const sizes = await measureSizes();
console.log(`\nMinified and gzipped, React outside: ${Object.entries(sizes).map(toSize).join(', ')}.`);

async function measure(contestant: Contestant, host: Host): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await run(page, contestant, host, createSchedule(seed));
    if (values.examples && outcome.example !== null) console.log(`seed ${seed}: ${outcome.example}`);
    if (values.examples && outcome.endsWrong) console.log(`seed ${seed}: wrong at rest`);
    outcomes.push(outcome);
  }
  return outcomes;
}

function toRow(name: string, outcomes: Outcome[]): string {
  const number = (test: (outcome: Outcome) => boolean): number => outcomes.filter(test).length;
  const share = (test: (outcome: Outcome) => boolean): string =>
    `${((100 * number(test)) / outcomes.length).toFixed(1)} %`;
  const mean = (read: (outcome: Outcome) => number, digits: number): string =>
    (outcomes.reduce((sum, outcome) => sum + read(outcome), 0) / outcomes.length).toFixed(digits);
  const delays = outcomes.flatMap(({ delaysMs }) => delaysMs).toSorted((one, other) => one - other);
  const quantile = (part: number): string =>
    `${((delays[Math.floor(delays.length * part)] ?? NaN) / 1_000).toFixed(2)} s`;
  return `| ${[
    name,
    share(({ faults }) => faults.size > 0),
    (['twice', 'missing', 'kept'] as const).map((fault) => number(({ faults }) => faults.has(fault))).join(' · '),
    mean(({ unexplainableMs }) => unexplainableMs / 1_000, 2),
    mean(({ flickers }) => flickers, 2),
    share(({ endsWrong }) => endsWrong),
    `${quantile(0.5)} / ${quantile(0.95)}`,
    [
      mean(({ questions }) => questions, 1),
      mean(({ commands }) => commands, 1),
      mean(({ streams }) => streams, 1),
    ].join(' + '),
  ].join(' | ')} |`;
}

function toSize([name, bytes]: [string, number]): string {
  return `${name} ${(bytes / 1_000).toFixed(1)} kB`;
}

function describeVersions(): string {
  return ['swr', '@tanstack/react-query', 'react'].map((name) => `${name} ${versionOf(name)}`).join(', ');
}
