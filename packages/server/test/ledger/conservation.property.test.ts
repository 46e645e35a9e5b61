import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testConservation } from './conservation-suite.ts';

// Sequences on the rules alone, and some on Postgres, where commands can join a transaction of the host.
// Many more are in `properties.long.test.ts`.
describe('in memory', () => {
  testConservation(createMemoryBench(), { canJoin: false, numRuns: 75 });
});
describe('on Postgres', () => {
  const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));
  testConservation(bench, { canJoin: true, numRuns: 10 });
});
