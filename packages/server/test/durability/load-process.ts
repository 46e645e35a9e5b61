import { readFileSync, writeSync } from 'node:fs';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { checkNew, type Known } from './check.ts';
import { runLoad, type LoadWord } from './load.ts';
import { openLocation, type Location } from './open-location.ts';

// A process that is going to be killed: opens the ledger, holds what the one before it left against what that had said, and
// runs the load until then. What it says goes to its parent at once, not through a stream of this process: what was said
// before the kill has been said.

const options = JSON.parse(process.argv[2] ?? '{}') as {
  database: Location;
  seed: number;
  prefix: string;
  /** A file with what is known and was not checked yet; null for no look at it. */
  known: string | null;
};

function publish(word: LoadWord): void {
  const line = Buffer.from(`${JSON.stringify(word)}\n`);
  for (let written = 0; written < line.length;) {
    try {
      written += writeSync(1, line, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error; // a full pipe: the parent is behind
    }
  }
}

publish({ word: 'reached', phase: 'started' });
const database = await openLocation(options.database);
const ledger = await createLedger({ database, expirySweepMs: 200 });
publish({ word: 'reached', phase: 'open' });
// Checkpoints come every 48 MB of log: here often enough that some are cut in two. One at a time, or where the disk is slow
// they would take the one connection of an embedded database from everybody else.
let isOver = true;
const timer = setInterval(() => {
  if (!isOver) return;
  isOver = false;
  publish({ word: 'reached', phase: 'checkpoint' });
  database.pool
    .query('CHECKPOINT')
    .catch(() => undefined) // a server that is gone says so to the commands too
    .finally(() => {
      isOver = true;
    });
}, 150);
timer.unref();
if (options.known !== null) {
  const known = JSON.parse(readFileSync(options.known, 'utf8')) as Known;
  publish({ word: 'checked', ...(await checkNew(ledger, database.pool, known, publish)) });
}
const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM credits.holds WHERE remaining > 0 LIMIT 40');
publish({ word: 'reached', phase: 'ready' });
await runLoad(ledger, { ...options, holds: rows.map(({ id }) => id), publish });
