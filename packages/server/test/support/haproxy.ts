import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithProcess } from './end-with-process.ts';
import { findPort } from './postgres.ts';

const BINARY = ['/usr/sbin/haproxy', '/usr/bin/haproxy'].find((path) => existsSync(path));

export interface HaProxy {
  /** Where browsers ask. */
  origin: string;
  /** Leads to whichever database server is the primary. */
  databasePort: number;
  stop(): Promise<void>;
}

/**
 * Starts HAProxy in front of instances and of database servers, with the settings of docs/scaling.md.
 * @param options.instances - Their ports.
 * @param options.databases - Their ports, and where each says whether it is the primary, as Patroni does.
 */
export async function startHaProxy(options: {
  instances: readonly number[];
  databases: readonly { port: number; checkPort: number }[];
}): Promise<HaProxy> {
  if (BINARY === undefined) throw new Error('HAProxy is not installed: apt-get install haproxy.');
  const directory = mkdtempSync(join(tmpdir(), 'realtime-credits-haproxy-'));
  const [port, databasePort] = [await findPort(), await findPort()];
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(
    file,
    `global
  maxconn 4000
defaults
  timeout connect 2s
  timeout client 1m
  timeout server 1m
  timeout check 3s
listen panel
  bind 127.0.0.1:${port}
  mode http
  balance leastconn
  option httpchk GET /ready
  option redispatch
  retry-on conn-failure
  default-server check inter 200ms fall 2 rise 1
${options.instances.map((instance, index) => `  server instance${index} 127.0.0.1:${instance}`).join('\n')}
listen primary
  bind 127.0.0.1:${databasePort}
  mode tcp
  option httpchk OPTIONS /primary
  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${options.databases.map((node, index) => `  server database${index} 127.0.0.1:${node.port} check port ${node.checkPort}`).join('\n')}
`,
  );
  const child = spawn(BINARY, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  endWithProcess(child);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-5_000);
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const origin = `http://127.0.0.1:${port}`;
  const isListening = async (): Promise<boolean> => fetch(origin).then(Boolean, () => false);
  while (!(await isListening())) {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    origin,
    databasePort,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
