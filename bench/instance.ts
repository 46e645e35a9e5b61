/** One process of `instances.ts`: opens the ledger, waits for the word to begin, and reports its rate. */
import { once } from 'node:events';
import { createLedger } from '../packages/server/src/ledger/create-ledger.ts';
import { openDatabase } from '../packages/server/src/ledger/postgres/database.ts';
import type { InstanceOptions } from './instances.ts';
import { measure } from './measure.ts';

const { url, kind, callers, seconds } = JSON.parse(process.argv[2] ?? '{}') as InstanceOptions & { url: string };
const ACCOUNTS = 10_000;

const database = await openDatabase({ url });
const ledger = await createLedger({ database });
process.stdout.write('ready\n');
await once(process.stdin, 'data');

let made = 0;
const pick = (): string => `bench:${Math.floor(Math.random() * ACCOUNTS)}`;

async function call(): Promise<unknown> {
  made += 1;
  const [account, other] = [pick(), pick()];
  const base = { amount: 1, actor: account, reason: 'Bench', idempotencyKey: `instance:${process.pid}:${made}` };
  if (kind === 'grants and spends') {
    return made % 2 === 0 ? ledger.grant({ ...base, account }) : ledger.spend({ ...base, account });
  }
  return account === other ? call() : ledger.transfer({ ...base, source: account, destination: other });
}

const { perSecond } = await measure(call, callers, seconds);
process.stdout.write(`${perSecond} per second\n`);
await ledger.close();
await database.close();
process.exit(0);
