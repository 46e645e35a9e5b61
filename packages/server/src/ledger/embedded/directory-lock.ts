import { createHash, randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { constants, readFileSync } from 'node:fs';
import { copyFile, link, readFile, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CreditsError } from 'realtime-credits/contract';
import { codeOf } from '../postgres/sql-error.ts';

/**
 * Keeps a second process out of a data directory. The embedded Postgres has no lock of its own: two processes on one
 * directory lose what they acknowledged, silently, and even the sums still agree afterwards.
 *
 * Two locks together. An abstract unix socket, on Linux: the kernel frees it the moment its process is gone, however it
 * went. And a file with pid and start time, everywhere: it is what names the owner, and what is left where there are no
 * such sockets, or where two containers share a directory but not a network.
 */

/** Who has a directory open, as the file says. */
export interface Owner {
  pid: number;
  /** Tells a process from a later one under the same pid; null where the system does not say. */
  startedAt: string | null;
  host: string;
}

const FILE = 'lock.json';

/** How often the owner shows that it lives, and how long a silent owner on another host counts as alive. */
const HEARTBEAT_MS = 5_000;
const SILENCE_MS_MAX = 20_000;

/** Milliseconds between two looks at whether another process is through with removing a dead one's file. */
const GUARD_PAUSE_MS = 5;

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
    await takeFile(path, self);
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

/**
 * Makes the file that names the owner, unless a living one is named already. Of any number of processes that try at once,
 * also where they all find the file of a dead one, a single one makes it.
 *
 * @throws {CreditsError} `unavailable` — the owner lives.
 */
export async function takeFile(path: string, self: Owner): Promise<void> {
  const file = join(path, FILE);
  const own = `${file}.${randomUUID()}`;
  // Written first, then given its name: whoever sees the file sees all of it.
  await writeFile(own, `${JSON.stringify(self)}\n`);
  try {
    while (!(await giveName(own, file))) {
      const owner = await readOwner(file);
      if (owner !== null && (await isAlive(owner, file, self))) throw inUse(path, owner);
      await removeStale(own, file, self);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Removes the file of a dead owner. One process at a time, behind a second file, and after another look: else one that
 * is slow would remove the file of one that was quicker.
 */
async function removeStale(own: string, file: string, self: Owner): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await giveName(own, guard))) {
    // Held for an instant, unless its process died in it.
    const other = await readOwner(guard);
    if (other === null || !(await isAlive(other, guard, self))) await rm(guard, { force: true });
    await setTimeout(GUARD_PAUSE_MS);
    return;
  }
  try {
    const owner = await readOwner(file);
    if (owner === null || !(await isAlive(owner, file, self))) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Gives a file a second name, unless that is taken. */
async function giveName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error;
  }
  // A file system without second names: a reader may then see half a file, and takes it for a dead process's.
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => ''); // absent
}

async function readOwner(file: string): Promise<Owner | null> {
  return parseOwner(await readText(file));
}

function parseOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    if (typeof owner.pid !== 'number' || typeof owner.host !== 'string') return null;
    return { pid: owner.pid, host: owner.host, startedAt: owner.startedAt ?? null };
  } catch {
    return null; // absent, empty, or garbage
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
    if (codeOf(error) !== 'EPERM') return false;
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
