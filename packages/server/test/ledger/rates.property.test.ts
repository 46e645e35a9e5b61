import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testRatesDefinition } from './rates-definition-suite.ts';

// Many more are in `properties.long.test.ts`.
describe('in memory', () => {
  testRatesDefinition(createMemoryBench(), { numRuns: 60 });
});
describe('on Postgres', () => {
  testRatesDefinition(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { numRuns: 8 },
  );
});
