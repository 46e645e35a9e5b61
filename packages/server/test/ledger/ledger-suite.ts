import type { Database } from '../../src/ledger/database.ts';
import { createBench, type Bench } from '../support/ledger.ts';
import { testCommands } from './commands-suite.ts';
import { testHoldLists } from './hold-lists-suite.ts';
import { testHolds } from './holds-suite.ts';
import { testIdempotency } from './idempotency-suite.ts';
import { testPeers } from './peers-suite.ts';
import { testReads } from './reads-suite.ts';
import { testScenarios } from './scenarios.ts';
import { testVerifyRuns } from './verify-runs-suite.ts';
import { testVerify } from './verify-suite.ts';
import { testWithin } from './within-suite.ts';

/** The ledger's behaviour contract: the same tests for every kind of database. */
export function testLedger(open: () => Promise<{ database: Database; drop?: () => Promise<void> }>): Bench {
  const bench = createBench(open);
  testCommands(bench);
  testHolds(bench);
  testHoldLists(bench);
  testIdempotency(bench);
  testReads(bench);
  testVerify(bench);
  testVerifyRuns(bench);
  testScenarios(bench);
  testWithin(bench);
  testPeers(bench);
  return bench;
}
