/**
 * What an open stream costs, beside raw `node:http` that writes the same frames: `npx tsx bench/streams.ts [--quick] [10000]`.
 *
 * The server and the readers are two processes over loopback sockets, with one monotonic clock. *Targeted* opens a stream
 * for each of so many accounts and changes one at a time; *broadcast* opens them all for one account. Memory is what the
 * server's process has more with the streams than without, after a collection, for each stream. CPU is the server's own in
 * all broadcasts, for each frame, which other work on the machine moves least. Queries are those that reach the database
 * while nothing happens.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { describeMachine, milliseconds, quantile, print, printTable } from './measure.ts';
import { startReader, startServer, type Server } from './streams-processes.ts';

const IS_QUICK = process.argv.includes('--quick');
const ASKED = process.argv.slice(2).map(Number).filter(Number.isSafeInteger);
const SIZES = ASKED.length > 0 ? ASKED : IS_QUICK ? [500] : [1_000, 5_000, 10_000];
const ROUNDS = IS_QUICK ? 1 : 3;
const IDLE_MS = IS_QUICK ? 5_000 : 20_000;
const TARGETED = IS_QUICK ? 50 : 200;
const BROADCASTS = IS_QUICK ? 5 : 12;
const WARM_UP = 50;
const WARM_UP_BROADCASTS = 3;
const BETWEEN_MS = 10;

type Kind = 'raw' | 'ours';

interface Result {
  connectSeconds: number;
  connectMs: number[];
  heapKb: number;
  rssKb: number;
  queries: number | null;
  targetedMs: number[];
  commandMs: number[];
  broadcastMs: number[];
  /** Processor time of the server for one frame of a broadcast, in microseconds. */
  frameUs: number;
}

/** Opens streams, and says how the server's memory grew. */
async function openStreams(server: Server, accounts: string[]) {
  const reader = startReader();
  server.send({ do: 'prepare', accounts: [...new Set(accounts)] });
  await server.receive('prepared');
  server.send({ do: 'measure' });
  const before = await server.receive('measured');
  const startedAt = performance.now();
  reader.send({ do: 'open', port: server.port, accounts });
  const { connectMs } = await reader.receive('open');
  const connectSeconds = (performance.now() - startedAt) / 1_000;
  await wait(500);
  server.send({ do: 'measure' });
  const after = await server.receive('measured');
  const perStream = (bytes: number): number => bytes / 1_024 / accounts.length;
  const heapKb = perStream(after.heap - before.heap);
  return { reader, connectMs, connectSeconds, heapKb, rssKb: perStream(after.rss - before.rss) };
}

/** Makes one change, and waits until so many streams have it. Milliseconds from the commit, and from the command. */
async function changeOne(
  server: Server,
  reader: ReturnType<typeof startReader>,
  { account, operation, streams }: { account: string; operation: string; streams: number },
): Promise<{ fromCommit: number[]; fromCommand: number[] }> {
  const arrived: number[] = [];
  const all = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${arrived.length} of ${streams} received ${operation}.`)), 30_000);
    reader.on((message) => {
      if (message.is !== 'frames' || message.operation !== operation) return;
      arrived.push(...message.atMs);
      if (arrived.length < streams) return;
      clearTimeout(timer);
      resolve();
    });
  });
  const committed = server.receive('changed');
  server.send({ do: 'change', account, operation });
  const { askedMs, atMs } = await committed;
  await all;
  return { fromCommit: arrived.map((at) => at - atMs), fromCommand: arrived.map((at) => at - askedMs) };
}

async function readProcessorMs(server: Server): Promise<number> {
  server.send({ do: 'time' });
  return (await server.receive('timed')).cpuMs;
}

async function measure(kind: Kind, streams: number, withIdle: boolean): Promise<Result> {
  const names = Array.from({ length: streams }, (_, index) => `user:${index}`);
  const server = await startServer(kind);
  const own = await openStreams(server, names);
  let queries: number | null = null;
  if (withIdle) {
    server.send({ do: 'measure' });
    const before = await server.receive('measured');
    await wait(IDLE_MS);
    server.send({ do: 'measure' });
    queries = (await server.receive('measured')).queries - before.queries;
  }
  const targetedMs: number[] = [];
  const commandMs: number[] = [];
  for (let count = 0; count < WARM_UP + TARGETED; count += 1) {
    const account = names[(count * 7_919) % streams] ?? '';
    const times = await changeOne(server, own.reader, { account, operation: `one:${count}`, streams: 1 });
    if (count >= WARM_UP) {
      targetedMs.push(...times.fromCommit);
      commandMs.push(...times.fromCommand);
    }
    await wait(BETWEEN_MS);
  }
  await own.reader.stop();
  await server.stop();

  const crowded = await startServer(kind);
  const crowd = await openStreams(
    crowded,
    Array.from({ length: streams }, () => 'everybody'),
  );
  const broadcast = async (count: number): Promise<number[]> => {
    const operation = `all:${count}`;
    const { fromCommit } = await changeOne(crowded, crowd.reader, { account: 'everybody', operation, streams });
    await wait(200);
    return fromCommit;
  };
  for (let count = 0; count < WARM_UP_BROADCASTS; count += 1) await broadcast(count);
  const startedMs = await readProcessorMs(crowded);
  const broadcastMs: number[] = [];
  for (let count = 0; count < BROADCASTS; count += 1)
    broadcastMs.push(...(await broadcast(WARM_UP_BROADCASTS + count)));
  const frameUs = (((await readProcessorMs(crowded)) - startedMs) * 1_000) / (BROADCASTS * streams);
  await crowd.reader.stop();
  await crowded.stop();
  const { connectSeconds, connectMs, heapKb, rssKb } = own;
  return { connectSeconds, connectMs, heapKb, rssKb, queries, targetedMs, commandMs, broadcastMs, frameUs };
}

const median = (values: number[]): number => quantile(values, 0.5);

function describe(results: readonly Result[]) {
  const of = (pick: (result: Result) => number): number => median(results.map(pick));
  return {
    connectSeconds: of((result) => result.connectSeconds),
    connectP99: of((result) => quantile(result.connectMs, 0.99)),
    heapKb: of((result) => result.heapKb),
    rssKb: of((result) => result.rssKb),
    targetedP50: of((result) => median(result.targetedMs)),
    targetedP99: of((result) => quantile(result.targetedMs, 0.99)),
    commandP50: of((result) => median(result.commandMs)),
    commandP99: of((result) => quantile(result.commandMs, 0.99)),
    broadcastP50: of((result) => median(result.broadcastMs)),
    broadcastP99: of((result) => quantile(result.broadcastMs, 0.99)),
    frameUs: of((result) => result.frameUs),
  };
}

print(
  `# Streams\n\n${describeMachine()}\n${ROUNDS} rounds, medians; ${TARGETED} targeted changes, ${BROADCASTS} broadcasts`,
);
const found = new Map<string, Result[]>();
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const streams of SIZES) {
    for (const kind of ['raw', 'ours'] as const) {
      const result = await measure(kind, streams, kind === 'ours' && round === 1);
      const key = `${kind} ${streams}`;
      found.set(key, [...(found.get(key) ?? []), result]);
      const { targetedP99, broadcastP99, frameUs, heapKb, rssKb } = describe([result]);
      process.stderr.write(
        `  ${key}: targeted p99 ${milliseconds(targetedP99)}, broadcast p99 ${milliseconds(broadcastP99)} ms, ${frameUs.toFixed(1)} µs CPU a frame, ${heapKb.toFixed(1)} kB heap, ${rssKb.toFixed(1)} kB RSS a stream\n`,
      );
    }
  }
}
const rows = SIZES.flatMap((streams) => {
  const results = { raw: found.get(`raw ${streams}`) ?? [], ours: found.get(`ours ${streams}`) ?? [] };
  const [raw, ours] = [describe(results.raw), describe(results.ours)];
  const line = (name: string, of: ReturnType<typeof describe>, queries: string): string[] => [
    streams.toLocaleString('en-US'),
    name,
    `${of.connectSeconds.toFixed(1)} s, p99 ${milliseconds(of.connectP99)} ms`,
    `${milliseconds(of.targetedP50)} / ${milliseconds(of.targetedP99)} ms`,
    `${milliseconds(of.commandP50)} / ${milliseconds(of.commandP99)} ms`,
    `${milliseconds(of.broadcastP50)} / ${milliseconds(of.broadcastP99)} ms`,
    `${of.frameUs.toFixed(1)} µs`,
    `${of.heapKb.toFixed(1)} · ${of.rssKb.toFixed(1)} kB`,
    queries,
  ];
  const times = (pick: (of: ReturnType<typeof describe>) => number): string => (pick(ours) / pick(raw)).toFixed(2);
  return [
    line('raw `node:http`', raw, '–'),
    line('ours', ours, `${results.ours[0]?.queries ?? '?'}`),
    [
      '',
      'ratio',
      times((of) => of.connectSeconds),
      times((of) => of.targetedP99),
      times((of) => of.commandP99),
      times((of) => of.broadcastP99),
      times((of) => of.frameUs),
      `${times((of) => of.heapKb)} · ${times((of) => of.rssKb)}`,
      '',
    ],
  ];
});
printTable(
  [
    'streams',
    'server',
    'all connected',
    'targeted: commit → frame p50 / p99',
    'command → frame',
    'broadcast: commit → frame p50 / p99',
    'CPU a frame',
    'memory a stream (heap · RSS)',
    `queries in ${IDLE_MS / 1_000} s idle`,
  ],
  rows,
);
print(`\nAt the end: ${describeMachine()}`);
