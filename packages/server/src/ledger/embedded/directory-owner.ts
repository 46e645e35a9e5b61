import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../postgres/sql-error.ts';
import { connectTo, type LockSocket } from './lock-socket.ts';

/** The process that has a data directory open, as it describes itself in the lock file. */
export interface Owner {
  pid: number;
  host: string;
  /** When it took the directory, as an ISO instant. */
  since: string;
  /** The running kernel. Differs after a reboot and on other machines; null where the system does not say. */
  boot: string | null;
  /** Where `pid` and `startedAt` have their meaning; null where the system does not say. */
  namespaces: string | null;
  /** Tells a process from a later one with the same pid; null where the system does not say. */
  startedAt: string | null;
  /** Null where the file system has no sockets. */
  socket: { name: string; device: number; inode: number } | null;
}

/** Describes this process. */
export function describeSelf(socket: LockSocket | null): Owner {
  return {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    boot: readBoot(),
    namespaces: readNamespaces(),
    startedAt: readStart(process.pid),
    socket: socket === null ? null : { name: socket.name, device: socket.device, inode: socket.inode },
  };
}

/** Reads what a lock file says. Null for a file that is empty, cut off, or of another program. */
export function parseOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    if (typeof owner.pid !== 'number' || typeof owner.host !== 'string') return null;
    const { pid, host, since = '', boot = null, namespaces = null, startedAt = null, socket = null } = owner;
    if (socket !== null && !/^[\w.-]+$/.test(socket.name)) return null;
    return { pid, host, since, boot, namespaces, startedAt, socket };
  } catch {
    return null;
  }
}

/** Names an owner in a message. */
export function nameOwner(owner: Owner | null, self: Owner): string {
  if (owner === null) return 'a process that its lock file does not name';
  if (owner.pid === self.pid && sharesPids(owner, self)) return `this process (pid ${owner.pid})`;
  return `the process with pid ${owner.pid} on ${owner.host}`;
}

/** Whether an owner is running, as far as this process can prove it. `unknown`: only its heartbeat can tell. */
export async function probe(owner: Owner, self: Owner, directory: string): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner.socket !== null) {
    const { name, device, inode } = owner.socket;
    const connection = await connectTo(directory, name);
    if (connection === 'accepted') return 'alive';
    // A refusal proves death only to the kernel that the socket belongs to, and only where this is the same inode to it:
    // other machines and other mounts of a network file system refuse as well.
    const found = statSync(join(directory, name), { throwIfNoEntry: false });
    const isSame = owner.boot !== null && owner.boot === self.boot && found?.dev === device && found.ino === inode;
    return connection === 'refused' && isSame ? 'dead' : 'unknown';
  }
  if (!sharesPids(owner, self)) return 'unknown';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return 'dead';
  }
  const startedAt = readStart(owner.pid);
  return owner.startedAt === null || startedAt === null || startedAt === owner.startedAt ? 'alive' : 'dead';
}

function sharesPids(owner: Owner, self: Owner): boolean {
  return (
    owner.boot !== null && owner.namespaces !== null && owner.boot === self.boot && owner.namespaces === self.namespaces
  );
}

function readBoot(): string | null {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (process.platform === 'darwin') return execute('sysctl', '-n', 'kern.bootsessionuuid');
    return hostname();
  } catch {
    return null;
  }
}

function readNamespaces(): string | null {
  if (process.platform !== 'linux') return '';
  try {
    // A /proc of another pid namespace describes other processes.
    if (readlinkSync('/proc/self') !== String(process.pid)) return null;
    // Start times depend on the time namespace.
    return ['pid', 'time'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`)).join(' ');
  } catch {
    return null;
  }
}

/** When a process started, in the notation of its system. */
function readStart(pid: number): string | null {
  try {
    if (process.platform === 'win32') return null;
    if (process.platform !== 'linux') return execute('ps', '-o', 'lstart=', '-p', String(pid)) || null;
    // The name, in parentheses, may contain spaces. After it: the state first, the start as the 20th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** Runs a system program. Language and time zone are fixed because two processes compare what it prints. */
function execute(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }).trim();
}
