import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { rmSync } from 'node:fs';
import { CreditsError, parseProblem } from 'realtime-credits/contract';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { check } from '../durability/check.ts';
import { ACCOUNTS, runLoad, type LoadLedger, type LoadWord } from '../durability/load.ts';
import { createRecord } from '../durability/record.ts';
import { ask } from '../support/administer.ts';
import { bundleProgram } from '../support/bundle.ts';
import { compareShown } from '../support/compare-shown.ts';
import { endWithProcess } from '../support/end-with-process.ts';
import { startHaProxy } from '../support/haproxy.ts';
import { createNodeClient } from '../support/node-client.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { startPair, type PostgresNode } from '../support/postgres-pair.ts';
import { findPort } from '../support/postgres.ts';
import { until, WAIT_MS_MAX, within } from '../support/wait.ts';

/**
 * Three instances behind a load balancer, PgBouncer, a primary and its standby, with a mixed load and open streams. An
 * instance is killed, all instances are replaced as in a deployment, and the primary is killed; then everything that was
 * acknowledged is compared with the new primary, and every number shown with the ledger.
 */

export interface ClusterOptions {
  /** Open streams. The first of them follow the accounts of the load. */
  streams: number;
  /** Of load without a fault, before the first and after each of them. */
  calmSeconds: number;
  seed: number;
  onMark?: (what: string) => void;
}

/** One second of the run. */
export interface Second {
  acknowledged: number;
  unavailable: number;
  live: number;
  /** What happened in it. */
  marks: string[];
}

export interface ClusterReport {
  seconds: Second[];
  /** Latencies of acknowledged commands before the first fault, in milliseconds, sorted. */
  calmMs: number[];
  faults: Fault[];
  asked: number;
  acknowledged: number;
  survived: number;
  /** Sentences; empty when all is well. */
  problems: string[];
}

/** What a fault cost. */
export interface Fault {
  name: string;
  /** Commands without an outcome, to be repeated under the same key. */
  unavailable: number;
  /** The longest time without an acknowledged command, in milliseconds. */
  silenceMs: number;
  /** The longest time in which not every stream was live, in milliseconds. */
  streamsMs: number;
}

const INSTANCES = 3;

const PROGRAM = fileURLToPath(new URL('./cluster-instance.ts', import.meta.url));

export async function runCluster(options: ClusterOptions): Promise<ClusterReport> {
  const { streams, calmSeconds, seed, onMark = () => undefined } = options;
  const closing: (() => Promise<unknown> | void)[] = [];
  const report: ClusterReport = {
    seconds: [],
    calmMs: [],
    faults: [],
    asked: 0,
    acknowledged: 0,
    survived: 0,
    problems: [],
  };
  try {
    const pair = await startPair();
    closing.push(() => pair.stop());
    const databases = await Promise.all([pair.primary, pair.standby].map(answerRole));
    closing.push(
      ...databases.map(
        ({ server }) =>
          () =>
            void server.close(),
      ),
    );
    const ports: number[] = [];
    for (let index = 0; index < INSTANCES; index += 1) ports.push(await findPort());
    const balancer = await startHaProxy({ instances: ports, databases });
    closing.push(() => balancer.stop());
    const directUrl = `postgres://postgres@127.0.0.1:${balancer.databasePort}/postgres`;
    const pooler = await startPgBouncer(directUrl, { connections: 15 });
    closing.push(() => pooler.stop());
    const program = await bundleProgram(PROGRAM, 'cluster');
    closing.push(() => rmSync(program, { force: true }));
    const startInstance = async (port: number): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [program, String(port), pooler.url, directUrl], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      endWithProcess(child);
      await within(once(child.stdout, 'data'), 'an instance');
      return child;
    };
    const instances: ChildProcess[] = [];
    closing.push(() => instances.forEach((child) => child.kill('SIGKILL')));
    for (const port of ports) instances.push(await startInstance(port));

    const ledger = await createLedger({ database: await openDatabase({ url: directUrl }) });
    closing.push(() => ledger.close());
    const accounts = Array.from({ length: streams }, (_, index) => ACCOUNTS[index] ?? `quiet:${index}`);
    for (const account of accounts) {
      const key = `start:${account}`;
      await ledger.grant({ account, amount: 100, actor: 'system:cluster', reason: 'Start', idempotencyKey: key });
    }
    const clients = accounts.map((account) => {
      const opened = createNodeClient((path, init) => {
        const headers = new Headers(init.headers);
        headers.set('cookie', `session=${account}`);
        return fetch(`${balancer.origin}${path}`, { ...init, headers });
      });
      closing.push(() => opened.client.close());
      return opened;
    });
    const areLive = (): boolean => clients.every(({ isAtRest }) => isAtRest());
    await until(areLive, 'all streams');
    onMark(`${streams} streams through ${INSTANCES} instances`);

    const record = createRecord();
    let second: Second = { acknowledged: 0, unavailable: 0, live: streams, marks: [] };
    let [unavailable, silenceMs, lastAtMs] = [0, 0, performance.now()];
    let [streamsMs, liveAtMs] = [0, performance.now()];
    let isOver = false;
    function publish(word: LoadWord): void {
      record.add(word);
      if (word.word === 'asked') report.asked += 1;
      else if (word.word === 'unavailable') {
        unavailable += 1;
        second.unavailable += 1;
      } else if (word.word === 'acknowledged') {
        const nowMs = performance.now();
        silenceMs = Math.max(silenceMs, nowMs - lastAtMs);
        lastAtMs = nowMs;
        report.acknowledged += 1;
        second.acknowledged += 1;
      }
    }
    const mark = (what: string): void => {
      second.marks.push(what);
      onMark(what);
    };
    const clock = setInterval(() => {
      report.seconds.push({ ...second, live: clients.filter(({ isAtRest }) => isAtRest()).length });
      second = { acknowledged: 0, unavailable: 0, live: 0, marks: [] };
    }, 1_000);
    closing.push(() => clearInterval(clock));
    const look = setInterval(() => {
      const nowMs = performance.now();
      if (areLive()) liveAtMs = nowMs;
      else streamsMs = Math.max(streamsMs, nowMs - liveAtMs);
    }, 10);
    closing.push(() => clearInterval(look));
    let isCalm = true;
    const remote = createRemote(balancer.origin, (ms) => {
      if (isCalm) report.calmMs.push(ms);
    });
    const load = runLoad(remote, { seed, prefix: 'c', holds: [], publish, isOver: () => isOver });
    const calm = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, calmSeconds * 1_000));
    const suffer = async (name: string, work: () => Promise<void>): Promise<void> => {
      isCalm = false;
      [unavailable, silenceMs, lastAtMs, streamsMs] = [0, 0, performance.now(), 0];
      mark(name);
      await work();
      await calm();
      await until(areLive, `all streams after: ${name}`);
      report.faults.push({ name, unavailable, silenceMs, streamsMs });
    };

    try {
      await calm();
      await suffer('an instance is killed', async () => {
        instances[0]?.kill('SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        instances[0] = await startInstance(ports[0] ?? 0);
      });
      await suffer('all instances are replaced, one after the other', async () => {
        for (const [index, port] of ports.entries()) {
          const old = instances[index];
          if (old === undefined) continue;
          const ended = once(old, 'exit');
          old.kill('SIGTERM');
          const [code] = (await within(ended, 'an instance to end')) as [number | null];
          if (code !== 0) report.problems.push(`an instance that was asked to end did so with ${code}`);
          instances[index] = await startInstance(port);
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      });
      await suffer('the primary is killed', async () => {
        await pair.primary.kill();
        await pair.standby.promote();
      });
      await pair.primary.follow(pair.standby, 'basebackup');
      mark('the old primary is a standby now');
      await calm();
    } finally {
      isOver = true;
      await within(load, 'the end of the load');
      clearInterval(clock);
    }
    report.calmMs.sort((a, b) => a - b);
    const database = await openDatabase({ url: pair.standby.url });
    closing.push(() => database.close());
    // Granted before the load began.
    for (const account of accounts) {
      const key = `start:${account}`;
      const command = { kind: 'grant', account, amount: 100, actor: 'system:cluster', reason: 'Start' } as const;
      record.add({ word: 'asked', command: { ...command, idempotencyKey: key }, times: 1 });
    }
    const found = await check(ledger, database.pool, record);
    report.survived = found.survived - accounts.length;
    report.problems.push(...found.problems);
    report.problems.push(...(await compareShown(ledger, accounts, clients)));
  } finally {
    for (const close of closing.toReversed()) await close();
  }
  return report;
}

/** Says whether a server is the primary, as Patroni's `/primary` does. */
async function answerRole(node: PostgresNode): Promise<{ port: number; checkPort: number; server: Server }> {
  const server = createServer(async (_request, response) => {
    const isStandby = await ask(`${node.url}?connect_timeout=1`, 'SELECT pg_is_in_recovery()::text AS value').catch(
      () => 'true',
    );
    response.writeHead(isStandby === 'false' ? 200 : 503).end();
  });
  const checkPort = await findPort();
  await new Promise<void>((resolve) => server.listen(checkPort, '127.0.0.1', resolve));
  return { port: node.port, checkPort, server };
}

/** The ledger's commands through the load balancer. No response, or that of a proxy, leaves the outcome open. */
function createRemote(origin: string, onAcknowledged: (ms: number) => void): LoadLedger {
  const send = async (kind: string, command: unknown): Promise<unknown> => {
    const sinceMs = performance.now();
    const response = await fetch(`${origin}/command`, {
      method: 'POST',
      body: JSON.stringify({ ...(command as object), kind }),
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(WAIT_MS_MAX / 2),
    }).catch((cause: unknown) => {
      throw new CreditsError('unavailable', 'There was no response.', { cause });
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok && body !== null) {
      onAcknowledged(performance.now() - sinceMs);
      return body;
    }
    const error = parseProblem(body, response.status);
    throw response.status < 500 ? error : new CreditsError('unavailable', error.message);
  };
  const kinds = ['grant', 'spend', 'transfer', 'hold', 'post', 'void', 'reverse'] as const;
  return Object.fromEntries(kinds.map((kind) => [kind, (command: unknown) => send(kind, command)])) as never;
}
