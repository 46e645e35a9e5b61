/**
 * A dashboard whose ledger takes commands from the process that started it: rates that no plan of the catalogue has. Runs
 * `{method, argument}` and sends back `{result}`; the first message that it sends is its address.
 */
import { fileURLToPath } from 'node:url';
import type { Ledger } from 'realtime-credits-server';
import { parseConfig } from '../../server/config.ts';
import { startServer } from '../../server/start.ts';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));

interface Call {
  method: 'grant' | 'startRate' | 'balance';
  argument: unknown;
}

const log = { info: () => undefined, warn: (...said: unknown[]) => void process.stderr.write(`${said.join(' ')}\n`) };
const { url, dashboard, stop } = await startServer(parseConfig(process.env, REPOSITORY), log);

async function run({ method, argument }: Call): Promise<void> {
  const call = dashboard.ledger[method] as (argument: unknown) => ReturnType<Ledger[Call['method']]>;
  process.send?.({ result: await call(argument) });
}

process.on('message', (message: Call) => void run(message));
process.on('disconnect', () => void stop().then(() => process.exit(0)));
process.send?.({ result: url });
