import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testAllowancesDefinition } from './allowances-definition-suite.ts';
import { testConservation } from './conservation-suite.ts';
import { testLotsOrder } from './lots-order-suite.ts';
import { testRatesDefinition } from './rates-definition-suite.ts';

// What `*.property.test.ts` tries some sequences of: many.
describe('in memory', () => {
  testAllowancesDefinition(createMemoryBench(), { numRuns: 200 });
  testConservation(createMemoryBench(), { canJoin: false, numRuns: 300 });
  testLotsOrder(createMemoryBench(), { numRuns: 500 });
  testRatesDefinition(createMemoryBench(), { numRuns: 300 });
});
describe('on Postgres', () => {
  const open = () => createBench(async () => ({ database: await openEmbeddedDatabase() }));
  testAllowancesDefinition(open(), { numRuns: 15 });
  testConservation(open(), { canJoin: true, numRuns: 40 });
  testLotsOrder(open(), { numRuns: 25 });
  testRatesDefinition(open(), { numRuns: 25 });
});
