import { useLedger } from '../support/test-ledger.ts';
import { testCodes } from './codes-suite.ts';

testCodes(useLedger());
