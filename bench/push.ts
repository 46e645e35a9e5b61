/**
 * How long a commit takes to be in an open tab: `npx tsx bench/push.ts`, after `npm run build -w realtime-credits`.
 *
 * The server and the readers are two processes on one machine, joined by real sockets and by the monotonic clock that
 * they share. Embedded database in a fresh directory, or `DATABASE_URL`. Two shapes: everybody has one tab, and one
 * person has all of them. A warm-up comes first and is not counted.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  createCreditsHandler,
  createLedger,
  createServerStop,
  openDatabase,
  toNodeListener,
} from 'realtime-credits/server';

const STREAMS = 100;
const WARM_UP = 100;
const COMMITS = 1_000;
const COMMITS_PER_SECOND = 100;

interface Frame {
  operation: string;
  atMs: number;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Opens the streams and reports, with the instant, every operation that a frame names. */
function read(port: number, accounts: string[]): void {
  for (const account of accounts) {
    get({ port, path: '/api/credits/stream', headers: { cookie: account } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const atMs = nowMs();
        text += chunk;
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events.filter((each) => each.startsWith('event: snapshot\n'))) {
          const snapshot = JSON.parse(event.slice(event.indexOf('data: ') + 6)) as { applied: string[] };
          if (snapshot.applied.length === 0) process.send?.('open');
          for (const operation of snapshot.applied) process.send?.({ operation, atMs } satisfies Frame);
        }
      });
    });
  }
}

function quantile(values: number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2);
}

async function measure(title: string, accountOf: (stream: number) => string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'credits-bench-'));
  const url = process.env['DATABASE_URL'];
  const database = await openDatabase(url === undefined ? { directory } : { url });
  const ledger = await createLedger({ database });
  const handler = createCreditsHandler({
    ledger,
    identify: async (request) => ({ account: request.headers.get('cookie') ?? '' }),
    streamsPerAccountMax: STREAMS,
  });
  const server = createServer(toNodeListener(handler));
  const stop = createServerStop(server, handler);
  await once(server.listen(0), 'listening');

  const accounts = Array.from({ length: STREAMS }, (_, stream) => accountOf(stream));
  await Promise.all([...new Set(accounts)].map((account) => ledger.openAccount(account)));
  const readers = fork(fileURLToPath(import.meta.url), [String((server.address() as AddressInfo).port), ...accounts]);
  const frames: Frame[] = [];
  const opened: 'open'[] = [];
  readers.on('message', (message: Frame | 'open') =>
    message === 'open' ? opened.push(message) : frames.push(message),
  );
  while (opened.length < STREAMS) await wait(20);

  const run = crypto.randomUUID();
  const asked = new Map<string, number>();
  const committed = new Map<string, number>();
  let expected = 0;
  for (let count = 0; count < WARM_UP + COMMITS; count += 1) {
    const account = accounts[count % STREAMS] ?? '';
    const operation = `${run}:${count}`;
    if (count >= WARM_UP) {
      asked.set(operation, nowMs());
      expected += accounts.filter((each) => each === account).length;
    }
    void ledger
      .grant({ account, amount: 1, actor: account, reason: 'Bench', idempotencyKey: operation })
      .then(() => committed.set(operation, nowMs()));
    await wait(1_000 / COMMITS_PER_SECOND);
  }
  const counted = (): Frame[] => frames.filter(({ operation }) => asked.has(operation));
  for (const deadline = nowMs() + 10_000; counted().length < expected && nowMs() < deadline;) await wait(50);

  const delays = (from: Map<string, number>): number[] =>
    counted().map(({ operation, atMs }) => atMs - (from.get(operation) ?? Number.NaN));
  const line = (values: number[]): string => `p50 ${quantile(values, 0.5)} ms, p99 ${quantile(values, 0.99)} ms`;
  console.log(`${title} (${database.kind}, ${counted().length} of ${expected} frames)`);
  console.log(`  commit → frame   ${line(delays(committed))}`);
  console.log(`  command → frame  ${line(delays(asked))}`);

  readers.kill();
  await stop();
  await ledger.close();
  await database.close();
  rmSync(directory, { recursive: true, force: true });
}

const [port, ...accounts] = process.argv.slice(2);
if (port !== undefined && process.send !== undefined) {
  read(Number(port), accounts);
} else {
  console.log(`${STREAMS} streams, ${COMMITS_PER_SECOND} commits/s, Node ${process.version}, ${cpus().length} cores\n`);
  const run = crypto.randomUUID().slice(0, 8);
  await measure('100 people with one tab each', (stream) => `bench-${run}-${stream}`);
  await measure('one person with 100 tabs', () => `bench-${run}`);
}
