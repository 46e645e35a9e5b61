import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testAllowancesDefinition } from './allowances-definition-suite.ts';

describe('in memory', () => {
  testAllowancesDefinition(createMemoryBench(), { numRuns: 200 });
});
describe('on Postgres', () => {
  testAllowancesDefinition(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { numRuns: 15 },
  );
});
