/**
 * What a signed-in read costs in the real dashboard, beside `/api/health/live` and raw `node:http`:
 * `npx tsx bench/reads.ts [--quick] [--before /path/to/checkout]`, after `npm run build`, also there.
 *
 * The dashboard is the production server with its demo data on an embedded database in a directory, a process of its own; so
 * is the raw server, which writes what a balance takes and nothing else. 32 connections that are kept, each in a closed
 * loop, over raw sockets of this process. All take turns in every round. CPU is that of the server's whole process for each
 * response, which other work on the machine moves least.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as toAbsolute } from 'node:path';
import { describeMachine, measure, milliseconds, print, printTable, quantile, rate, type Figure } from './measure.ts';

const IS_QUICK = process.argv.includes('--quick');
const ROUNDS = IS_QUICK ? 1 : 7;
const SECONDS = IS_QUICK ? 2 : 3;
const BEFORE = process.argv.includes('--before') ? process.argv[process.argv.indexOf('--before') + 1] : undefined;
const CONNECTIONS = 32;
/** Nobody is refused, and everybody is counted. */
const ENDLESS = '1000000000';
const PATHS = ['/api/health/live', '/api/credits', '/api/user/me'];
/** Of Linux: `getconf CLK_TCK`. */
const TICK_US = 10_000;

const BODY = `{"account":"${'a'.repeat(32)}","epoch":"00000000-0000-4000-8000-000000000000","version":42,"balance":{"posted":1000,"held":0,"available":1000},"from":42,"applied":[]}`;

function serveRaw(): void {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length });
    response.end(BODY);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit(0));
}

interface Connection {
  get(path: string, cookie: string): Promise<void>;
  end(): void;
}

/** One connection with one request at a time. As cheap as possible: it shares the machine with what it measures. */
async function open(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let received = '';
  let settle: { resolve: () => void; reject: (error: Error) => void } | null = null;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const headEnd = received.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const length = /content-length: (\d+)/i.exec(received)?.[1];
    if (length === undefined || !received.startsWith('HTTP/1.1 200')) {
      return settle?.reject(new Error(`Not what was asked for: ${received.slice(0, 500)}`));
    }
    if (received.length < headEnd + 4 + Number(length)) return;
    received = '';
    settle?.resolve();
  });
  socket.on('close', () => settle?.reject(new Error('The connection was closed.')));
  return {
    get: (path, cookie) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: */*\r\ncookie: ${cookie}\r\n\r\n`);
      }),
    end() {
      settle = null;
      socket.destroy();
    },
  };
}

function readCpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

async function signIn(url: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  });
  if (!response.ok) throw new Error(`Signing in responded with ${response.status}: ${await response.text()}`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}

interface Target {
  name: string;
  path: string;
  port: number;
  pid: number;
  cookies: readonly string[];
}

/** Starts the dashboard of a checkout. */
async function openDashboard(checkout: string, name: string): Promise<{ targets: Target[]; end: () => Promise<void> }> {
  const { startDashboard } = (await import(join(checkout, 'scripts/setup/dashboard.mjs'))) as {
    startDashboard(options: {
      dataDirectory: string;
      env: Record<string, string>;
    }): Promise<{ url: string; pid: number; stop: () => Promise<unknown> }>;
  };
  const dataDirectory = mkdtempSync(join(tmpdir(), 'bench-reads-'));
  const password = crypto.randomUUID();
  const { url, pid, stop } = await startDashboard({
    dataDirectory,
    env: { DEMO_PASSWORD: password, REQUESTS_PER_ACCOUNT: ENDLESS, REQUESTS_PER_ADDRESS: ENDLESS },
  });
  const people = ['player', 'friend', 'admin'].map((person) => signIn(url, `${person}@demo.test`, password));
  const cookies = await Promise.all(people);
  const port = Number(new URL(url).port);
  return {
    targets: PATHS.map((path) => ({ name: `\`${path}\`${name}`, path, port, pid, cookies })),
    end: async () => {
      await stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function run(): Promise<void> {
  const child = fork(import.meta.filename, ['raw']);
  const [rawPort] = (await once(child, 'message')) as [number];
  const raw = { name: 'raw `node:http`', port: rawPort, pid: child.pid ?? 0, path: '/', cookies: [] };
  const before = BEFORE === undefined ? null : await openDashboard(toAbsolute(BEFORE), ', before');
  const now = await openDashboard(join(import.meta.dirname, '..'), '');
  const targets: Target[] = [
    raw,
    ...PATHS.flatMap((_, index) => [before?.targets[index] ?? [], now.targets[index] ?? []].flat()),
  ];

  async function measureTarget({ port, pid, path, cookies }: Target): Promise<Figure & { cpuUs: number }> {
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
    const idle = [...connections.entries()];
    const cpuBefore = readCpuUs(pid);
    const startedAt = performance.now();
    const figure = await measure(
      async () => {
        const next = idle.pop();
        if (next === undefined) throw new Error('There are as many connections as callers.');
        await next[1].get(path, cookies[next[0] % cookies.length] ?? '');
        idle.push(next);
      },
      CONNECTIONS,
      SECONDS,
    );
    const requests = (figure.perSecond * (performance.now() - startedAt)) / 1_000;
    const cpuUs = (readCpuUs(pid) - cpuBefore) / requests;
    for (const connection of connections) connection.end();
    return { ...figure, cpuUs };
  }

  print(`# Signed-in reads\n\n${describeMachine()}\n${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections`);
  const found = targets.map(() => [] as (Figure & { cpuUs: number })[]);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, target] of targets.entries()) {
      const figure = await measureTarget(target);
      // The first round warms up.
      if (round > 0) found[index]?.push(figure);
    }
  }
  const median = (index: number, pick: (figure: Figure & { cpuUs: number }) => number): number =>
    quantile((found[index] ?? []).map(pick), 0.5);
  const rows = targets.map(({ name }, index) => {
    const ratios = (found[index] ?? []).map(({ perSecond }, turn) => perSecond / (found[0]?.[turn]?.perSecond ?? 0));
    return [
      name,
      rate(median(index, (figure) => figure.perSecond)),
      `${milliseconds(median(index, (figure) => figure.p50))} / ${milliseconds(median(index, (figure) => figure.p99))} ms`,
      `${median(index, (figure) => figure.cpuUs).toFixed(0)} µs`,
      `${quantile(ratios, 0.5).toFixed(3)} (${quantile(ratios, 0.25).toFixed(3)}–${quantile(ratios, 0.75).toFixed(3)})`,
    ];
  });
  printTable(['read', 'rate', 'p50 / p99', 'CPU a response', 'rate × raw (quartiles)'], rows);
  print(`\nAt the end: ${describeMachine()}`);
  child.disconnect();
  await before?.end();
  await now.end();
}

if (process.argv[2] === 'raw') serveRaw();
else await run();
