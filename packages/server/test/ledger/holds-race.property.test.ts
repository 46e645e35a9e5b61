import { describe } from 'vitest';
import { openEmbeddedDatabase } from '../support/database.ts';
import { createBench, createMemoryBench } from '../support/ledger.ts';
import { testHoldRaces } from './holds-race.ts';

describe('in memory', () => {
  testHoldRaces(createMemoryBench(), { runs: 200, canJoin: false });
});
describe('on Postgres', () => {
  testHoldRaces(
    createBench(async () => ({ database: await openEmbeddedDatabase() })),
    { runs: 60 },
  );
});
