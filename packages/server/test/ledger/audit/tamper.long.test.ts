import { testTampering } from './tamper-suite.ts';

testTampering('all');
