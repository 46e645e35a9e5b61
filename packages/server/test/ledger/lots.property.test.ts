import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testLotsOrder } from './lots-order-suite.ts';

describe('in memory', () => {
  testLotsOrder(createMemoryBench(), { numRuns: 500 });
});
describe('on Postgres', () => {
  testLotsOrder(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { numRuns: 25 },
  );
});
