import { expect, test } from 'vitest';
import { runSettleLoop } from './settle-loop.ts';

// The unattended run is `npm run kill -- --settle`. Its seed is printed by a failure.

const SEED = Date.now() % 1_000_000;

/** A cycle costs a second of processor time, which is ten seconds where twenty others want the two processors. */
const TIMEOUT_MS = 1_200_000;

test(
  'two processes settle rates and allowances, one of them is killed 10 times: each charge and each period once',
  { timeout: TIMEOUT_MS },
  async () => {
    const report = await runSettleLoop({ cycles: 10, seed: SEED });
    expect(report.problems, `seed ${SEED}`).toEqual([]);
    expect(report.cycles).toBe(10);
    expect(report.charges).toBeGreaterThan(0);
    expect(report.refills).toBeGreaterThan(0);
  },
);
