import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithProcess } from './end-with-process.ts';
import { findPort, toUnprivileged } from './postgres.ts';

const BINARY = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) => existsSync(path));

/** Whether the pooler is installed. */
export const hasPgBouncer = BINARY !== undefined;

/** Starts PgBouncer in transaction mode in front of a server. */
export async function startPgBouncer(
  target: string,
  { connections = 5 } = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  if (BINARY === undefined) throw new Error('PgBouncer is not installed: apt-get install pgbouncer.');
  const directory = mkdtempSync(join(tmpdir(), 'credits-pgbouncer-'));
  chmodSync(directory, 0o755);
  const server = new URL(target);
  const port = await findPort();
  const password = server.password === '' ? '' : ` password=${decodeURIComponent(server.password)}`;
  const file = join(directory, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
* = host=${server.hostname} port=${server.port || '5432'} user=${server.username || 'postgres'}${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
server_login_retry = 1
`,
  );
  // It refuses to run as root, as Postgres does.
  const child = spawn(BINARY, [file], { ...toUnprivileged(), stdio: ['ignore', 'ignore', 'pipe'] });
  endWithProcess(child);
  await new Promise<void>((resolve, reject) => {
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('process up')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`PgBouncer ended with ${code}:\n${log}`)));
  });
  return {
    url: `postgres://${server.username || 'postgres'}@127.0.0.1:${port}${server.pathname}`,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGQUIT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
