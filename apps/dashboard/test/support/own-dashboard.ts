import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './find-free-port.ts';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.ts';
import { test as base, openAdmin } from './people.ts';

/**
 * A dashboard for one file of tests alone, which may kill it and start it again on the same data, behind a proxy that may
 * fail. All users of these tests have their account in it.
 */

const DASHBOARD = fileURLToPath(new URL('../..', import.meta.url));
/** A first start makes a database, perhaps beside other tests. */
const START_MS_MAX = 90_000;

export interface OwnDashboard {
  proxy: FaultyProxy;
  /** Ends the process as a power cut would: no goodbye, nothing finished. */
  kill(): Promise<void>;
  /** Starts it on the data that it has. Resolves when it answers. */
  start(): Promise<void>;
}

async function startOwnDashboard(): Promise<OwnDashboard & { stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'own-dashboard-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const proxy = await startFaultyProxy(() => url);
  let child: ChildProcess | null = null;
  let output = '';

  const own: OwnDashboard = {
    proxy,
    async kill() {
      const dying = child;
      child = null;
      if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
      dying.kill('SIGKILL');
      await once(dying, 'exit');
    },
    async start() {
      const started = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
        cwd: DASHBOARD,
        env: {
          ...process.env,
          NODE_ENV: 'production',
          HOST: '127.0.0.1',
          PORT: String(port),
          PUBLIC_URL: proxy.url,
          DATA_DIR: directory,
          DEMO: '1',
          TRUST_PROXY: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) stream.on('data', (piece) => (output += String(piece)));
      const deadline = performance.now() + START_MS_MAX;
      while (!(await isHealthy(url))) {
        if (started.exitCode !== null || performance.now() > deadline) {
          throw new Error(`The test's own dashboard did not start:\n${output}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  await own.start();
  return {
    ...own,
    async stop() {
      await own.kill();
      await proxy.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
  return answer?.ok === true;
}

/** Tests with people, all of them in a dashboard of this file's own. */
export const test = base.extend<object, { own: OwnDashboard }>({
  own: [
    // oxlint-disable-next-line no-empty-pattern -- the runner reads the names of what a fixture wants, and this one wants nothing
    async ({}, provide) => {
      const dashboard = await startOwnDashboard();
      await provide(dashboard);
      await dashboard.stop();
    },
    { scope: 'worker', timeout: 2 * START_MS_MAX },
  ],
  adminRequest: [
    async ({ own, playwright }, provide) => {
      const request = await openAdmin(playwright, own.proxy.url);
      await provide(request);
      await request.dispose();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ own }, provide) => provide(own.proxy.url),
});

export { expect } from '@playwright/test';
