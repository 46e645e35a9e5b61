import { randomUUID } from 'node:crypto';
import { isCreditsError } from 'realtime-credits/contract';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { createLedgers } from '../../src/ledgers/create-ledgers.ts';

// A process that a test kills. Arguments: the database's URL, the schema of the list, then accounts. Sends credits between
// them until it is killed, and prints each transfer before it is sent and after its receipt.

const [url = '', directory = '', ...accounts] = process.argv.slice(2);
const ledgers = await createLedgers({ database: await openDatabase({ url }), directory, recoverEveryMs: 50 });

async function sendForever(): Promise<void> {
  for (;;) {
    const [source = '', destination = ''] = accounts.toSorted(() => Math.random() - 0.5);
    const amount = 1 + Math.floor(Math.random() * 40);
    const command = { actor: source, idempotencyKey: randomUUID(), reason: 'Sent', source, destination, amount };
    process.stdout.write(`sent ${JSON.stringify(command)}\n`);
    try {
      await ledgers.transfer(command);
      process.stdout.write(`done ${command.idempotencyKey}\n`);
    } catch (error) {
      if (!isCreditsError(error) || error.code !== 'insufficient_credits') throw error;
    }
  }
}

process.stdout.write('ready\n');
await Promise.all(Array.from({ length: 8 }, sendForever));
