import { openDatabase } from '../../src/ledger/database.ts';
import { createPostgresDatabase } from '../support/database.ts';
import { testLedger } from './ledger-suite.ts';

testLedger(async () => {
  const { url, drop } = await createPostgresDatabase();
  return { database: await openDatabase({ url }), drop };
});
