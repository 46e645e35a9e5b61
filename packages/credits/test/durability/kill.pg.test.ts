import { expect, test } from 'vitest';
import { runKillLoop } from './kill-loop.ts';

// The unattended run is `npm run kill -- --database postgres`. Its seed is printed by a failure.

const SEED = Date.now() % 1_000_000;

test('25 kills of a client, or of a whole Postgres server, lose and repeat nothing', { timeout: 600_000 }, async () => {
  const report = await runKillLoop({ database: 'postgres', cycles: 25, seed: SEED });
  expect(report.problems, `seed ${SEED}, look at ${report.left}`).toEqual([]);
  expect(report.kills.server).toBeGreaterThan(0);
  expect(report.acknowledged).toBeGreaterThan(0);
});
