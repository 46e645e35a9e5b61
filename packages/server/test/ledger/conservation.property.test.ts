import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testConservation } from './conservation-suite.ts';

// Many sequences on the rules alone, and some on Postgres, where commands can join a transaction of the host.
describe('in memory', () => {
  testConservation(createMemoryBench(), { canJoin: false, numRuns: 300 });
});
describe('on Postgres', () => {
  const bench = createBench(async () => ({ database: await openEmbeddedDatabase() }));
  testConservation(bench, { canJoin: true, numRuns: 40 });
});
