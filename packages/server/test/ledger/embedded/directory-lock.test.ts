import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { lockDirectory } from '../../../src/ledger/embedded/directory-lock.ts';
import type { Owner } from '../../../src/ledger/embedded/directory-owner.ts';
import { kill, makeDirectory, startProcess } from '../../support/directory-processes.ts';
import { refusal } from '../../support/ledger.ts';

// The lock alone: one owner, whichever of its three means decides. Short silences: what is waited for is a number of looks.

const SHORT = { heartbeatMs: 20, silenceMs: 300 };

/** Long enough to fail a test that waits for it. */
const ENDLESS = { silenceMs: 3_600_000 };

const fileOf = (directory: string): string => join(directory, 'lock.json');

function readOwner(directory: string): Owner {
  return JSON.parse(readFileSync(fileOf(directory), 'utf8')) as Owner;
}

/** Leaves a lock file as some other process would have. */
function leave(directory: string, owner: Partial<Owner>): void {
  writeFileSync(fileOf(directory), JSON.stringify(owner));
}

/** What this process writes into a lock file, as if its file system had no sockets. */
async function describeWithoutSocket(): Promise<Owner> {
  const directory = makeDirectory();
  const lock = await lockDirectory(directory);
  const owner = readOwner(directory);
  await lock.release();
  return { ...owner, socket: null };
}

test('a release leaves nothing behind, and the directory can be taken again', async () => {
  const directory = makeDirectory();
  for (let turn = 0; turn < 2; turn += 1) {
    const lock = await lockDirectory(directory, ENDLESS);
    expect(lock.isHeld()).toBe(true);
    await lock.release();
    expect(lock.isHeld()).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  }
});

test('a second opening in the same process is refused', async () => {
  const directory = makeDirectory();
  const lock = await lockDirectory(directory, ENDLESS);
  const { since } = readOwner(directory);
  const error = await refusal(lockDirectory(directory, ENDLESS), 'unavailable');
  expect(error.message).toContain(`is open in this process (pid ${process.pid}) since ${since}`);
  expect(lock.isHeld()).toBe(true);
  await lock.release();
});

test('A1: the directory of a killed process is taken over at once, and its socket is removed', async () => {
  const directory = makeDirectory();
  const first = startProcess('lock', directory);
  await first.until((lines) => lines.includes('locked'));
  const { socket } = readOwner(directory);
  await kill(first.child);
  const lock = await lockDirectory(directory, ENDLESS);
  expect(readOwner(directory).pid).toBe(process.pid);
  expect(socket === null || !existsSync(join(directory, socket.name))).toBe(true);
  await lock.release();
});

test.runIf(process.platform === 'linux')('a path longer than a socket address has a socket too', async () => {
  const directory = join(makeDirectory(), 'long'.repeat(40), 'long'.repeat(40));
  mkdirSync(directory, { recursive: true });
  const lock = await lockDirectory(directory, ENDLESS);
  expect(readOwner(directory).socket?.inode).toBeGreaterThan(0);
  await refusal(lockDirectory(directory, ENDLESS), 'unavailable');
  await lock.release();
});

test.runIf(process.platform === 'linux')('a frozen process on the same kernel keeps the directory', async () => {
  const directory = makeDirectory();
  const owner = startProcess('lock', directory);
  await owner.until((lines) => lines.includes('locked'));
  owner.child.kill('SIGSTOP');
  const error = await refusal(lockDirectory(directory, { silenceMs: 0 }), 'unavailable');
  expect(error.message).toContain(`pid ${owner.child.pid}`);
});

test('A1: where there are no sockets, a process of the same kernel that is gone is replaced at once', async () => {
  const directory = makeDirectory();
  const gone = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(gone, 'exit');
  leave(directory, { ...(await describeWithoutSocket()), pid: gone.pid ?? 0 });
  const lock = await lockDirectory(directory, ENDLESS);
  expect(readOwner(directory).pid).toBe(process.pid);
  await lock.release();
});

test('A1: where there are no sockets, a pid that was given out again does not keep the directory, its owner does', async () => {
  const directory = makeDirectory();
  const own = await describeWithoutSocket();
  leave(directory, { ...own, startedAt: 'long ago' });
  await (await lockDirectory(directory, ENDLESS)).release();
  leave(directory, own);
  await refusal(lockDirectory(directory, ENDLESS), 'unavailable');
});

test.each([
  ['of another boot', { boot: 'another' }],
  ['of another pid namespace', { namespaces: 'another' }],
  ['of a system that does not say', { boot: null, namespaces: null }],
] as const)('a pid %s does not prove whether its process runs', async (_name, change) => {
  const directory = makeDirectory();
  const own = { ...(await describeWithoutSocket()), ...change };
  leave(directory, own);
  const onWait = vi.fn<(message: string) => void>();
  await (await lockDirectory(directory, { ...SHORT, onWait })).release();
  expect(onWait.mock.calls).toEqual([[expect.stringContaining(`pid ${own.pid} on ${own.host}`)]]);
});

test.each([
  ['of another boot', { boot: 'another' }, {}],
  ['of another inode', {}, { inode: 1 }],
  ['of another mount', {}, { device: 1 }],
] as const)('a socket %s that refuses is no proof of death', async (_name, change, socketChange) => {
  const directory = makeDirectory();
  const first = startProcess('lock', directory);
  await first.until((lines) => lines.includes('locked'));
  await kill(first.child);
  const dead = readOwner(directory);
  leave(directory, { ...dead, ...change, socket: dead.socket && { ...dead.socket, ...socketChange } });
  const onWait = vi.fn<(message: string) => void>();
  await (await lockDirectory(directory, { ...SHORT, onWait })).release();
  expect(onWait).toHaveBeenCalledTimes(1);
});

test('A1: an owner that nothing else is known of keeps the directory for as long as its heartbeat goes on', async () => {
  const directory = makeDirectory();
  leave(directory, { pid: 1, host: 'elsewhere', since: '2026-01-01T00:00:00.000Z' });
  let ticks = 0;
  // A clock that is years behind: only a change counts.
  const heartbeat = setInterval(() => utimesSync(fileOf(directory), (ticks += 1), ticks), 20);
  const error = await refusal(lockDirectory(directory, ENDLESS), 'unavailable');
  clearInterval(heartbeat);
  expect(error.message).toContain('pid 1 on elsewhere since 2026-01-01T00:00:00.000Z');
  await (await lockDirectory(directory, SHORT)).release();
});

test('the owner sends its heartbeat, also from work that never returns to the event loop', async () => {
  const directory = makeDirectory();
  const lock = await lockDirectory(directory, { heartbeatMs: 20 });
  const touched = () => statSync(fileOf(directory)).mtimeMs;
  const first = touched();
  await vi.waitFor(() => expect(touched()).toBeGreaterThan(first));
  const second = touched();
  while (touched() === second) lock.isHeld();
  await lock.release();
});

test.each([
  ['empty', ''],
  ['cut off', '{"pid": 12'],
  ['garbage', '\u0000\u0001{]'],
  ['of another program', '{"hello": "world"}'],
])('a file that is %s is taken over once it stays as it is', async (_name, content) => {
  const directory = makeDirectory();
  writeFileSync(fileOf(directory), content);
  const lock = await lockDirectory(directory, SHORT);
  expect(readOwner(directory).pid).toBe(process.pid);
  await lock.release();
});

test('an owner whose file is replaced or removed does not hold the directory any more, and leaves the file alone', async () => {
  for (const change of [(file: string) => writeFileSync(file, '{}'), (file: string) => rmSync(file)]) {
    const directory = makeDirectory();
    const lock = await lockDirectory(directory, SHORT);
    change(fileOf(directory));
    expect(lock.isHeld()).toBe(false);
    const left = readdirSync(directory).filter((name) => name === 'lock.json');
    await lock.release();
    expect(readdirSync(directory)).toEqual(left);
  }
});

test('of many that take a dead process’s directory at once, one gets it', { timeout: 60_000 }, async () => {
  const directory = makeDirectory();
  const own = await describeWithoutSocket();
  for (let turn = 0; turn < 20; turn += 1) {
    leave(directory, { ...own, since: String(turn), startedAt: 'long ago' });
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory, ENDLESS)));
    const locks = taken.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(locks.map((lock) => lock.isHeld())).toEqual([true]);
    await locks[0]?.release();
    expect(readdirSync(directory)).toEqual([]);
  }
});

test('a process that died while it took over does not keep others from it', async () => {
  const directory = makeDirectory();
  const own = await describeWithoutSocket();
  leave(directory, { ...own, startedAt: 'long ago' });
  // The winner's first step, and nothing after it.
  const dead = readFileSync(fileOf(directory), 'utf8');
  const succession = `lock.json.${createHash('sha256').update(dead).digest('hex').slice(0, 32)}`;
  writeFileSync(join(directory, succession), JSON.stringify({ ...own, since: 'later', startedAt: 'long ago' }));
  const taken = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory, ENDLESS)));
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(directory).filter((name) => name.startsWith('lock.json'))).toEqual(['lock.json']);
});

test('of processes that start at once on the directory of a dead one, one gets it', { timeout: 120_000 }, async () => {
  const directory = makeDirectory();
  const first = startProcess('lock', directory);
  await first.until((lines) => lines.includes('locked'));
  await kill(first.child);
  const processes = Array.from({ length: 5 }, () => startProcess('lock', directory));
  await Promise.all(processes.map(({ until }) => until((lines) => lines.length > 0)));
  const said = processes.map(({ lines }) => lines[0]);
  expect(said.filter((line) => line === 'locked')).toHaveLength(1);
  expect(said.filter((line) => line === 'refused: unavailable')).toHaveLength(4);
});
