import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench } from '../support/ledger.ts';
import { testHoldRaces } from './holds-race.ts';

testHoldRaces(
  createBench(async () => ({ database: await openEmbeddedDatabase() })),
  { runs: 60 },
);
