import type { Database } from '../../src/ledger/postgres/database.ts';
import { createBench, type DatabaseBench } from '../support/ledger.ts';
import { testActivity } from './activity-suite.ts';
import { testBehaviour } from './behaviour-suite.ts';
import { testLotsInDatabase } from './lots-database-suite.ts';
import { testVerify } from './verify-suite.ts';
import { testWithin } from './within-suite.ts';

/** The ledger's behaviour contract: the same tests for every kind of database. */
export function testLedger(open: () => Promise<{ database: Database; drop?: () => Promise<void> }>): DatabaseBench {
  const bench = createBench(open);
  testActivity(bench);
  testBehaviour(bench);
  testVerify(bench);
  testLotsInDatabase(bench);
  testWithin(bench);
  return bench;
}
