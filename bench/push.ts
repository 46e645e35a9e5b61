/**
 * How long a commit takes to be in an open tab, through two instances on one Postgres: `npx tsx bench/push.ts [--quick]`.
 *
 * 1,000 people with one stream each, half of them on either instance. 100 commands a second come in at the first one, in
 * turn for somebody there and for somebody whose stream is on the other, which is notified by NOTIFY. Idle queries of both
 * are counted before. Three processes on one machine, joined by real sockets and by the monotonic clock
 * that they share. `DATABASE_URL`, otherwise a Postgres that is started for the run, with syncing on.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres } from '../packages/server/test/support/postgres.ts';
import { describeMachine, milliseconds, quantile, print, printTable } from './measure.ts';
import { startReader, startServer } from './streams-processes.ts';

const IS_QUICK = process.argv.includes('--quick');
const STREAMS = IS_QUICK ? 200 : 1_000;
const PER_SECOND = 100;
const WARM_UP = 200;
const COMMANDS = IS_QUICK ? 500 : 3_000;
/** Until each instance has verified its notifications, and has read everybody once after that. */
const SETTLING_MS = 12_000;
const IDLE_MS = IS_QUICK ? 6_000 : 20_000;
const PLACES = ['the instance that committed', 'the other instance'] as const;

print(`# Commit → frame, two instances\n\n${describeMachine()}`);
print(`${STREAMS} streams, ${PER_SECOND} commands a second, ${COMMANDS} commands after a warm-up of ${WARM_UP}`);

const postgres = await startPostgres({ durable: true });
const instances = [await startServer('ours', postgres.url), await startServer('ours', postgres.url)] as const;
const run = crypto.randomUUID().slice(0, 8);
const people = PLACES.map((_, place) =>
  Array.from({ length: STREAMS / 2 }, (_each, index) => `push:${run}:${place}:${index}`),
);
const readers = PLACES.map(() => startReader());
for (const [place, instance] of instances.entries()) {
  const accounts = people[place] ?? [];
  instance.send({ do: 'prepare', accounts });
  await instance.receive('prepared');
  const reader = readers[place];
  reader?.send({ do: 'open', port: instance.port, accounts });
  await reader?.receive('open');
}

/** Uses of the pools so far: every query of a ledger or a handler is one. */
async function countQueries(): Promise<number> {
  let queries = 0;
  for (const instance of instances) {
    instance.send({ do: 'measure' });
    queries += (await instance.receive('measured')).queries;
  }
  return queries;
}
await wait(SETTLING_MS);
const beforeIdle = await countQueries();
await wait(IDLE_MS);
const idleQueries = (await countQueries()) - beforeIdle;

const committed = new Map<string, { askedMs: number; atMs: number }>();
const arrived = new Map<string, number>();
instances[0].on((message) => {
  if (message.is === 'changed') committed.set(message.operation, message);
});
for (const reader of readers) {
  reader.on((message) => {
    if (message.is === 'frames') for (const atMs of message.atMs) arrived.set(message.operation, atMs);
  });
}
const startedAt = performance.now();
for (let count = 0; count < WARM_UP + COMMANDS; count += 1) {
  const place = count % 2;
  const account = people[place]?.[Math.floor(count / 2) % (STREAMS / 2)] ?? '';
  instances[0].send({ do: 'change', account, operation: `push:${count}` });
  // By the clock and not by a pause after each: a late timer must not lower the rate.
  const dueAt = startedAt + ((count + 1) * 1_000) / PER_SECOND;
  if (dueAt > performance.now()) await wait(dueAt - performance.now());
}
const seconds = (performance.now() - startedAt) / 1_000;
for (const until = performance.now() + 10_000; arrived.size < WARM_UP + COMMANDS && performance.now() < until;) {
  await wait(50);
}

const rows = PLACES.map((name, place) => {
  const fromCommit: number[] = [];
  const fromCommand: number[] = [];
  let lost = 0;
  for (let count = WARM_UP; count < WARM_UP + COMMANDS; count += 1) {
    if (count % 2 !== place) continue;
    const [commit, atMs] = [committed.get(`push:${count}`), arrived.get(`push:${count}`)];
    if (commit === undefined || atMs === undefined) lost += 1;
    else {
      fromCommit.push(atMs - commit.atMs);
      fromCommand.push(atMs - commit.askedMs);
    }
  }
  if (lost > 0) process.exitCode = 1;
  const pair = (values: number[]): string =>
    `${milliseconds(quantile(values, 0.5))} / ${milliseconds(quantile(values, 0.99))} ms`;
  return [name, pair(fromCommit), pair(fromCommand), `${lost} of ${COMMANDS / 2}`];
});
printTable(['stream on', 'commit → frame p50 / p99', 'command → frame p50 / p99', 'lost'], rows);
print(`\n${idleQueries} queries of both instances in ${IDLE_MS / 1_000} s before that, while nothing happened.`);
print(`\n${((WARM_UP + COMMANDS) / seconds).toFixed(0)} commands a second. At the end: ${describeMachine()}`);

for (const reader of readers) await reader.stop();
for (const instance of instances) await instance.stop();
await postgres.stop();
