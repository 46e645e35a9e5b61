import { openEmbeddedDatabase } from '../support/database.ts';
import { testLedger } from './ledger-suite.ts';

testLedger(async () => ({ database: await openEmbeddedDatabase() }));
