// Runs the dashboard's server as a child process: for people (in the foreground) and for tests (on a free port, with
// data of its own).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { DASHBOARD } from './build.mjs';
import { StepFailure } from './step.mjs';

/** A first start makes a database: 2 to 4 s here, several times that on a slow disk. */
const START_MS_MAX = 90_000;
/** The server promises to stop within 3 s; after this time it is killed. */
const STOP_MS_MAX = 10_000;

/**
 * Settings of the process, as in `deploy/Dockerfile`; those of the caller win. Freed memory goes back to the system instead of
 * staying with threads, and garbage is collected at 1.6 times of what is alive instead of 4 times (`bench/README.md`).
 */
const LEAN = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-old-space-size=1024' };

/** @param {NodeJS.ProcessEnv} env @param {import('node:child_process').StdioOptions} stdio */
export function spawnDashboard(env, stdio) {
  return spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    cwd: DASHBOARD,
    env: { ...LEAN, ...env },
    stdio,
    // A group of its own: a terminal sends Ctrl-C to every process of the foreground group, npm sends it once more to
    // its script, and the server takes a second signal as "do not wait". It gets exactly what we pass on.
    detached: true,
  });
}

/** @returns {Promise<number>} A port that is free now. */
export async function findFreePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a numbered port.');
  return address.port;
}

/**
 * Starts a dashboard for tests and waits until it answers.
 *
 * @param {{ dataDirectory: string, env?: NodeJS.ProcessEnv, name?: string, otherName?: string }} options - `name`: what
 *   browsers call this machine; `otherName`: what they may call it as well.
 * @returns {Promise<{ url: string, pid: number, output: () => string, log: () => string, stop: () => Promise<{ code: number | null, ms: number }> }>}
 *   `log` is what it wrote to standard error, `output` everything.
 * @throws {StepFailure} It ended, or did not answer in time: with what it printed.
 */
export async function startDashboard({ dataDirectory, env = {}, name = '127.0.0.1', otherName }) {
  const port = await findFreePort();
  const url = `http://${name}:${port}`;
  const child = spawnDashboard(
    {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: url,
      ...(otherName === undefined ? {} : { TRUSTED_ORIGINS: `http://${otherName}:${port}` }),
      DATA_DIR: dataDirectory,
      ...env,
    },
    ['ignore', 'pipe', 'pipe'],
  );
  const chunks = /** @type {Buffer[]} */ ([]);
  const logged = /** @type {Buffer[]} */ ([]);
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => {
    chunks.push(chunk);
    logged.push(chunk);
  });
  const output = () => Buffer.concat(chunks).toString('utf8');
  const log = () => Buffer.concat(logged).toString('utf8');
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));

  const stop = async () => {
    const since = performance.now();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    const code = await ended;
    clearTimeout(force);
    return { code, ms: Math.round(performance.now() - since) };
  };
  // Whatever ends the caller, no server stays behind to hold a port and a data directory.
  process.once('exit', () => child.kill('SIGKILL'));
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1));

  const deadline = performance.now() + START_MS_MAX;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new StepFailure(`${output().trimEnd()}\n\nThe dashboard ended with code ${child.exitCode} while starting.`);
    }
    const answer = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.ok) return { url, pid: child.pid ?? 0, output, log, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new StepFailure(`${output().trimEnd()}\n\nThe dashboard did not answer within ${START_MS_MAX / 1000} s.`);
}
