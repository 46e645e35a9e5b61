import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CreditsError } from '../contract/error.ts';

/**
 * Keeps a second process out of a data directory. The embedded Postgres has no lock of its own: two processes on one
 * directory lose what they acknowledged, silently, and even the sums still agree afterwards.
 *
 * Two locks together. An abstract unix socket, on Linux: the kernel frees it the moment its process is gone, however it
 * went. And a file with pid and start time, everywhere: it is what names the owner, and what is left where there are no
 * such sockets, or where two containers share a directory but not a network.
 */

/** Who has a directory open, as the file says. */
interface Owner {
  pid: number;
  /** Tells a process from a later one under the same pid; null where the system does not say. */
  startedAt: string | null;
  host: string;
}

const FILE = 'lock.json';

/** How often the owner shows that it lives, and how long a silent owner on another host counts as alive. */
const HEARTBEAT_MS = 5_000;
const SILENCE_MS_MAX = 20_000;

/**
 * Takes the directory, or refuses with a sentence that names the process which has it. What a dead process left behind
 * is taken over. Returns the release.
 *
 * @throws {CreditsError} `unavailable` — another process, or this one, has the directory open.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = await realpath(directory);
  const file = join(path, FILE);
  const self: Owner = { pid: process.pid, startedAt: startOf(process.pid), host: hostname() };
  const socket = process.platform === 'linux' ? await takeSocket(path) : null;
  if (socket === 'taken') throw inUse(path, await readOwner(file));
  try {
    await takeFile(path, file, self);
  } catch (error) {
    socket?.close();
    throw error;
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined); // the directory may be gone before us
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return async () => {
    clearInterval(heartbeat);
    const owner = await readOwner(file);
    if (owner !== null && owner.pid === self.pid && owner.host === self.host) await rm(file, { force: true });
    await new Promise<void>((done) => (socket === null ? done() : socket.close(() => done())));
  };
}

function takeSocket(path: string): Promise<Server | 'taken'> {
  const name = createHash('sha256').update(path).digest('hex');
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve('taken');
      else reject(error);
    });
    server.listen(`\0realtime-credits:${name}`, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function takeFile(path: string, file: string, self: Owner): Promise<void> {
  // Each turn either takes the file, refuses, or has moved one stale file out of the way.
  for (;;) {
    try {
      await writeFile(file, `${JSON.stringify(self)}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readOwner(file);
    if (owner !== null && (await isAlive(owner, file, self))) throw inUse(path, owner);
    // Renaming, not removing: of two processes that find the same stale file only one can move it.
    const stale = `${file}.${self.pid}.stale`;
    const moved = await rename(file, stale).then(
      () => true,
      () => false,
    );
    if (moved) await rm(stale, { force: true });
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    const owner = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>;
    if (typeof owner.pid !== 'number' || typeof owner.host !== 'string') return null;
    return { pid: owner.pid, host: owner.host, startedAt: owner.startedAt ?? null };
  } catch {
    return null; // absent, or half written by a process that died
  }
}

async function isAlive(owner: Owner, file: string, self: Owner): Promise<boolean> {
  if (owner.host !== self.host) {
    // Another container or machine on a shared directory: its pids mean nothing here, its heartbeat does.
    const modifiedMs = await stat(file).then(
      (found) => found.mtimeMs,
      () => 0,
    );
    return Date.now() - modifiedMs < SILENCE_MS_MAX;
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // A pid that was given out again is not the owner.
  return owner.startedAt === null || startOf(owner.pid) === owner.startedAt;
}

/** When a process started, in whatever words its system has for it. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // The name, in parentheses, may contain spaces; the start is the 20th field after it.
      const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? null;
    }
    if (process.platform === 'win32') return null;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

function inUse(path: string, owner: Owner | null): CreditsError {
  const who =
    owner === null
      ? 'another process'
      : owner.pid === process.pid && owner.host === hostname()
        ? `this process (pid ${owner.pid})`
        : `the process with pid ${owner.pid}${owner.host === hostname() ? '' : ` on ${owner.host}`}`;
  return new CreditsError(
    'unavailable',
    `The data directory ${path} is open in ${who}: only one process may use it. Stop that one first, or use a Postgres server.`,
  );
}
