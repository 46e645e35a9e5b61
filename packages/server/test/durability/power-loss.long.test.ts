import { expect, test } from 'vitest';
import { runPowerLoss } from './power-loss.ts';

// The unattended run is `npm run kill -- --power`. Its seed is printed by a failure.

const SEED = Date.now() % 1_000_000;

test('8 power cuts under an embedded database lose nothing that was acknowledged', { timeout: 600_000 }, async () => {
  const report = await runPowerLoss({ cuts: 8, seed: SEED, honest: true });
  expect(report.losses, `seed ${SEED}`).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(0);
});

test('the same cuts on a disk that ignores syncs lose something, and are found to', { timeout: 600_000 }, async () => {
  const report = await runPowerLoss({ cuts: 4, seed: SEED, honest: false });
  expect(report.losses, `seed ${SEED}`).not.toEqual([]);
});
