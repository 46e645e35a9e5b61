import { createMemoryBench } from '../support/ledger.ts';
import { testBehaviour } from './behaviour-suite.ts';

// The rules, the writer and the public object without a database: what fails here is none of SQL's business.
testBehaviour(createMemoryBench());
