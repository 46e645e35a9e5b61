import type { Database } from '../../src/ledger/postgres/database.ts';
import { createBench, type DatabaseBench } from '../support/ledger.ts';
import { testAllowancesInDatabase } from './allowances-database-suite.ts';
import { testActivity } from './activity-suite.ts';
import { testOperatorReads } from './operator-suite.ts';
import { testBehaviour } from './behaviour-suite.ts';
import { testGroupedReads } from './grouped-reads-suite.ts';
import { testLotsInDatabase } from './lots-database-suite.ts';
import { testRatesInDatabase } from './rates-database-suite.ts';
import { testVerify } from './verify-suite.ts';
import { testWebhooks } from './webhooks-suite.ts';
import { testWithin } from './within-suite.ts';

/** The ledger's behaviour contract: the same tests for every kind of database. */
export function testLedger(open: () => Promise<{ database: Database; drop?: () => Promise<void> }>): DatabaseBench {
  const bench = createBench(open);
  testActivity(bench);
  testOperatorReads(bench);
  testBehaviour(bench);
  testVerify(bench);
  testLotsInDatabase(bench);
  testRatesInDatabase(bench);
  testAllowancesInDatabase(bench);
  testWebhooks(bench);
  testWithin(bench);
  // Last: it makes more accounts than one page of heads has.
  testGroupedReads(bench);
  return bench;
}
