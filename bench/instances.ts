/** Several processes of the ledger on one server, as instances behind a load balancer. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface InstanceOptions {
  kind: 'grants and spends' | 'transfers';
  callers: number;
  seconds: number;
}

const PROGRAM = fileURLToPath(new URL('instance.ts', import.meta.url));

/** Commands per second of all processes together. They begin together, once all of them are ready. */
export async function runInstances(
  url: string,
  { processes, ...options }: InstanceOptions & { processes: number },
): Promise<number> {
  const running = Array.from({ length: processes }, () => start(url, options));
  await Promise.all(running.map(({ ready }) => ready));
  for (const { begin } of running) begin();
  const rates = await Promise.all(running.map(({ rate }) => rate));
  return rates.reduce((sum, perSecond) => sum + perSecond, 0);
}

function start(url: string, options: InstanceOptions) {
  const child = spawn(process.execPath, [...process.execArgv, PROGRAM, JSON.stringify({ url, ...options })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  const read = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', look);
      child.once('exit', (code) => (look(), reject(new Error(`An instance ended with ${code}.`))));
    });
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    ready: read(/(ready)\n/),
    rate: read(/([\d.]+) per second\n/).then(Number),
    begin: () => void child.stdin.end('begin\n'),
  };
}
