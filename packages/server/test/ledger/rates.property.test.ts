import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testRatesDefinition } from './rates-definition-suite.ts';

describe('in memory', () => {
  testRatesDefinition(createMemoryBench(), { numRuns: 300 });
});
describe('on Postgres', () => {
  testRatesDefinition(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { numRuns: 25 },
  );
});
