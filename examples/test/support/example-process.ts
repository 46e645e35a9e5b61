import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXAMPLES = fileURLToPath(new URL('../..', import.meta.url));

/** Starts an example as its README says, on a port and a directory of its own. */
export async function startExample(path: string, env: Record<string, string>) {
  const directory = mkdtempSync(join(tmpdir(), 'credits-example-'));
  const port = await findFreePort();
  const child = spawn(process.execPath, ['--import', 'tsx', join(EXAMPLES, path)], {
    env: { ...process.env, NODE_ENV: 'test', PORT: String(port), DATA_DIR: directory, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const url = /^http:\/\/\S+$/m.exec(output)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then((code) => reject(new Error(`${path} ended with ${code}:\n${output}`)));
  });

  return {
    origin,
    /** Asks it to stop, and fails unless it does so by itself and in peace. */
    async close(): Promise<void> {
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(directory, { recursive: true, force: true });
      if (code !== 0) throw new Error(`${path} ended with ${code}:\n${output}`);
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
