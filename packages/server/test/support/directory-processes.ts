import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundleProgram } from './bundle.ts';
import { afterAll, afterEach, expect, vi } from 'vitest';

// Data directories, and processes that use them, for one test each.

const PROGRAM = await bundleProgram(fileURLToPath(new URL('./ledger-process.ts', import.meta.url)), 'ledger');
afterAll(() => rmSync(PROGRAM, { force: true }));
const directories: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) await kill(child);
  }
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

export type Mode = 'hold' | 'grant' | 'lock';

export interface DirectoryProcess {
  child: ChildProcess;
  lines: string[];
  /** Resolves once the printed lines satisfy the condition. */
  until(condition: (lines: string[]) => boolean): Promise<void>;
}

export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'credits-directory-'));
  directories.push(directory);
  return directory;
}

export function startProcess(mode: Mode, directory: string): DirectoryProcess {
  return watch(process.execPath, [PROGRAM, mode, directory]);
}

/** The namespaces of a container, as options of `unshare`. */
export const NAMESPACES = ['--pid', '--net', '--mount', '--uts', '--user'] as const;
export type Namespace = (typeof NAMESPACES)[number];

/** Starts a process in new namespaces. With a mount namespace it sees the directory under another path. */
export function startContainer(mode: Mode, directory: string, namespaces: readonly Namespace[]): DirectoryProcess {
  const node = [process.execPath, PROGRAM, mode];
  if (!namespaces.includes('--mount')) return watch('unshare', [...toOptions(namespaces), ...node, directory]);
  const other = join(makeDirectory(), 'volume');
  mkdirSync(other);
  const script = 'mount --bind "$1" "$2" && shift && path="$1" && shift && exec "$@" "$path"';
  return watch('unshare', [...toOptions(namespaces), 'sh', '-c', script, 'sh', directory, other, ...node]);
}

/** Why containers cannot be started here; empty where they can. */
export function whyNoContainers(): string {
  if (process.platform !== 'linux') return 'namespaces are a part of Linux';
  try {
    execFileSync('unshare', [...toOptions(NAMESPACES), 'sh', '-c', 'mount --bind /tmp /mnt'], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return `this machine does not allow namespaces: ${String(error)}`;
  }
}

function toOptions(namespaces: readonly Namespace[]): string[] {
  return namespaces.flatMap((namespace) => {
    if (namespace === '--pid') return ['--pid', '--fork', ...(namespaces.includes('--mount') ? ['--mount-proc'] : [])];
    return namespace === '--user' ? ['--user', '--map-root-user'] : [namespace];
  });
}

/** Kills a process, or the process in a container. It is gone afterwards. */
export async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  process.kill(innermost(child.pid ?? 0), 'SIGKILL');
  await ended;
}

/** The process that `unshare` waits for, or the process itself. */
function innermost(pid: number): number {
  if (process.platform !== 'linux') return pid;
  const isUnshare = readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'unshare';
  const [forked] = isUnshare ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ') : [];
  return Number(forked) || pid;
}

function watch(program: string, args: string[]): DirectoryProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    async until(condition) {
      const reached = () => {
        if (child.exitCode !== null) throw new Error(`The process ended after: ${lines.slice(-5).join(', ')}`);
        expect(condition(lines)).toBe(true);
      };
      await vi.waitFor(reached, { timeout: 120_000, interval: 5 });
    },
  };
}
