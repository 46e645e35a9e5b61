import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testLotsOrder } from './lots-order-suite.ts';

// Many more are in `properties.long.test.ts`.
describe('in memory', () => {
  testLotsOrder(createMemoryBench(), { numRuns: 100 });
});
describe('on Postgres', () => {
  testLotsOrder(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { numRuns: 8 },
  );
});
