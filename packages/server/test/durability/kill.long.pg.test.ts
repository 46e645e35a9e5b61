import { expect, test } from 'vitest';
import { runKillLoop } from './kill-loop.ts';

// The unattended run is `npm run kill -- --database postgres`. Its seed is printed by a failure.

const SEED = Date.now() % 1_000_000;

/** A cycle costs a second of processor time, which is ten seconds where twenty others want the two processors. */
const TIMEOUT_MS = 1_200_000;

test(
  '25 kills of a client, or of a whole Postgres server, lose and repeat nothing',
  { timeout: TIMEOUT_MS },
  async () => {
    const report = await runKillLoop({ database: 'postgres', cycles: 25, seed: SEED });
    expect(report.problems, `seed ${SEED}, look at ${report.left}`).toEqual([]);
    expect(report.kills.server).toBeGreaterThan(0);
    expect(report.acknowledged).toBeGreaterThan(0);
  },
);
