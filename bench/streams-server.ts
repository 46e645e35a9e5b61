/**
 * The server of `streams.ts`, a process of its own with `--expose-gc`: our handler over an embedded database (or, with a
 * URL, over a Postgres server), or raw `node:http` that writes the same bytes. Obeys its parent's messages.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createCreditsHandler,
  createLedger,
  openDatabase,
  toNodeListener,
  type Database,
  type Ledger,
} from '../packages/server/src/index.ts';
import { openEmbedded } from '../packages/server/src/embedded.ts';
import { nowMs, type ServerAnswer, type ServerOrder, type StreamTarget } from './streams-protocol.ts';

const [kind = 'ours', url = ''] = process.argv.slice(2);

function answer(message: ServerAnswer): void {
  process.send?.(message);
}

const accountOf = (cookie: string | undefined): string => cookie ?? 'nobody';

interface Contestant {
  /** Makes accounts that are there already when their readers come. */
  prepare(accounts: readonly string[]): Promise<void>;
  listener: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
  /** Makes one change, and says when it was committed. */
  change(account: string, operation: string): Promise<number>;
  queries(): number;
}

/** Counts what reaches the database, from any caller. */
function countQueries(database: Database): () => number {
  let count = 0;
  const { pool } = database;
  pool.on('acquire', () => {
    count += 1;
  });
  return () => count;
}

async function createOurs(): Promise<Contestant> {
  const database = await (url === '' ? openEmbedded({ memory: true }) : openDatabase({ url }));
  const ledger: Ledger = await createLedger({ database });
  const queries = countQueries(database);
  const handler = createCreditsHandler({
    ledger,
    identify: async (request) => ({ account: accountOf(request.headers.get('cookie') ?? undefined) }),
    streamsPerAccountMax: 20_000,
  });
  return {
    listener: toNodeListener(handler),
    queries,
    async prepare(accounts) {
      const by = { actor: 'system:bench', reason: 'To begin with' };
      await Promise.all(
        accounts.map((account) => ledger.grant({ ...by, account, amount: 1, idempotencyKey: `open:${account}` })),
      );
    },
    async change(account, operation) {
      await ledger.grant({ account, amount: 1, actor: account, reason: 'Bench', idempotencyKey: operation });
      return nowMs();
    },
  };
}

/** No rooms, no snapshots, no resuming, no limit for slow readers: a set of responses for each account, and a write. */
function createRaw(): Contestant {
  const open = new Map<string, Set<ServerResponse>>();
  const frame = (account: string, version: number, applied: string[]): string =>
    `event: snapshot\nid: 00000000-0000-4000-8000-000000000000.${version}\ndata: ${JSON.stringify({
      account,
      epoch: '00000000-0000-4000-8000-000000000000',
      version,
      balance: { posted: version, held: 0, available: version },
      from: Math.max(0, version - 1),
      applied,
    })}\n\n`;
  let version = 0;
  return {
    listener(request, response) {
      const account = accountOf(request.headers.cookie);
      const streams = open.get(account) ?? new Set();
      open.set(account, streams.add(response));
      response.on('close', () => streams.delete(response));
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
      response.write(frame(account, 0, []));
      const heartbeat = setInterval(() => response.write('event: heartbeat\ndata: {}\n\n'), 15_000);
      response.on('close', () => clearInterval(heartbeat));
    },
    queries: () => 0,
    prepare: async () => undefined,
    async change(account, operation) {
      version += 1;
      const committedAt = nowMs();
      const text = frame(account, version, [operation]);
      for (const response of open.get(account) ?? []) response.write(text);
      return committedAt;
    },
  };
}

const contestant = kind === 'ours' ? await createOurs() : createRaw();
const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  void contestant.listener(request, response);
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 }, () => {
  answer({ is: 'listening', port: (server.address() as AddressInfo).port });
});

async function change({ account, operation }: StreamTarget): Promise<void> {
  const askedMs = nowMs();
  const atMs = await contestant.change(account, operation);
  answer({ is: 'changed', operation, askedMs, atMs });
}

async function prepare(accounts: readonly string[]): Promise<void> {
  await contestant.prepare(accounts);
  answer({ is: 'prepared' });
}

process.on('message', (order: ServerOrder) => {
  if (order.do === 'change') void change(order);
  else if (order.do === 'prepare') void prepare(order.accounts);
  else if (order.do === 'time') {
    const { user, system } = process.cpuUsage();
    answer({ is: 'timed', cpuMs: (user + system) / 1_000 });
  } else {
    globalThis.gc?.();
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    answer({ is: 'measured', rss, heap: heapUsed + external, queries: contestant.queries() });
  }
});
process.on('disconnect', () => process.exit(0));
