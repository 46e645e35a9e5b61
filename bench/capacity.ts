/**
 * How many machines a load takes: `npx tsx bench/capacity.ts [--transfers 10000] [--streams 100000] [--accounts 1000000]`.
 *
 * A simulation of instances, their one writer each, and a Postgres server with a synchronous standby. Times of one command are
 * those that were measured (see `COSTS`); queues, batches, locks and shared syncs are played out event by event. First it
 * repeats the benchmark of transfers, whose outcome is known; then it looks for the fewest instances that carry the load.
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../packages/credits/test/support/random.ts';
import { print, printTable, quantile, rate } from './measure.ts';

const { values } = parseArgs({
  options: {
    transfers: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '100000' },
    accounts: { type: 'string', default: '1000000' },
    'database-cores': { type: 'string', default: '8' },
    'p99-ms': { type: 'string', default: '100' },
  },
});

/** Milliseconds of one core, unless they say otherwise. */
const COSTS = {
  /** Of a batch and of each command in it: what is left of 1.21 ms for one caller without Postgres, and 0.076 each of 256. */
  nodeBatch: 0.3,
  nodeCommand: 0.072,
  /** The same in Postgres: 0.858 for one caller, 0.067 each of 256 (`bench/ledger.ts`). */
  postgresBatch: 0.8,
  postgresCommand: 0.062,
  /** A signed-in request of the dashboard: 2,156 `GET /api/credits` a second. */
  request: 0.464,
  /** A frame written to a stream (`bench/streams.ts`), and its state read: a share of a grouped query. */
  frame: 0.024,
  frameReadPostgres: 0.05,
  /** An account in a notification. Assumed: it is looked up in a map. */
  notifiedAccount: 0.002,
  /** Elapsed: between two machines and back, and until the log is on a disk. Assumed: one data centre, NVMe. */
  roundTripMs: 0.3,
  syncMs: 1,
  /** Bytes: of a transfer with its indexes, and of a stream in an instance's heap (`bench/ledger.ts`, `bench/streams.ts`). */
  transferBytes: 366,
  streamBytes: 6_000,
};

const BATCH_MAX = 200;
const SECONDS = 10;
/** Not measured: queues fill first. */
const WARM_UP_MS = 2_000;
/** A core that is busier than this has no reserve for a second. */
const BUSY_MAX = 0.7;

interface Load {
  instances: number;
  databaseCores: number;
  accounts: number;
  streams: number;
  /** A rate of arrivals, or callers of which each waits for its response. */
  arrivals: { perSecond: number } | { callers: number };
  /** Whether commands arrive over HTTP, and the standby is on another machine. */
  isRemote: boolean;
}

interface Outcome {
  perSecond: number;
  latencies: number[];
  nodeBusy: number;
  postgresBusy: number;
  batch: number;
}

/** Plays a load and returns its outcome. */
function simulate(load: Load): Outcome {
  const random = createRandom(1);
  const events: [atMs: number, run: () => void][] = [];
  let nowMs = 0;
  const endMs = WARM_UP_MS + SECONDS * 1_000;

  /** A binary heap: the next event is first. */
  function at(delayMs: number, run: () => void): void {
    let index = events.push([nowMs + delayMs, run]) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((events[parent]?.[0] ?? 0) <= (events[index]?.[0] ?? 0)) break;
      swap(index, parent);
      index = parent;
    }
  }
  function next(): [number, () => void] | undefined {
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || events.length === 0) return first;
    events[0] = last;
    for (let index = 0; ;) {
      let least = index;
      for (const child of [index * 2 + 1, index * 2 + 2])
        if ((events[child]?.[0] ?? Infinity) < (events[least]?.[0] ?? Infinity)) least = child;
      if (least === index) return first;
      swap(index, least);
      index = least;
    }
  }
  function swap(a: number, b: number): void {
    const [left, right] = [events[a], events[b]];
    if (left === undefined || right === undefined) return;
    events[a] = right;
    events[b] = left;
  }

  /** Cores that take work in the order in which it comes. */
  function createCores(count: number) {
    const waiting: [ms: number, done: () => void][] = [];
    let free = count;
    let busyMs = 0;
    function start(ms: number, done: () => void): void {
      free -= 1;
      if (nowMs >= WARM_UP_MS) busyMs += ms;
      at(ms, () => {
        free += 1;
        const following = waiting.shift();
        if (following !== undefined) start(...following);
        done();
      });
    }
    return {
      run: (ms: number, done: () => void): void => void (free > 0 ? start(ms, done) : waiting.push([ms, done])),
      busy: (): number => busyMs / (count * SECONDS * 1_000),
    };
  }

  const postgres = createCores(load.databaseCores);
  const syncing: (() => void)[] = [];
  let isSyncing = false;
  /** Commits that wait when a sync begins share it. */
  function sync(done: () => void): void {
    syncing.push(done);
    if (!isSyncing) startSync();
  }
  function startSync(): void {
    isSyncing = true;
    const shared = syncing.splice(0);
    // The benchmark's disk confirms at once: its sync is part of the measured times.
    at(load.isRemote ? COSTS.syncMs + COSTS.roundTripMs : 0, () => {
      isSyncing = false;
      for (const done of shared) done();
      if (syncing.length > 0) startSync();
    });
  }

  const locked = new Map<number, (() => void)[]>();
  const roundTripMs = load.isRemote ? COSTS.roundTripMs : 0;
  const latencies: number[] = [];
  let [batches, commands] = [0, 0];

  function createInstance() {
    const node = createCores(1);
    const queue: { sinceMs: number; done: () => void }[] = [];
    let isWriting = false;

    function submit(done: () => void): void {
      const sinceMs = nowMs;
      node.run(load.isRemote ? COSTS.request : 0, () => {
        queue.push({ sinceMs, done });
        if (!isWriting) write();
      });
    }

    function write(): void {
      const batch = queue.splice(0, BATCH_MAX);
      isWriting = batch.length > 0;
      if (!isWriting) return;
      const size = batch.length;
      const accounts = [...new Set(batch.flatMap(() => [0, 0].map(() => random.between(0, load.accounts - 1))))];
      lock(accounts, () => {
        at(roundTripMs, () =>
          postgres.run((COSTS.postgresBatch + COSTS.postgresCommand * size) / 2, () =>
            node.run(COSTS.nodeBatch + COSTS.nodeCommand * size, () =>
              at(roundTripMs, () =>
                postgres.run((COSTS.postgresBatch + COSTS.postgresCommand * size) / 2, () =>
                  sync(() => commit(batch, accounts)),
                ),
              ),
            ),
          ),
        );
      });
    }

    function commit(batch: typeof queue, accounts: readonly number[]): void {
      unlock(accounts);
      for (const { sinceMs, done } of batch) {
        if (nowMs >= WARM_UP_MS && sinceMs >= WARM_UP_MS) latencies.push(nowMs - sinceMs);
        done();
      }
      if (nowMs >= WARM_UP_MS) [batches, commands] = [batches + 1, commands + batch.length];
      for (const instance of instances) instance.tell(accounts.length);
      write();
    }

    /** Looks for the changed accounts' streams and writes their frames. */
    function tell(accounts: number): void {
      const frames = (accounts * load.streams) / load.accounts / load.instances;
      node.run(accounts * COSTS.notifiedAccount + frames * COSTS.frame, () => undefined);
      if (frames > 0) postgres.run(frames * COSTS.frameReadPostgres, () => undefined);
    }

    return { submit, tell, busy: node.busy };
  }

  /** Takes all accounts of a batch at once, or waits for the first that another batch has. */
  function lock(accounts: readonly number[], done: () => void): void {
    const other = accounts.find((account) => locked.has(account));
    if (other !== undefined) return void locked.get(other)?.push(() => lock(accounts, done));
    for (const account of accounts) locked.set(account, []);
    done();
  }
  function unlock(accounts: readonly number[]): void {
    const woken = accounts.flatMap((account) => locked.get(account) ?? []);
    for (const account of accounts) locked.delete(account);
    for (const wake of woken) wake();
  }

  const instances = Array.from({ length: load.instances }, createInstance);
  const pick = () => instances[random.between(0, load.instances - 1)];
  if ('callers' in load.arrivals) {
    const call = (): void => pick()?.submit(call);
    for (let caller = 0; caller < load.arrivals.callers; caller += 1) call();
  } else {
    const { perSecond } = load.arrivals;
    const arrive = (): void => {
      pick()?.submit(() => undefined);
      // Independent of each other: the times between them are exponential.
      at((-Math.log(1 - random.between(0, 999_999) / 1_000_000) * 1_000) / perSecond, arrive);
    };
    arrive();
  }
  for (let event = next(); event !== undefined && event[0] < endMs; event = next()) {
    nowMs = event[0];
    event[1]();
  }
  return {
    perSecond: commands / SECONDS,
    latencies,
    nodeBusy: Math.max(...instances.map(({ busy }) => busy())),
    postgresBusy: postgres.busy(),
    batch: commands / batches,
  };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

print('The benchmark of transfers again: one process without HTTP, 10,000 accounts, server on the same machine.\n');
const known: [callers: number, measured: string][] = [
  [1, '668/s, p50 1.21 ms'],
  [256, '7,959/s, p50 31 ms'],
];
printTable(
  ['callers', 'measured', 'simulated', 'commands of a batch'],
  known.map(([callers, measured]) => {
    const load = { instances: 1, databaseCores: 1, accounts: 10_000, streams: 0, isRemote: false };
    const { perSecond, latencies, batch } = simulate({ ...load, arrivals: { callers } });
    return [String(callers), measured, `${rate(perSecond)}, p50 ${ms(quantile(latencies, 0.5))}`, batch.toFixed(0)];
  }),
);

const [accounts, allStreams] = [Number(values.accounts), Number(values.streams)];
const databaseCores = Number(values['database-cores']);
const p99Max = Number(values['p99-ms']);
const INSTANCES_MAX = 64;
print(
  `\n${accounts.toLocaleString('en-US')} accounts, a database server with ${databaseCores} cores and a synchronous standby. ` +
    `The fewest instances of one core with p99 ≤ ${p99Max} ms and no core busier than ${percent(BUSY_MAX)}.\n`,
);
const rows: string[][] = [];
for (const share of [0.01, 0.1, 0.5, 1]) {
  const perSecond = Number(values.transfers) * share;
  const streams = Math.round(allStreams * share);
  for (let instances = 1; instances <= INSTANCES_MAX; instances += 1) {
    const load = { instances, databaseCores, accounts, streams, isRemote: true, arrivals: { perSecond } };
    const { latencies, nodeBusy, postgresBusy, batch, perSecond: done } = simulate(load);
    const p99 = quantile(latencies, 0.99);
    const carries = done > perSecond * 0.99 && p99 <= p99Max && nodeBusy <= BUSY_MAX && postgresBusy <= BUSY_MAX;
    if (!carries && instances < INSTANCES_MAX) continue;
    rows.push([
      rate(perSecond),
      streams.toLocaleString('en-US'),
      carries ? String(instances) : `more than ${INSTANCES_MAX}`,
      `${percent(nodeBusy)}, ${batch.toFixed(1)} a batch`,
      percent(postgresBusy),
      `${ms(quantile(latencies, 0.5))} / ${ms(p99)}`,
      `${Math.round(streams / instances).toLocaleString('en-US')}, ${Math.round((streams / instances) * (COSTS.streamBytes / 1e6))} MB`,
      String(instances + 2 * databaseCores),
      `${((perSecond * COSTS.transferBytes * 86_400) / 1e9).toFixed(1)} GB`,
    ]);
    break;
  }
}
printTable(
  [
    'transfers',
    'streams',
    'instances',
    'busiest',
    'database',
    'p50 / p99',
    'streams of an instance',
    'cores',
    'journal a day',
  ],
  rows,
);
