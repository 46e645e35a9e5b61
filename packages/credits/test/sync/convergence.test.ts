import { expect, test } from 'vitest';
import { simulate, type Profile } from '../support/simulator.ts';

// A seed of one's own: SEED=17 npx vitest run packages/credits/test/sync/convergence.test.ts
const only = process.env['SEED'];
const first = only === undefined ? 1 : Number(only);
const count = only === undefined ? Number(process.env['SEEDS'] ?? 60) : 1;

/** Seeds that once found something: they are run whatever the count. */
const FOUND: Record<string, number[]> = { 'two tabs while the database is restored': [608] };

const PROFILES: Record<string, Profile> = {
  'one tab of a versioned host': { versioned: true, tabs: 1, loss: 0.15, restores: false },
  'three tabs of a versioned host': { versioned: true, tabs: 3, loss: 0.15, restores: false },
  'two tabs while the database is restored': { versioned: true, tabs: 2, loss: 0.05, restores: true },
  'one tab of a host without versions': { versioned: false, tabs: 1, loss: 0.15, restores: false },
  'two tabs of a host without versions': { versioned: false, tabs: 2, loss: 0.15, restores: false },
};

for (const [name, profile] of Object.entries(PROFILES)) {
  test(`${name}: every number on the way is explainable, and the last one is the ledger's`, async () => {
    const seeds = Array.from({ length: count }, (_, index) => first + index);
    for (const seed of only === undefined ? [...seeds, ...(FOUND[name] ?? [])] : seeds) {
      const wrong = await simulate(seed, profile);
      expect(wrong, `SEED=${seed}`).toBeNull();
    }
  });
}
