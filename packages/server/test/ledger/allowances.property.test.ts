import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testAllowancesDefinition } from './allowances-definition-suite.ts';

// Many more are in `properties.long.test.ts`.
describe('in memory', () => {
  testAllowancesDefinition(createMemoryBench(), { numRuns: 40 });
});
describe('on Postgres', () => {
  testAllowancesDefinition(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { numRuns: 4 },
  );
});
