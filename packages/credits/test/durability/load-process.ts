import { writeSync } from 'node:fs';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase, type DatabaseOptions } from '../../src/ledger/database.ts';
import { ACCOUNTS, runLoad, type LoadWord } from './load.ts';

// A process that is going to be killed: opens the ledger, and runs the load until then. What it says goes to its parent
// at once, not through a stream of this process: what was said before the kill has been said.

const options = JSON.parse(process.argv[2] ?? '{}') as { database: DatabaseOptions; seed: number; prefix: string };

function say(word: LoadWord): void {
  const line = Buffer.from(`${JSON.stringify(word)}\n`);
  for (let written = 0; written < line.length;) {
    try {
      written += writeSync(1, line, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error; // a full pipe: the parent is behind
    }
  }
}

const database = await openDatabase(options.database);
say({ word: 'reached', phase: 'open' });
const ledger = await createLedger({ database, expirySweepMs: 200 });
for (const account of ACCOUNTS) await ledger.openAccount(account);
const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM credits_holds WHERE remaining > 0 LIMIT 40');
say({ word: 'reached', phase: 'ready' });
// Checkpoints come every 48 MB of log: here often enough that some are cut in two.
const timer = setInterval(() => {
  say({ word: 'reached', phase: 'checkpoint' });
  database.pool.query('CHECKPOINT').catch(() => undefined); // a server that is gone says so to the commands too
}, 150);
timer.unref();
await runLoad(ledger, { ...options, holds: rows.map(({ id }) => id), say });
