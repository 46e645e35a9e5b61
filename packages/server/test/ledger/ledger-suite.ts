import { expect, test } from 'vitest';
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
  // First what verifies everything again and again: at the end, everything is a lot.
  testVerify(bench);
  testLotsInDatabase(bench);
  testRatesInDatabase(bench);
  testAllowancesInDatabase(bench);
  testWithin(bench);
  testWebhooks(bench);
  testBehaviour(bench);
  testActivity(bench);
  test('after all of this, verification finds nothing', async () => {
    expect((await bench.ledger.verify()).differences).toEqual([]);
  });
  // These make thousands of transfers, and more accounts than one page of heads has.
  testOperatorReads(bench);
  testGroupedReads(bench);
  return bench;
}
