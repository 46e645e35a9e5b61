import { testTampering } from './tamper-suite.ts';

// Each row takes a verification: all of them are in `tamper.long.test.ts`.
testTampering('one of each kind');
