import { createHash, randomUUID } from 'node:crypto';
import { constants, readFileSync, utimes } from 'node:fs';
import { copyFile, link, open, realpath, rename, rm, utimes as touch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CreditsError } from 'realtime-credits/contract';
import { describeSelf, nameOwner, parseOwner, probe, type Owner } from './directory-owner.ts';
import { openLockSocket } from './lock-socket.ts';
import { codeOf } from '../postgres/sql-error.ts';

/**
 * Keeps a second process out of a data directory. The embedded Postgres has no lock of its own: two processes on one
 * directory lose acknowledged transfers, without an error.
 *
 * The lock is a file that describes its owner. Whether the owner is still running is decided by one of three means:
 * - its socket inside the directory, for processes on the same kernel, whatever containers they run in;
 * - pid and start time, where there are no such sockets and both processes see the same pids;
 * - otherwise its heartbeat: it touches the file, and is taken for dead after `silenceMs` without a change.
 *
 * Only the third means can be wrong, about an owner that was frozen. Such an owner must not write any more when it
 * continues: {@link DirectoryLock.isHeld} tells it.
 */
export interface DirectoryLock {
  /**
   * Whether the directory still belongs to this process. Reads the file, and sends the heartbeat when it is due: long
   * synchronous work can do both.
   */
  isHeld(): boolean;
  release(): Promise<void>;
}

export interface LockOptions {
  /** Between two heartbeats of the owner. */
  heartbeatMs?: number;
  /** An owner that cannot be examined otherwise counts as dead after this time without a heartbeat. */
  silenceMs?: number;
  /** Called when taking the directory has to wait for that silence. */
  onWait?: (message: string) => void;
}

const FILE = 'lock.json';

/** Milliseconds between two looks at a silent owner's file. */
const POLL_MS = 50;

/** What a file system without hard links answers. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** A lock file at one moment. Every owner's text is unique. */
interface Seen {
  text: string;
  touchedAtMs: number;
}

/**
 * Takes the directory, also from a dead process.
 *
 * @throws {CreditsError} `unavailable` — another process, or this one, has the directory open.
 */
export async function lockDirectory(directory: string, options: LockOptions = {}): Promise<DirectoryLock> {
  const { heartbeatMs = 3_000 } = options;
  const path = await realpath(directory);
  const file = join(path, FILE);
  const socket = await openLockSocket(path);
  const self = describeSelf(socket);
  const text = `${JSON.stringify({ ...self, id: randomUUID() })}\n`;
  try {
    await takeFile({ path, self, text, options });
    // Fails here, and not silently later, where the file system does not allow a heartbeat.
    await touch(file, new Date(), new Date());
  } catch (error) {
    await socket?.close();
    throw error;
  }

  let touchedAtMs = performance.now();
  let lost = false;
  function isHeld(): boolean {
    try {
      lost ||= readFileSync(file, 'utf8') !== text;
    } catch (error) {
      // Another failure, such as too many open files, does not show another owner.
      lost ||= ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
    }
    if (!lost && performance.now() - touchedAtMs >= heartbeatMs) {
      touchedAtMs = performance.now();
      utimes(file, new Date(), new Date(), () => undefined);
    }
    return !lost;
  }
  const timer = setInterval(isHeld, heartbeatMs);
  timer.unref();

  return Object.freeze({
    isHeld,
    async release() {
      clearInterval(timer);
      if (isHeld()) await rm(file, { force: true });
      lost = true;
      await socket?.close();
    },
  });
}

interface Taker {
  path: string;
  self: Owner;
  text: string;
  options: LockOptions;
}

async function takeFile(taker: Taker): Promise<void> {
  // Written before it gets its name: a reader sees all of it.
  const own = join(taker.path, `${FILE}.${randomUUID()}`);
  await writeFile(own, taker.text);
  try {
    await takeName(join(taker.path, FILE), own, taker);
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Gives the own file a name that one process can have. A dead owner's file is replaced by the process that first takes
 * the name of its succession, which is itself such a name. Between the two it must still be that owner's file: a slow
 * process would otherwise replace the file of its successor.
 */
async function takeName(name: string, own: string, taker: Taker): Promise<void> {
  for (;;) {
    if (await giveName(own, name)) return;
    const seen = await see(name);
    if (seen === null) continue;
    const owner = parseOwner(seen.text);
    if (await isAlive(owner, name, seen, taker)) throw inUse(taker, owner);
    const succession = join(taker.path, `${FILE}.${createHash('sha256').update(seen.text).digest('hex').slice(0, 32)}`);
    await takeName(succession, own, taker);
    const now = await see(name);
    if (now?.text !== seen.text || now.touchedAtMs !== seen.touchedAtMs) {
      await rm(succession, { force: true });
      continue;
    }
    await rename(succession, name).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error; // This process was frozen here, and another one continued.
    });
    if ((await see(name))?.text !== taker.text) continue;
    if (owner?.socket) await rm(join(taker.path, owner.socket.name), { force: true });
    return;
  }
}

/** Gives a file another name, unless that is taken. */
async function giveName(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((error: unknown) => {
      if (!NO_HARD_LINKS.has(codeOf(error))) throw error;
      // A reader may see half of the copy. Its owner is unknown to that reader, which then waits for a heartbeat.
      return copyFile(from, to, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Reads a lock file. Null when it is missing. Opening it makes a network file system ask its server. */
async function see(file: string): Promise<Seen | null> {
  try {
    const handle = await open(file);
    try {
      return { text: await handle.readFile('utf8'), touchedAtMs: (await handle.stat()).mtimeMs };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isAlive(owner: Owner | null, file: string, seen: Seen, taker: Taker): Promise<boolean> {
  const state = owner === null ? 'unknown' : await probe(owner, taker.self, taker.path);
  if (state !== 'unknown') return state === 'alive';
  const { silenceMs = 15_000, onWait } = taker.options;
  onWait?.(
    `Waiting up to ${silenceMs / 1000} s to see whether ${nameOwner(owner, taker.self)} still has ${taker.path} open.`,
  );
  // Counts looks instead of reading a clock: neither a difference of clocks nor a frozen waiter counts as silence.
  for (let look = 0; look < silenceMs / POLL_MS; look += 1) {
    await setTimeout(POLL_MS);
    const now = await see(file);
    if (now?.text !== seen.text) return false; // Another owner's by now, which takeName finds out.
    if (now.touchedAtMs !== seen.touchedAtMs) return true;
  }
  return false;
}

function inUse({ path, self }: Taker, owner: Owner | null): CreditsError {
  const since = owner?.since ? ` since ${owner.since}` : '';
  return new CreditsError(
    'unavailable',
    `The data directory ${path} is open in ${nameOwner(owner, self)}${since}: only one process may use it. Stop that one first, or use a Postgres server.`,
  );
}
