import { randomUUID } from 'node:crypto';
import { testCommands } from '../ledger/commands-suite.ts';
import { testHolds } from '../ledger/holds-suite.ts';
import { testIdempotency } from '../ledger/idempotency-suite.ts';
import { testReads } from '../ledger/reads-suite.ts';
import { testScenarios } from '../ledger/scenarios.ts';
import { createBench } from '../support/ledger.ts';
import { createMemoryDatabase } from './memory-database.ts';

// The ledger's behaviour contract, less what tampers with tables by SQL of its own: the simulator's database has none.
const bench = createBench(async () => ({ database: createMemoryDatabase(randomUUID()).database }));
testCommands(bench);
testHolds(bench);
testIdempotency(bench);
testReads(bench);
testScenarios(bench);
