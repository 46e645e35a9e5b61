import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CLIENT_ADDRESS_HEADER } from '../../server/http/client-address.ts';
import { parseConfig, type Config } from '../../server/config.ts';
import { startServer, type PreparePages, type RunningServer } from '../../server/start.ts';
import { PASSWORD } from './support/dashboard.ts';

const DASHBOARD = fileURLToPath(new URL('../..', import.meta.url));
const TIMEOUT_MS = 60_000;
const SILENT = { info: () => undefined, warn: () => undefined };

let directory: string;
let server: RunningServer | null = null;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashboard-start-'));
});
afterEach(async () => {
  await server?.stop();
  server = null;
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function configure(environment: Record<string, string> = {}): Config {
  return parseConfig({ DEMO: '0', PORT: '0', DATA_DIR: join(directory, 'data'), ...environment }, directory);
}

/** In place of Next: answers with what a page would read of its request. */
const echoPages: PreparePages = async () => ({
  handle: async (request: IncomingMessage, response) => {
    response.end(
      JSON.stringify({
        nonce: request.headers['x-nonce'],
        policy: request.headers['content-security-policy'],
        address: request.headers[CLIENT_ADDRESS_HEADER],
      }),
    );
  },
  close: async () => undefined,
});

async function start(environment: Record<string, string> = {}): Promise<RunningServer> {
  server = await startServer(configure(environment), SILENT, echoPages);
  return server;
}

async function signUp(url: string): Promise<{ cookie: string; id: string }> {
  const person = { email: `${crypto.randomUUID()}@example.test`, password: PASSWORD };
  const send = (path: string, body: object) =>
    fetch(`${url}/api/auth/${path}`, {
      method: 'POST',
      headers: { origin: url, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await send('sign-up/email', { ...person, name: 'Somebody' });
  const response = await send('sign-in/email', person);
  const { user } = (await response.json()) as { user: { id: string } };
  return { cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '', id: user.id };
}

test('every page gets a nonce of its own, and the same headers as every answer', { timeout: TIMEOUT_MS }, async () => {
  const { url } = await start();
  const pages = await Promise.all([fetch(`${url}/`), fetch(`${url}/earn`)]);
  const read = await Promise.all(
    pages.map(async (page) => (await page.json()) as { nonce: string; policy: string; address: string }),
  );
  expect(read[0]?.nonce).not.toBe(read[1]?.nonce);
  for (const [index, page] of pages.entries()) {
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toBe(read[index]?.policy);
    expect(policy).toContain(`'nonce-${read[index]?.nonce}' 'strict-dynamic'`);
    expect(policy).toContain(`frame-ancestors 'none'`);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(page.headers.get('permissions-policy')).toContain('camera=()');
  }
  const api = await fetch(`${url}/api/health/live`);
  expect(api.status).toBe(200);
  expect(api.headers.get('x-content-type-options')).toBe('nosniff');
  expect(api.headers.get('content-security-policy')).toContain(`default-src 'none'`);
});

test(
  'what a client claims about its policy, nonce and address does not reach a page',
  { timeout: TIMEOUT_MS },
  async () => {
    const { url } = await start();
    const forged = { 'content-security-policy': 'x', 'x-nonce': 'x', [CLIENT_ADDRESS_HEADER]: '198.51.100.1' };
    const page = await fetch(`${url}/`, { headers: { ...forged, 'x-forwarded-for': '198.51.100.2' } });
    const read = (await page.json()) as { nonce: string; policy: string; address: string };
    expect(read.policy).toContain(read.nonce);
    expect(read.nonce).not.toBe('x');
    expect(read.address).toBe('127.0.0.1');
  },
);

test('C10: a page whose address cannot be read is 400, and no page sees it', { timeout: TIMEOUT_MS }, async () => {
  const { url } = await start();
  for (const path of ['/%', '/%zz', '/servers/%E0%A4%A', '/history/%00', '/sign-in?next=%00', '/%ED%A0%80']) {
    const page = await fetch(`${url}${path}`);
    expect(page.status, `GET ${path}`).toBe(400);
    expect(await page.text()).toBe('This address cannot be read.\n');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('A12: an idle connection is kept for longer than a proxy keeps it', { timeout: TIMEOUT_MS }, async () => {
  const { url } = await start();
  const { headers } = await fetch(`${url}/api/health/live`);
  expect(headers.get('keep-alive')).toBe('timeout=75');
});

test('behind a proxy that is trusted, its own entry is the client’s address', { timeout: TIMEOUT_MS }, async () => {
  const { url } = await start({ TRUST_PROXY: '1' });
  const page = await fetch(`${url}/`, { headers: { 'x-forwarded-for': '198.51.100.9, 203.0.113.4' } });
  expect(((await page.json()) as { address: string }).address).toBe('203.0.113.4');
});

test('C13: pages are limited, and built files are not', { timeout: TIMEOUT_MS }, async () => {
  const { url } = await start({ REQUESTS_PER_ADDRESS: '3' });
  for (let index = 0; index < 3; index += 1) expect((await fetch(`${url}/earn`)).status).toBe(200);
  const refused = await fetch(`${url}/earn`);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.text()).toBe('Too many requests. Try again shortly.\n');
  expect((await fetch(`${url}/_next/static/one.js`)).status).toBe(200);
  expect((await fetch(`${url}/api/user/me`)).status).toBe(429);
  expect((await fetch(`${url}/api/health/ready`)).status).toBe(200);
});

test('a referral link is remembered in a cookie that no script reads', { timeout: TIMEOUT_MS }, async () => {
  const { url, dashboard } = await start();
  const { id, cookie } = await signUp(url);
  const { code } = await dashboard.runtime.readReferrals(id);
  const visited = await fetch(`${url}/sign-up?ref=${code}`);
  expect(visited.headers.getSetCookie()).toEqual([
    expect.stringMatching(new RegExp(`^dashboard.referral=${code};.*HttpOnly`)),
  ]);
  expect((await fetch(`${url}/sign-up?ref=NOBODYS1`)).headers.getSetCookie()).toEqual([]);
  expect((await fetch(`${url}/sign-up?ref=${code}`, { headers: { cookie } })).headers.getSetCookie()).toEqual([]);
  expect((await dashboard.runtime.readReferrals(id)).clicks).toBe(1);
});

test(
  'it stops within 3 s with streams and silent connections open, and says goodbye',
  { timeout: TIMEOUT_MS },
  async () => {
    const { url, stop } = await start();
    server = null;
    const { cookie } = await signUp(url);
    const streams = await Promise.all(
      Array.from({ length: 5 }, () => fetch(`${url}/api/credits/stream`, { headers: { cookie } })),
    );
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    const said = Promise.all(streams.map((stream) => stream.text()));
    const since = performance.now();
    await stop();
    expect(performance.now() - since).toBeLessThan(3_000);
    for (const text of await said) expect(text).toContain('event: goodbye');
    silent.destroy();
  },
);

test('the secret survives a restart, so nobody is signed out by one', { timeout: TIMEOUT_MS }, async () => {
  const first = await start();
  const { cookie } = await signUp(first.url);
  await first.stop();
  const second = await start();
  const me = await fetch(`${second.url}/api/user/me`, { headers: { cookie } });
  expect(me.status).toBe(200);
});

/** Runs the real entry point until it ends by itself. */
async function runMain(environment: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    cwd: DASHBOARD,
    env: { ...process.env, DEMO: '0', PORT: '0', DATA_DIR: join(directory, 'other'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said: said.trim() };
}

test('a port in use: one sentence, exit code 1, and no database was made', { timeout: TIMEOUT_MS }, async () => {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const { code, said } = await runMain({ PORT: port });
  taken.close();
  expect({ code, said }).toEqual({
    code: 1,
    said: `Port ${port} is in use: stop what listens there, or set PORT to another.`,
  });
  expect(await readdir(directory)).not.toContain('other');
});

test(
  'a data directory in use: one sentence that names the other process, exit code 1',
  { timeout: TIMEOUT_MS },
  async () => {
    await start();
    const { code, said } = await runMain({ DATA_DIR: join(directory, 'data') });
    expect(code).toBe(1);
    expect(said).toContain(String(process.pid));
    expect(said.split('\n')).toHaveLength(1);
  },
);

test('a database that cannot be reached: one sentence, exit code 1', { timeout: TIMEOUT_MS }, async () => {
  const { code, said } = await runMain({ DATABASE_URL: 'postgres://127.0.0.1:1/credits' });
  expect(code).toBe(1);
  expect(said).toContain('cannot be reached');
  expect(said.split('\n')).toHaveLength(1);
});

test('a variable that cannot be used: a sentence for each, exit code 1', { timeout: TIMEOUT_MS }, async () => {
  const { code, said } = await runMain({ TIME_ZONE: 'Mars', PORT: 'x' });
  expect(code).toBe(1);
  expect(said.split('\n')).toHaveLength(2);
});
