import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { createLedgersBench } from './bench.ts';
import { testLedgers } from './ledgers-suite.ts';
import { testMoves } from './moves-suite.ts';
import { testTransfers } from './transfers-suite.ts';

const bench = createLedgersBench(async () => {
  const { url, drop } = await createPostgresDatabase();
  return { database: await openDatabase({ url }), drop };
});
testLedgers(bench);
testTransfers(bench);
testMoves(bench);
