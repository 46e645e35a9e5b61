import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { administer, ask } from './administer.ts';
import { findPort, hasEnded, isRunning, killWithChildren, toUnprivileged } from './postgres.ts';

/**
 * A primary and its standby on this machine, from the packages of the system: the package for the tests has neither
 * `pg_basebackup` nor `pg_rewind`.
 *
 * Commits wait for the standby's disk (`synchronous_commit = on`). `remote_apply` would also wait until reads on the standby
 * see them, and nothing here reads from it.
 */

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup', 'pg_rewind'] as const;

/** What an operator's cluster manager sets while a standby is there, and removes while there is none. */
const WITH_STANDBY = `ALTER SYSTEM SET synchronous_standby_names = '*'`;

export interface PostgresNode {
  readonly name: string;
  readonly port: number;
  /** Of the server itself, not of what stands before it. */
  readonly url: string;
  /** Ends all of its processes at one instant. */
  kill(): Promise<void>;
  /** Starts it on its data as it is. Resolves once it takes connections. */
  start(): Promise<void>;
  /** Stops it as a cluster manager does before it rebuilds it. */
  stop(): Promise<void>;
  /** Makes a standby the primary. Resolves when it accepts changes. */
  promote(): Promise<void>;
  /** Makes it a standby of another node and starts it; commits of that node wait for it from then on. */
  follow(primary: PostgresNode, how: 'basebackup' | 'rewind'): Promise<void>;
}

export interface PostgresPair {
  primary: PostgresNode;
  standby: PostgresNode;
  stop(): Promise<void>;
}

/** The folder with the programs of the newest version that has all of them. */
export function findPrograms(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : [];
  const complete = versions
    .map((version) => join(root, version, 'bin'))
    .find((bin) => PROGRAMS.every((program) => existsSync(join(bin, program))));
  if (complete !== undefined) return complete;
  throw new Error(
    `A failover needs the programs ${PROGRAMS.join(', ')} below ${root}/<version>/bin. ` +
      'On Debian and Ubuntu: apt-get install postgresql.',
  );
}

export async function startPair(): Promise<PostgresPair> {
  const bin = findPrograms();
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-failover-'));
  const as = toUnprivileged();
  if (as.uid !== undefined && as.gid !== undefined) chownSync(directory, as.uid, as.gid);
  const options = { ...as, cwd: directory, env: { ...process.env, LC_ALL: 'C' } };
  const run = (program: (typeof PROGRAMS)[number], ...values: string[]) =>
    promisify(execFile)(join(bin, program), values, options);

  const servers = new Set<ChildProcess>();
  const abandon = (): void => {
    for (const server of servers) server.kill('SIGQUIT');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', abandon);

  async function createNode(name: string): Promise<PostgresNode> {
    const data = join(directory, name);
    const port = await findPort();
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    let server: ChildProcess | null = null;

    async function start(): Promise<void> {
      const parameters = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-c', 'unix_socket_directories='];
      const settings = ['max_connections=100', 'wal_log_hints=on', 'wal_keep_size=1GB', 'hot_standby=on'];
      const child = spawn(join(bin, 'postgres'), [...parameters, ...settings.flatMap((set) => ['-c', set])], {
        ...options,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = child;
      servers.add(child);
      child.once('exit', () => servers.delete(child));
      await new Promise<void>((resolve, reject) => {
        let log = '';
        child.stderr.on('data', (chunk: Buffer) => {
          log = (log + chunk.toString()).slice(-10_000);
          if (/ready to accept (?:read-only )?connections/.test(log)) resolve();
        });
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`The ${name} ended with ${code} while starting:\n${log}`)));
      });
    }

    async function end(signal: (child: ChildProcess) => void): Promise<void> {
      if (server === null || hasEnded(server)) return;
      const child = server;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      signal(child);
      await ended;
    }

    return {
      name,
      port,
      url,
      start,
      async kill() {
        let children: number[] = [];
        await end((child) => {
          children = killWithChildren(child);
        });
        while (children.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 5));
      },
      stop: () => end((child) => child.kill('SIGINT')),
      async promote() {
        await run('pg_ctl', '-D', data, '-w', 'promote');
      },
      async follow(primary, how) {
        if (how === 'basebackup') {
          rmSync(data, { recursive: true, force: true });
          await run('pg_basebackup', '-D', data, '-d', primary.url, '-R', '-X', 'stream', '-c', 'fast');
        } else {
          // Reads the timeline of the last checkpoint, which a promotion leaves to be written later.
          await administer(primary.url, 'CHECKPOINT');
          await run('pg_rewind', '-D', data, `--source-server=${primary.url}`, '-R');
        }
        // Copied from the primary: after a promotion it would wait for a standby that it does not have.
        appendFileSync(join(data, 'postgresql.auto.conf'), `synchronous_standby_names = ''\n`);
        await start();
        await administer(primary.url, WITH_STANDBY, 'SELECT pg_reload_conf()');
        const isSynchronous = `SELECT count(*)::text AS value FROM pg_stat_replication WHERE sync_state = 'sync'`;
        while ((await ask(primary.url, isSynchronous)) !== '1') await new Promise((resolve) => setTimeout(resolve, 50));
      },
    };
  }

  const primary = await createNode('first');
  const standby = await createNode('second');

  async function stop(): Promise<void> {
    await Promise.all([primary.stop(), standby.stop()]);
    rmSync(directory, { recursive: true, force: true });
    process.off('exit', abandon);
  }

  try {
    await run('initdb', '-D', join(directory, 'first'), '--username=postgres', '--auth=trust', '--encoding=UTF8');
    await primary.start();
    await standby.follow(primary, 'basebackup');
  } catch (error) {
    await stop();
    throw error;
  }
  return { primary, standby, stop };
}
