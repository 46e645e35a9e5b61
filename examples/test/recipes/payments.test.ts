import { useLedger } from '../support/test-ledger.ts';
import { testPayments } from './payments-suite.ts';

testPayments(useLedger());
