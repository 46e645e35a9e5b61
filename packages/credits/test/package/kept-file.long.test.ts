import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConsumer } from '../support/consumer.ts';

const GUIDE = readFileSync(new URL('../../../../docs/install.md', import.meta.url), 'utf8');
/** What the guide tells a host to install in place of the address, and where it keeps it. */
const [, KEPT = '', NAME = ''] = /^npm install (\.\/vendor\/(realtime-credits-[\d.]+\.tgz)) /m.exec(GUIDE) ?? [];

const run = promisify(execFile);
let host: string;
let consumer: ReturnType<typeof createConsumer>;

beforeAll(() => {
  host = mkdtempSync(join(tmpdir(), 'credits-kept-'));
  consumer = createConsumer('realtime-credits');
});
afterAll(() => {
  consumer.remove();
  rmSync(host, { recursive: true });
});

/** Without anything that npm remembers of this machine. */
const npm = (...command: string[]) =>
  run('npm', [...command, '--cache', join(host, '.cache'), '--no-audit', '--no-fund', '--fetch-retries=0'], {
    cwd: host,
  });

const readLock = () => readFileSync(join(host, 'package-lock.json'), 'utf8');

test('A15: a host that keeps the package in its repository installs it without the address that it came from', async () => {
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', host], {
    cwd: consumer.installedAt('realtime-credits'),
  });
  expect(readdirSync(host)).toEqual([NAME]);
  const tarball = readFileSync(join(host, NAME));
  const server = createServer((_request, response) => response.end(tarball));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r/${NAME}`;
  writeFileSync(join(host, 'package.json'), JSON.stringify({ name: 'host', private: true }));
  // As shadcn's command does it.
  await npm('install', address);
  expect(readLock()).toContain(address);

  mkdirSync(join(host, 'vendor'));
  writeFileSync(join(host, KEPT), Buffer.from(await (await fetch(address)).arrayBuffer()));
  await npm('install', KEPT);
  server.closeAllConnections();
  server.close();
  for (const made of ['node_modules', '.cache']) rmSync(join(host, made), { recursive: true });
  await npm('ci');
  expect(existsSync(join(host, 'node_modules/realtime-credits/dist/index.js'))).toBe(true);
  expect(readLock()).not.toContain('http://');
});
