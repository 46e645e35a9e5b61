import { openEmbeddedDatabase } from '../support/database.ts';
import { createLedgersBench } from './bench.ts';
import { testLedgers } from './ledgers-suite.ts';
import { testMoves } from './moves-suite.ts';
import { testTransfers } from './transfers-suite.ts';

const bench = createLedgersBench(async () => ({ database: await openEmbeddedDatabase() }));
testLedgers(bench);
testTransfers(bench);
testMoves(bench);
