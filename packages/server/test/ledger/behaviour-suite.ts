import type { Bench } from '../support/ledger.ts';
import { testAllowances } from './allowances-suite.ts';
import { testClocks } from './clocks-suite.ts';
import { testCommands } from './commands-suite.ts';
import { testHoldLists } from './hold-lists-suite.ts';
import { testHolds } from './holds-suite.ts';
import { testIdempotency } from './idempotency-suite.ts';
import { testLotReturns } from './lot-returns-suite.ts';
import { testLots } from './lots-suite.ts';
import { testPeers } from './peers-suite.ts';
import { testRates } from './rates-suite.ts';
import { testReads } from './reads-suite.ts';
import { testScenarios } from './scenarios.ts';

/** What the ledger promises on every storage. */
export function testBehaviour(bench: Bench): void {
  testCommands(bench);
  testHolds(bench);
  testHoldLists(bench);
  testLots(bench);
  testLotReturns(bench);
  testIdempotency(bench);
  testReads(bench);
  testScenarios(bench);
  testPeers(bench);
  testRates(bench);
  testAllowances(bench);
  testClocks(bench);
}
