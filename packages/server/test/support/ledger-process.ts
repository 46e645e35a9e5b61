import { once } from 'node:events';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { lockDirectory } from '../../src/ledger/directory-lock.ts';

// A process of its own for the tests that kill one. Arguments: `hold <directory>` opens the directory and waits;
// `lock <directory>` only locks it; `grant <directory>` grants one credit after another, prints each key once its receipt
// is there, and stops at the first failure. A refusal is printed with its message.

const [mode, directory = ''] = process.argv.slice(2);

/** Tells the keys of two processes apart. Their pids do not: in a container each is 1. */
const STARTED_AT_MS = Math.round(performance.timeOrigin);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printRefusal(error: { code?: string; message: string }): null {
  print(`refused: ${error.code}`);
  print(error.message);
  return null;
}

async function grantForever(ledger: Awaited<ReturnType<typeof createLedger>>, worker: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const idempotencyKey = `${STARTED_AT_MS}-${worker}-${count}`;
    await ledger.grant({ account: 'user', amount: 1, actor: 'user', reason: 'One more', idempotencyKey });
    print(idempotencyKey);
  }
}

async function parentClosed(): Promise<void> {
  process.stdin.resume();
  await once(process.stdin, 'end');
}

if (mode === 'lock') {
  if ((await lockDirectory(directory).catch(printRefusal)) !== null) print('locked');
  await parentClosed();
  process.exit(0);
}
const database = await openDatabase({ directory }).catch(printRefusal);
if (database !== null) {
  print('open');
  if (mode === 'grant') {
    const ledger = await createLedger({ database });
    await ledger.openAccount('user');
    print('ready');
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((worker) => grantForever(ledger, worker))).catch(printRefusal);
  }
}
await parentClosed();
await database?.close();
process.exit(0);
